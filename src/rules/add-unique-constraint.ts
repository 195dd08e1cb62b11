import { nameOfConstraint, uniqueIndexConcurrently } from '../advice/constraints.js';
import { blockedOn, named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** ADD UNIQUE builds its index while everyone is kept out; an index that is already there makes it instant. */
export default defineRule({
  meta: {
    id: 'add-unique-constraint',
    category: 'lock',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addConstraint'],
    covers: ['unique-index-on-existing-data'],
    trigger: 'A unique constraint is added to an existing table without USING INDEX',
    effect: 'Reads and writes of the table wait until its index is built; one duplicate fails the migration',
    remedy: 'Build a unique index CONCURRENTLY, then add the constraint USING INDEX',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, constraint }, context) {
    if (constraint.type !== 'unique' || constraint.usingIndex !== undefined) return;
    if (!waitsFor(context, table, 'writes')) return;
    const name = nameOfConstraint(context, table, constraint);
    const { columns, include, nullsNotDistinct, ...rest } = constraint;
    return {
      message: `Unique constraint ${named(name)} blocks ${blockedOn(context, table)} on ${named(table)} while it is built.`,
      rewrite: [
        uniqueIndexConcurrently(table, name, columns, {
          ...(include === undefined ? {} : { include }),
          ...(nullsNotDistinct === undefined ? {} : { nullsNotDistinct }),
        }),
        {
          note: 'Then the constraint takes the index over, which reads nothing:',
          operations: [{ kind: 'addConstraint', table, constraint: { ...rest, name, columns: [], usingIndex: name } }],
          transaction: 'own',
        },
      ],
    };
  },
});
