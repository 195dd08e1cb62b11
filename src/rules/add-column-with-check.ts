import { notValidThenValidate } from '../advice/constraints.js';
import { columnWith, draftOf } from '../advice/drafts.js';
import { blockedOn, named, touchesEveryRow } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Without a default every new value is NULL and the CHECK cannot fail; the server reads all rows all the same. */
export default defineRule({
  meta: {
    id: 'add-column-with-check',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn'],
    covers: ['add-column-with-fk'],
    trigger: 'A column is added to an existing table together with a CHECK',
    effect: 'Reads and writes of the table wait until every row is checked',
    remedy: 'Add the column alone, then the CHECK NOT VALID, and validate it later',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(add, context) {
    const { table, column } = add;
    const checks = (column.constraints ?? []).filter((one) => one.type === 'check');
    if (checks.length === 0 || context.isNew(table) || context.effects.rewrites.length > 0) return;
    if (!touchesEveryRow(context.effects, table)) return;
    const rest = (column.constraints ?? []).filter((one) => one.type !== 'check');
    const plain = columnWith(column, { constraints: rest.length > 0 ? rest : undefined });
    return {
      message: `The CHECK of ${named(column.name)} blocks ${blockedOn(context, table)} on ${named(table)} while all rows are read.`,
      rewrite: [
        { operations: [draftOf(add, { column: plain })] },
        ...checks.flatMap((check) => notValidThenValidate(context, table, check)),
      ],
    };
  },
});
