import { draftOf } from '../advice/drafts.js';
import { named, same } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Statistics of an expression are gathered for its index, by the next ANALYZE. */
export default defineRule({
  meta: {
    id: 'missing-analyze',
    category: 'data-migration',
    severity: 'info',
    presets: [],
    operations: ['createIndex'],
    trigger: 'An index on an expression of an existing table without an ANALYZE after it',
    effect: 'The planner has no statistics of the expression until autovacuum comes by',
    remedy: 'ANALYZE the table afterwards',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-analyze.html'],
  },

  check(create, context) {
    const { table, keys, index } = create;
    if (context.isNew(table) || !keys.some(({ expression }) => expression !== undefined)) return;
    const later = context.steps.slice(context.index + 1).map(({ operation }) => operation);
    if (later.some((one) => (one.kind === 'analyze' || (one.kind === 'vacuum' && one.analyze === true)) && (one.table === undefined || same(one.table, table)))) return;
    return {
      message: `The planner knows nothing of the expression of ${named(index ?? 'the index')} until ${named(table)} is analysed.`,
      rewrite: [
        { operations: [draftOf(create)], ...(create.concurrently === true ? { transaction: 'none' as const } : {}) },
        { note: 'At the end of the migration:', operations: [{ kind: 'analyze', table }] },
      ],
    };
  },
});
