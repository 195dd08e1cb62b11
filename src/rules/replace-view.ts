import { draftOf, onceReviewed } from '../advice/drafts.js';
import { laterInTransaction, named } from '../advice/wording.js';
import type { Operation, QualifiedName } from '../operations/types.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** CREATE OR REPLACE VIEW may only add columns at the end; whoever needs more drops the view first. */
export default defineRule({
  meta: {
    id: 'replace-view',
    category: 'compatibility',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropObject'],
    covers: ['drop-cascade'],
    trigger: 'An existing view is dropped and not created again in the same transaction',
    effect: 'Every query that reads the view fails, until it is back or for good',
    remedy: 'Create a second view, move readers over, then drop the first; or drop and create in one transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createview.html'],
  },

  check(drop, context) {
    if (drop.object !== 'view' || context.isNew(drop.name)) return;
    if (laterInTransaction(context).some(({ operation }) => makes(operation, drop.name))) return;
    const again = context.steps.slice(context.index + 1).some(({ operation }) => makes(operation, drop.name));
    return {
      table: drop.name,
      message: again
        ? `View ${named(drop.name)} is missing until it is created again: queries in between fail.`
        : `Dropping view ${named(drop.name)} fails every query that reads it.`,
      rewrite: again
        ? [{ note: 'Drop and create it in one transaction: BEGIN before the drop, COMMIT after the CREATE VIEW.' }]
        : [
            { note: 'Deploy a release that does not read it.' },
            ...onceReviewed(context, draftOf(drop, { cascade: undefined }), { rule: 'replace-view', reason: 'no release reads it any more' }),
          ],
    };
  },
});

function makes(operation: Operation, view: QualifiedName): boolean {
  if (operation.kind === 'createView') return relationKey(operation.view) === relationKey(view);
  return (operation.kind === 'createTable' || operation.kind === 'createMaterializedView') && relationKey('table' in operation ? operation.table : operation.view) === relationKey(view);
}
