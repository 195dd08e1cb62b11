import { blockedOn, named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** There is neither NOT VALID nor USING INDEX nor CONCURRENTLY for an exclusion constraint. */
export default defineRule({
  meta: {
    id: 'add-exclusion',
    category: 'lock',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addConstraint'],
    trigger: 'An exclusion constraint is added to an existing table',
    effect: 'Reads and writes of the table wait until its index is built',
    remedy: 'Move to a new table that has the constraint from the start, or enforce it by a trigger',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE'],
  },

  check({ table, constraint }, context) {
    if (constraint.type !== 'exclude' || !waitsFor(context, table, 'writes')) return;
    return {
      message: `The exclusion constraint blocks ${blockedOn(context, table)} on ${named(table)} until it is built.`,
      rewrite: [
        { note: 'No form of it avoids the lock: neither NOT VALID nor USING INDEX nor CONCURRENTLY is allowed.' },
        { note: `Create a new table with the constraint, copy the rows of ${named(table)} in batches, and swap the names.` },
      ],
    };
  },
});
