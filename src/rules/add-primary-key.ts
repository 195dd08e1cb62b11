import { nameOfConstraint, notNullSteps, uniqueIndexConcurrently } from '../advice/constraints.js';
import { blockedOn, named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** ADD PRIMARY KEY builds its index, and sets NOT NULL on each column that is not, while everyone is kept out. */
export default defineRule({
  meta: {
    id: 'add-primary-key',
    category: 'lock',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addConstraint'],
    covers: ['unique-index-on-existing-data'],
    trigger: 'A primary key is added to an existing table without USING INDEX',
    effect: 'Reads and writes of the table wait until its index is built and every row was found not null',
    remedy: 'Build a unique index CONCURRENTLY, set NOT NULL in steps, then add the key USING INDEX',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, constraint }, context) {
    if (constraint.type !== 'primary key' || constraint.usingIndex !== undefined) return;
    if (!waitsFor(context, table, 'writes')) return;
    const name = nameOfConstraint(context, table, constraint);
    const { columns, include, ...rest } = constraint;
    const relation = context.relation(table);
    const nullable = columns.filter((column) => relation?.columns.get(column)?.notNull !== true);
    return {
      message: `Primary key ${named(name)} blocks ${blockedOn(context, table)} on ${named(table)} while it is built.`,
      rewrite: [
        ...nullable.flatMap((column) => notNullSteps(context, table, column)),
        uniqueIndexConcurrently(table, name, columns, include === undefined ? {} : { include }),
        {
          note: 'Then the key takes the index over, which reads nothing:',
          operations: [{ kind: 'addConstraint', table, constraint: { ...rest, name, columns: [], usingIndex: name } }],
          transaction: 'own',
        },
      ],
    };
  },
});
