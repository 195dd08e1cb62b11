import { batchedDelete, batchedUpdate } from '../advice/backfill.js';
import { isLongDml } from '../advice/conditions.js';
import { heldOn, named } from '../advice/wording.js';
import { blockedBy } from '../postgres/locks.js';
import { displayName } from '../postgres/schema.js';
import { defineRule, type RewriteStep, type RuleContext } from '../rule.js';
import type { OperationOf } from '../operations/types.js';

type LongDml = OperationOf<'update' | 'delete' | 'insert' | 'merge'>;

/** A lock is held to the end of its transaction: what changed the table in an instant keeps everyone out for the backfill. */
export default defineRule({
  meta: {
    id: 'ddl-with-backfill',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['update', 'delete', 'insert', 'merge'],
    covers: ['unbatched-update', 'unbatched-delete', 'insert-select-large', 'work-after-exclusive-lock'],
    trigger: 'Rows of a table are changed in bulk in the transaction that changed the table itself',
    effect: 'The lock of the schema change is held until the last row is written, so other sessions wait all that time',
    remedy: 'End the migration at the schema change; backfill in batches, outside a transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES'],
  },

  check(operation, context) {
    const { table } = operation;
    if (!isLongDml(operation) || !heldOn(context, table, 'writes')) return;
    const held = context.session.held.get(displayName(table));
    const blocked = held !== undefined && blockedBy(held.mode).includes('reads') ? 'Reads and writes' : 'Writes';
    return {
      message: `${blocked} of ${named(table)} wait until this ${VERB[operation.kind]} is done: its table is locked.`,
      rewrite: [{ note: 'End this migration before it; then:' }, ...batched(operation, context)],
    };
  },
});

const VERB: Readonly<Record<LongDml['kind'], string>> = {
  update: 'UPDATE',
  delete: 'DELETE',
  insert: 'INSERT',
  merge: 'MERGE',
};

function batched(operation: LongDml, context: RuleContext): RewriteStep[] {
  if (operation.kind === 'update') return [batchedUpdate(context, operation)];
  if (operation.kind === 'delete') return [batchedDelete(context, operation)];
  return [{ note: 'In a migration of its own, a range of keys at a time:', code: `${operation.text};`, language: 'sql', transaction: 'own' }];
}
