import { batchedUpdate } from '../advice/backfill.js';
import { notNullSteps } from '../advice/constraints.js';
import { together, withinTimeout } from '../advice/drafts.js';
import { copyOfIndex, dependentConstraints, plainIndexes, removeOld } from '../advice/replace-column.js';
import { endSync, syncBothWays } from '../advice/two-names.js';
import { earlierInTransaction, laterInTransaction, named, same, series } from '../advice/wording.js';
import type { Operation, RenameColumn } from '../operations/types.js';
import { defineRule, type RuleContext, type RewriteStep } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';

/** Only the catalogue changes, in every version; the release that is running still sends the old name. */
export default defineRule({
  meta: {
    id: 'rename-column',
    category: 'compatibility',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['renameColumn'],
    trigger: 'A column of an existing table is renamed',
    effect: 'Every query of the running release that names the column fails from that moment on',
    remedy: 'Serve both names for one release: add, keep in step, backfill, switch, drop; or map the name in the ORM',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(rename, context) {
    const { table, column, to } = rename;
    const relation = context.relation(table);
    if (context.isNew(table) || relation?.columns.get(column)?.addedHere === true) return;
    if (rename.relation === 'materialized view' || isSwap(rename, context)) return;
    return {
      message: `Renaming ${named(column)} of ${named(table)} fails queries of the release that is running.`,
      rewrite: rename.relation === 'view' ? [secondView(rename)] : bothNames(rename, context, to),
    };
  },
});

function secondView({ table, column, to }: RenameColumn): RewriteStep {
  return { note: `Create a second view with ${named(to)} in place of ${named(column)}, move readers over, then drop ${named(table)}.` };
}

function bothNames(rename: RenameColumn, context: RuleContext, to: string): RewriteStep[] {
  const { table, column } = rename;
  const relation = context.relation(table);
  const known = relation?.columns.get(column);
  const type = known?.type;
  const indexes = plainIndexes(relation, column);
  const others = dependentConstraints(relation, column);
  const keep: RewriteStep = { note: `Simplest: keep the name in the database and map ${named(to)} to it in the model.` };
  if (type == null) return [keep, { note: `Else add ${named(to)}, keep both in step by a trigger, backfill, switch, and drop ${named(column)}.` }];
  return [
    keep,
    {
      note: 'Else a second column that a trigger keeps in step both ways:',
      operations: withinTimeout(
        context,
        { kind: 'addColumn', table, column: { name: to, type } },
        ...syncBothWays(table, column, to),
      ),
    },
    batchedUpdate(context, { table, set: [{ column: to, value: quoteIdentifier(column) }] }),
    ...(known?.notNull === true ? notNullSteps(context, table, to) : []),
    ...indexes.map((index) => copyOfIndex(table, index, column, to)),
    { note: `Deploy a release that uses ${named(to)} alone${others.length === 0 ? '' : `, and make ${series(others)} anew on it`}.` },
    { note: 'Then, in a later migration:', operations: together(context, ...endSync(table, column, to)), transaction: 'own' },
    ...removeOld(context, table, column, indexes, ''),
  ];
}

/**
 * Another column takes the old name, or gave up the new one, in the same
 * transaction: no query ever misses a name.
 */
function isSwap({ table, column, to }: RenameColumn, context: RuleContext): boolean {
  const takes = (operation: Operation, name: string): boolean =>
    (operation.kind === 'renameColumn' && same(operation.table, table) && operation.to === name) ||
    (operation.kind === 'addColumn' && same(operation.table, table) && operation.column.name === name);
  const gives = (operation: Operation, name: string): boolean =>
    operation.kind === 'renameColumn' && same(operation.table, table) && operation.column === name;
  return (
    laterInTransaction(context).some(({ operation }) => takes(operation, column)) ||
    earlierInTransaction(context).some(({ operation }) => gives(operation, to))
  );
}
