import { batchedDelete, batchedUpdate } from '../advice/backfill.js';
import { isLongDml } from '../advice/conditions.js';
import { draftOf } from '../advice/drafts.js';
import { earlierInTransaction, heldTable, named, same } from '../advice/wording.js';
import { tableOf } from '../operations/table-of.js';
import type { Operation, OperationKind, OperationOf } from '../operations/types.js';
import { defineRule, type RewriteStep, type RuleContext } from '../rule.js';

const KINDS = [
  'update',
  'delete',
  'insert',
  'merge',
  'validateConstraint',
  'refreshMaterializedView',
  'createMaterializedView',
  'createTableAs',
] as const satisfies OperationKind[];

type Work = OperationOf<(typeof KINDS)[number]>;

/** A lock lasts to the end of its transaction, so a quick ALTER of one table keeps everyone out while another is worked on. */
export default defineRule({
  meta: {
    id: 'work-after-exclusive-lock',
    category: 'transaction',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: KINDS,
    covers: ['unbatched-update', 'unbatched-delete', 'insert-select-large', 'create-matview-with-data'],
    trigger: 'Work that grows with a table, in a transaction that has locked everyone out of another one',
    effect: 'The other table stays locked for as long as the work takes',
    remedy: 'End the migration before the work, and do it in a transaction of its own',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES'],
  },

  check(work, context) {
    const held = heldTable(context, 'reads');
    const table = tableOf(work);
    if (held === undefined || table === null || same(held.table, table) || !isLong(work, context)) return;
    // The first says it for all that follow in the transaction.
    const before = earlierInTransaction(context).filter(({ index }) => index > held.since);
    if (before.some(({ operation }) => !same(tableOf(operation), held.table) && isLong(operation, context))) return;
    return {
      message: `Reads and writes of ${named(held.table)} wait until this ${VERBS[work.kind]} is done: it is locked.`,
      rewrite: [{ note: `End this migration before it, so that ${named(held.table)} is free again; then:` }, alone(work, context)],
    };
  },
});

const VERBS: Readonly<Record<Work['kind'], string>> = {
  update: 'UPDATE',
  delete: 'DELETE',
  insert: 'INSERT',
  merge: 'MERGE',
  validateConstraint: 'validation',
  refreshMaterializedView: 'refresh',
  createMaterializedView: 'query',
  createTableAs: 'query',
};

function isLong(work: Operation, context: RuleContext): boolean {
  const table = tableOf(work);
  switch (work.kind) {
    case 'createMaterializedView':
    case 'createTableAs':
      return work.withNoData !== true && work.query.reads.some((read) => !context.isNew(read));
    case 'insert':
      return isLongDml(work) && work.reads.some((read) => !context.isNew(read));
    case 'validateConstraint':
    case 'refreshMaterializedView':
      return table !== null && !context.isNew(table);
    case 'update':
    case 'delete':
    case 'merge':
      return isLongDml(work) && table !== null && !context.isNew(table);
    default:
      return false;
  }
}

function alone(work: Work, context: RuleContext): RewriteStep {
  if (work.kind === 'update') return batchedUpdate(context, work);
  if (work.kind === 'delete') return batchedDelete(context, work);
  return { note: 'In a migration of its own:', operations: [draftOf(work)], transaction: 'own' };
}
