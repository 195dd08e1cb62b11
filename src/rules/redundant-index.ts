import { named } from '../advice/wording.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** A B-tree serves any query on its first columns. */
export default defineRule({
  meta: {
    id: 'redundant-index',
    category: 'style',
    severity: 'info',
    presets: ['strict'],
    operations: ['createIndex'],
    trigger: 'An index whose columns begin another index of the table',
    effect: 'Both have to be written for each row; the longer one serves the same queries',
    remedy: 'Leave it out',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/indexes-multicolumn.html'],
  },

  check({ table, keys, index, where, unique, method }, context) {
    if (where !== undefined || unique === true || (method ?? 'btree') !== 'btree') return;
    const columns = keys.map(({ column, order, nulls, operatorClass }) => (order === undefined && nulls === undefined && operatorClass === undefined ? column : undefined));
    if (columns.some((column) => column === undefined)) return;
    const longer = [...(context.schema.relations.get(relationKey(table))?.indexes.values() ?? [])].find(
      (other) => other.name !== index && other.where === null && other.method === 'btree' && columns.every((column, position) => other.keys[position]?.column === column),
    );
    if (longer === undefined || context.steps.some(({ operation }) => operation.kind === 'dropIndex' && operation.index.name === longer.name)) return;
    return { message: `Index ${named(longer.name)} of ${named(table)} serves the same queries.`, rewrite: [{ note: 'Leave the new one out.' }] };
  },
});
