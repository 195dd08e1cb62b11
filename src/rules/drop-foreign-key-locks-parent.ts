import { hasLockTimeout, withLockTimeout } from '../advice/drafts.js';
import { laterInTransaction, named, namedTables, same, waiting } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import type { Operation } from '../operations/types.js';
import { defineRule, type RuleContext } from '../rule.js';

/** A foreign key has triggers on both tables: to remove them the server locks the referenced table as well. */
export default defineRule({
  meta: {
    id: 'drop-foreign-key-locks-parent',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropConstraint', 'dropColumn', 'dropTable'],
    trigger: 'A foreign key goes, by itself or with its column or table',
    effect: 'Reads and writes of the referenced table wait as well, until its running queries have ended',
    remedy: 'Drop the foreign key first, alone in its transaction, with a lock_timeout',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/explicit-locking.html'],
  },

  check(drop, context) {
    const { table } = drop;
    if (context.isNew(table) || hasLockTimeout(context)) return;
    const parents = waiting(context, 'reads').filter((name) => name !== displayName(table));
    if (parents.length === 0 || isReplaced(drop, context)) return;
    return {
      message: `This blocks reads and writes of ${namedTables(parents)} too, which ${named(table)} references.`,
      rewrite:
        drop.kind === 'dropConstraint'
          ? withLockTimeout(context, drop)
          : [
              { note: 'Drop its foreign keys first, each in a transaction of its own with a lock_timeout.' },
              ...withLockTimeout(context, drop),
            ],
    };
  },
});

/** A foreign key under the same name follows in this transaction: its rule names the tables that are locked. */
function isReplaced(drop: Operation, context: RuleContext): boolean {
  if (drop.kind !== 'dropConstraint') return false;
  return laterInTransaction(context).some(
    ({ operation }) =>
      operation.kind === 'addConstraint' &&
      operation.constraint.type === 'foreign key' &&
      operation.constraint.notValid !== true &&
      operation.constraint.name === drop.constraint &&
      same(operation.table, drop.table),
  );
}
