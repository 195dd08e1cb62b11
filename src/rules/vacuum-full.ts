import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** VACUUM FULL writes the table into a new file; plain VACUUM makes its space usable again without a strong lock. */
export default defineRule({
  meta: {
    id: 'vacuum-full',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['vacuum'],
    trigger: 'VACUUM FULL',
    effect: 'Reads and writes of the table wait until it is written again, indexes included',
    remedy: 'Use plain VACUUM, or pg_repack where the space has to go back',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-vacuum.html'],
  },

  check(vacuum, context) {
    const { table } = vacuum;
    if (vacuum.full !== true || (table !== undefined && context.isNew(table))) return;
    return {
      message: `VACUUM FULL writes ${table === undefined ? 'every table' : named(table)} again while reads and writes wait.`,
      rewrite: [{ operations: [draftOf(vacuum, { full: undefined })], transaction: 'none' }],
    };
  },
});
