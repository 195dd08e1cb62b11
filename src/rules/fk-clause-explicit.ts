import { named } from '../advice/wording.js';
import { constraintsWritten } from '../advice/written.js';
import { defineRule } from '../rule.js';

/** What happens to the rows that reference a deleted one is a decision. */
export default defineRule({
  meta: {
    id: 'fk-clause-explicit',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'addColumn', 'addConstraint'],
    trigger: 'A foreign key that does not say what a DELETE does',
    effect: 'NO ACTION is the default: a reader cannot tell it was meant',
    remedy: 'Write ON DELETE',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK'],
  },

  check(operation) {
    return constraintsWritten(operation)
      .filter(({ constraint }) => constraint.type === 'foreign key' && constraint.onDelete === undefined)
      .map(({ at, table }) => ({
        ...(at === undefined ? {} : { at }),
        message: `A foreign key of ${named(table)} does not say what a DELETE does.`,
        rewrite: [{ note: 'Write ON DELETE RESTRICT, SET NULL or CASCADE.' }],
      }));
  },
});
