import { isLongDml } from '../advice/conditions.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The query keeps its snapshot, and with it VACUUM of the whole database, for as long as it runs. */
export default defineRule({
  meta: {
    id: 'insert-select-large',
    category: 'data-migration',
    severity: 'info',
    presets: ['strict'],
    operations: ['insert', 'createTableAs'],
    trigger: 'INSERT … SELECT or CREATE TABLE AS that reads an existing table',
    effect: 'One transaction as long as the copy: VACUUM is held back and replicas fall behind',
    remedy: 'Copy a range of keys at a time, each in its own transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/routine-vacuuming.html'],
  },

  check(copy, context) {
    if (copy.kind === 'insert' ? !isLongDml(copy) : copy.withNoData === true) return;
    const reads = copy.kind === 'insert' ? copy.reads : copy.query.reads;
    const source = reads.find((table) => !context.isNew(table));
    if (source === undefined) return;
    return {
      message: `This copies from ${named(source)} into ${named(copy.table)} in one transaction.`,
      rewrite: [{ note: `Copy a range of keys of ${named(source)} at a time, each in its own transaction.` }],
    };
  },
});
