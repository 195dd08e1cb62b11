import { named, same } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** An index on an existing table is built from every row; a rewrite that follows builds it once more, a drop throws it away. */
export default defineRule({
  meta: {
    id: 'lock-budget',
    category: 'lock',
    severity: 'info',
    presets: ['strict'],
    operations: ['createIndex'],
    trigger: 'An index is built on an existing table and built anew, or dropped, by a later statement of the same file',
    effect: 'The table is locked and read twice for one result',
    remedy: 'Do the rewrite first, or leave the index out',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES'],
  },

  check({ index, table }, context) {
    if (index === undefined || context.isNew(table)) return;
    const wasted = context.steps.slice(context.index + 1).find(({ operation, effects }) => {
      if (effects.rewrites.includes(displayName(table))) return true;
      return operation.kind === 'dropIndex' && operation.index.name === index && (operation.table === undefined || same(operation.table, table));
    });
    if (wasted === undefined) return;
    return {
      message:
        wasted.operation.kind === 'dropIndex'
          ? `Index ${named(index)} is built and dropped again by this file.`
          : `Index ${named(index)} is built, then built again when ${named(table)} is rewritten.`,
      rewrite: [{ note: wasted.operation.kind === 'dropIndex' ? 'Leave both statements out.' : 'Create the index after the rewrite.' }],
    };
  },
});
