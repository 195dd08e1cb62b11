import { nameOfConstraint, notValidThenValidate } from '../advice/constraints.js';
import { blockedOn, named, touchesEveryRow } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** ADD CHECK keeps everyone out of the table while it reads every row; NOT VALID reads none. */
export default defineRule({
  meta: {
    id: 'add-check',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addConstraint'],
    trigger: 'A CHECK constraint is added to an existing table and validated at once',
    effect: 'Reads and writes of the table wait until every existing row is checked',
    remedy: 'Add it NOT VALID, then validate it in a later transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, constraint }, context) {
    if (constraint.type !== 'check' || constraint.notValid === true || context.isNew(table)) return;
    if (!touchesEveryRow(context.effects, table)) return;
    const name = named(nameOfConstraint(context, table, constraint));
    return {
      message: `CHECK ${name} blocks ${blockedOn(context, table)} on ${named(table)} while every row is checked.`,
      rewrite: notValidThenValidate(context, table, constraint),
    };
  },
});
