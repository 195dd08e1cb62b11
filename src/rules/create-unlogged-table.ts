import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** What is not in the log cannot be replayed: not after a crash, not on a replica. */
export default defineRule({
  meta: {
    id: 'create-unlogged-table',
    category: 'data-loss',
    severity: 'warning',
    presets: ['strict'],
    operations: ['createTable', 'createTableAs'],
    trigger: 'An unlogged table is created',
    effect: 'After a crash the table is empty, and replicas never see its rows',
    remedy: 'Create an ordinary table unless its rows can be made again at any time',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED'],
  },

  check(create) {
    if (create.persistence !== 'unlogged') return;
    return {
      message: `Unlogged table ${named(create.table)} is empty after a crash.`,
      rewrite: [{ operations: [draftOf(create, { persistence: undefined })] }],
    };
  },
});
