import { named } from '../advice/wording.js';
import { constraintsWritten } from '../advice/written.js';
import { volatilityOf } from '../postgres/volatility.js';
import { defineRule, type RuleContext } from '../rule.js';

/** The server takes a CHECK to be immutable; it never looks at a row again when time goes on. */
export default defineRule({
  meta: {
    id: 'volatile-check',
    category: 'validation',
    severity: 'info',
    presets: ['strict'],
    operations: ['createTable', 'addColumn', 'addConstraint'],
    trigger: 'A CHECK whose expression gives another answer tomorrow',
    effect: 'It is true only when a row is written: old rows break it unseen, and a restore of a dump may fail',
    remedy: 'Compare stored columns, or check by a trigger when the row is written',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS'],
  },

  check(operation, context) {
    return constraintsWritten(operation)
      .filter(({ constraint }) => constraint.type === 'check' && changes(constraint.expression, context))
      .map(({ at, table }) => ({
        ...(at === undefined ? {} : { at }),
        message: `This CHECK of ${named(table)} depends on when it is asked, not only on the row.`,
        rewrite: [{ note: 'Compare columns of the row with each other, or check in a trigger when the row is written.' }],
      }));
  },
});

function changes(expression: string, context: RuleContext): boolean {
  const { volatility, unknown } = volatilityOf(expression, context.schema);
  return unknown.length === 0 && volatility !== 'immutable';
}
