import { inSchemaOf } from '../advice/concurrent-index.js';
import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** A concurrent build that fails leaves its index behind, invalid: it slows writes and serves no query. */
export default defineRule({
  meta: {
    id: 'invalid-index-on-retry',
    category: 'transaction',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['createIndex'],
    trigger: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS',
    effect: 'After a failed build the invalid index is there: the next run skips it and reports success',
    remedy: 'Drop what a failed build left behind, then create the index without IF NOT EXISTS',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY'],
  },

  check(index, context) {
    const { table, index: name } = index;
    if (index.concurrently !== true || index.guard !== 'if not exists' || name === undefined) return;
    if (context.isNew(table)) return;
    const leftover = inSchemaOf(table, name);
    const dropped = context.steps
      .slice(0, context.index)
      .some(({ operation }) => operation.kind === 'dropIndex' && relationKey(operation.index) === relationKey(leftover));
    if (dropped) return;
    return {
      message: `If the build of ${named(name)} fails once, IF NOT EXISTS keeps the invalid index for good.`,
      rewrite: [
        {
          operations: [{ kind: 'dropIndex', index: leftover, table, concurrently: true, guard: 'if exists' }],
          transaction: 'none',
        },
        { operations: [draftOf(index, { guard: undefined })], transaction: 'none' },
      ],
    };
  },
});
