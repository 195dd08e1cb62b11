import { notNullSteps } from '../advice/constraints.js';
import { blockedOn, named, touchesEveryRow } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** From 18 on NOT NULL is a constraint with a name and a NOT VALID; without it every row is read under the lock. */
export default defineRule({
  meta: {
    id: 'add-not-null-constraint',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addConstraint'],
    trigger: 'A NOT NULL constraint is added to an existing table and validated at once',
    effect: 'Reads and writes of the table wait until every existing row is checked',
    remedy: 'Add it NOT VALID, then validate it in a later transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, constraint }, context) {
    if (constraint.type !== 'not null' || constraint.notValid === true || context.isNew(table)) return;
    if (!touchesEveryRow(context.effects, table)) return;
    return {
      message: `NOT NULL on ${named(constraint.column)} blocks ${blockedOn(context, table)} on ${named(table)} while it is checked.`,
      rewrite: notNullSteps(context, table, constraint.column),
    };
  },
});
