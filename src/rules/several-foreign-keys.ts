import { draftOf } from '../advice/drafts.js';
import { earlierInTransaction, named, same } from '../advice/wording.js';
import type { OperationOf } from '../operations/types.js';
import { inTransaction } from '../postgres/session.js';
import { defineRule } from '../rule.js';

/** Each foreign key locks two tables to the end; an application that locks them in another order deadlocks with it. */
export default defineRule({
  meta: {
    id: 'several-foreign-keys',
    category: 'lock',
    severity: 'info',
    presets: ['strict'],
    operations: ['addConstraint'],
    trigger: 'One transaction adds foreign keys to different existing tables',
    effect: 'Writes to all of them wait until the transaction ends, and deadlocks become likely',
    remedy: 'Add one foreign key in a transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS'],
  },

  check(add, context) {
    const { constraint, table } = add;
    if (constraint.type !== 'foreign key' || context.isNew(table) || !inTransaction(context.session)) return;
    const parent = constraint.references.table;
    const other = earlierInTransaction(context)
      .map(({ operation }) => operation)
      .find(
        (one): one is OperationOf<'addConstraint'> =>
          one.kind === 'addConstraint' &&
          one.constraint.type === 'foreign key' &&
          !context.isNew(one.table) &&
          !same(one.constraint.references.table, parent),
      );
    if (other === undefined) return;
    return {
      message: `A second foreign key in this transaction keeps writes to ${named(parent)} and others waiting.`,
      rewrite: [{ note: 'In the next migration:', operations: [draftOf(add)], transaction: 'own' }],
    };
  },
});
