import { draftOf, onceReviewed, together } from '../advice/drafts.js';
import { earlierInTransaction, laterInTransaction, named, same } from '../advice/wording.js';
import type { OperationDraft, QualifiedName, RenameTable } from '../operations/types.js';
import { defineRule, type RuleContext } from '../rule.js';
import { printName } from '../sql/name.js';

/** Only the catalogue changes; a view under the old name, made in the same transaction, serves the running release. */
export default defineRule({
  meta: {
    id: 'rename-table',
    category: 'compatibility',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['renameTable'],
    trigger: 'An existing table or view is renamed and nothing takes the old name',
    effect: 'Every query of the running release that names it fails from that moment on',
    remedy: 'Create a view under the old name in the same transaction, and drop it when no release uses it',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS'],
  },

  check(rename, context) {
    const { table, to, relation = 'table' } = rename;
    if (relation === 'index' || relation === 'sequence' || context.isNew(table)) return;
    const kind = context.relation(table)?.kind;
    if (kind === 'sequence' || keepsName(rename, context)) return;
    const view: OperationDraft = {
      kind: 'createView',
      view: table,
      query: { text: `SELECT * FROM ${printName({ ...table, name: to })}`, reads: [{ ...table, name: to }] },
    };
    return {
      message: `Renaming ${relation} ${named(table)} fails queries of the release that is running.`,
      rewrite: [
        { note: 'A view under the old name reads and writes the table for the old release:', operations: together(context, draftOf(rename), view) },
        { note: `Deploy a release that uses ${named(to)}.` },
        ...onceReviewed(context, { kind: 'dropObject', object: 'view', name: table }, { rule: 'replace-view', reason: 'no release uses the old name' }),
      ],
    };
  },
});

/** Something takes the old name in the same transaction, or the table takes a name that was just given up. */
function keepsName({ table, to }: RenameTable, context: RuleContext): boolean {
  const next: QualifiedName = { ...table, name: to };
  const taken = laterInTransaction(context).some(({ operation }) => {
    switch (operation.kind) {
      case 'createView':
        return same(operation.view, table);
      case 'createTable':
      case 'createTableAs':
        return same(operation.table, table);
      case 'renameTable':
        return operation.to === table.name;
      default:
        return false;
    }
  });
  return taken || earlierInTransaction(context).some(({ operation }) => operation.kind === 'renameTable' && same(operation.table, next));
}
