import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { notValidThenValidate } from '../advice/constraints.js';
import { defineRule } from '../rule.js';

/** From 18 on a constraint may be kept as a comment: the planner must not trust it and no row is checked. */
export default defineRule({
  meta: {
    id: 'not-enforced-constraint',
    category: 'validation',
    severity: 'info',
    presets: ['strict'],
    operations: ['addConstraint'],
    trigger: 'A constraint is added NOT ENFORCED',
    effect: 'Rows that break it are accepted, old ones and new ones',
    remedy: 'Add it NOT VALID, which binds new rows, and validate it later',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createtable.html'],
  },

  check(add, context) {
    const { constraint, table } = add;
    if ((constraint.type !== 'check' && constraint.type !== 'foreign key') || constraint.notEnforced !== true) return;
    const { notEnforced: _, ...enforced } = constraint;
    return {
      message: `A NOT ENFORCED constraint accepts rows that break it into ${named(table)}.`,
      rewrite: context.isNew(table)
        ? [{ operations: [draftOf(add, { constraint: enforced })] }]
        : notValidThenValidate(context, table, enforced),
    };
  },
});
