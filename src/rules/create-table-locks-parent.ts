import { draftOf, hasLockTimeout, withinTimeout } from '../advice/drafts.js';
import { named, namedTables, waiting } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The foreign keys of a new table put triggers on the tables they reference: writers there wait for the lock. */
export default defineRule({
  meta: {
    id: 'create-table-locks-parent',
    category: 'lock',
    severity: 'info',
    presets: ['strict'],
    operations: ['createTable', 'addConstraint'],
    trigger: 'A new table references an existing one',
    effect: 'Writes to the referenced table wait behind it until its running transactions have ended',
    remedy: 'Set a lock_timeout before it, and keep the transaction short',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createtable.html'],
  },

  check(create, context) {
    if (hasLockTimeout(context)) return;
    if (create.kind === 'createTable' ? create.partitionOf !== undefined : !context.isNew(create.table) || create.constraint.type !== 'foreign key') return;
    const parents = waiting(context, 'writes');
    if (parents.length === 0) return;
    return {
      message: `Creating ${named(create.table)} stops writes to ${namedTables(parents)} while it waits for its lock.`,
      rewrite: create.kind === 'createTable' ? [{ operations: withinTimeout(context, draftOf(create)) }] : [{ note: 'Before it:', operations: withinTimeout(context).slice(0, 1) }],
    };
  },
});
