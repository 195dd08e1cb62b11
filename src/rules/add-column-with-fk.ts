import { notValidThenValidate } from '../advice/constraints.js';
import { columnWith, draftOf } from '../advice/drafts.js';
import { named, namedTables, touchesEveryRow, waiting } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** With no default there is nothing to check: only brief locks. With one, each row is looked up in the other table. */
export default defineRule({
  meta: {
    id: 'add-column-with-fk',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn'],
    trigger: 'A column with a default is added to an existing table together with a foreign key',
    effect: 'Reads and writes of the table, and writes to the other one, wait until every row is checked',
    remedy: 'Add the column alone, then the foreign key NOT VALID, and validate it later',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(add, context) {
    const { table, column } = add;
    const keys = (column.constraints ?? []).filter((one) => one.type === 'foreign key');
    if (keys.length === 0 || context.isNew(table) || context.effects.rewrites.length > 0) return;
    if (!touchesEveryRow(context.effects, table)) return;
    const rest = (column.constraints ?? []).filter((one) => one.type !== 'foreign key');
    const plain = columnWith(column, { constraints: rest.length > 0 ? rest : undefined });
    return {
      message: `The foreign key of ${named(column.name)} locks ${namedTables(waiting(context, 'writes'))} while it is checked.`,
      rewrite: [
        { operations: [draftOf(add, { column: plain })] },
        ...keys.flatMap((key) => notValidThenValidate(context, table, key)),
      ],
    };
  },
});
