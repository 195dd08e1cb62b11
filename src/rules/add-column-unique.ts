import { nameOfConstraint, uniqueIndexConcurrently } from '../advice/constraints.js';
import { columnWith, draftOf } from '../advice/drafts.js';
import { blockedOn, named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The index of the new column is built while everyone is kept out, even when every value is NULL. */
export default defineRule({
  meta: {
    id: 'add-column-unique',
    category: 'lock',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn'],
    covers: ['add-column-with-check', 'add-column-with-fk'],
    trigger: 'A column is added to an existing table together with UNIQUE',
    effect: 'Reads and writes of the table wait until its index is built; a default fails on the second row',
    remedy: 'Add the column alone, build a unique index CONCURRENTLY, then add UNIQUE USING INDEX',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(add, context) {
    const { table, column } = add;
    const unique = (column.constraints ?? []).find((one) => one.type === 'unique');
    if (unique === undefined || context.effects.rewrites.length > 0 || !waitsFor(context, table, 'writes')) return;
    const rest = (column.constraints ?? []).filter((one) => one !== unique);
    const plain = columnWith(column, { constraints: rest.length > 0 ? rest : undefined });
    const name = nameOfConstraint(context, table, unique);
    return {
      message: `UNIQUE on ${named(column.name)} blocks ${blockedOn(context, table)} on ${named(table)} while its index is built.`,
      rewrite: [
        { operations: [draftOf(add, { column: plain })] },
        uniqueIndexConcurrently(table, name, [column.name]),
        {
          note: 'Then the constraint takes the index over:',
          operations: [{ kind: 'addConstraint', table, constraint: { type: 'unique', name, columns: [], usingIndex: name } }],
          transaction: 'own',
        },
      ],
    };
  },
});
