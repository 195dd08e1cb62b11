import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The guard looks at the name, never at the definition. */
export default defineRule({
  meta: {
    id: 'if-not-exists-hides-drift',
    category: 'reversibility',
    severity: 'info',
    presets: ['strict'],
    operations: ['createTable', 'addColumn'],
    trigger: 'IF NOT EXISTS for a table or column that is known to exist',
    effect: 'Nothing happens: the old shape stays, whatever this one says',
    remedy: 'Change the object with ALTER, or leave the statement out',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createtable.html'],
  },

  check(operation, context) {
    const relation = context.relation(operation.table);
    if (operation.guard !== 'if not exists' || relation === undefined || operation.conditional === true) return;
    const exists = operation.kind === 'createTable' || relation.columns.has(operation.column.name);
    if (!exists) return;
    const what = operation.kind === 'createTable' ? named(operation.table) : `${named(operation.column.name)} of ${named(operation.table)}`;
    return { message: `${what} exists already: this changes nothing, whatever it says.`, rewrite: [{ note: 'Say what shall change, with ALTER TABLE.' }] };
  },
});
