import { named, same } from '../advice/wording.js';
import { isForward } from '../operations/migration.js';
import type { Operation } from '../operations/types.js';
import { defineRule } from '../rule.js';

/** What a DROP removed is in a backup or nowhere. */
export default defineRule({
  meta: {
    id: 'lossy-downgrade',
    category: 'reversibility',
    severity: 'info',
    presets: ['strict'],
    operations: '*',
    trigger: 'The way down makes again what the way up dropped, without its rows or values',
    effect: 'A rollback brings the shape back, never the data',
    remedy: 'Keep a copy before the drop, and restore from it on the way down',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html'],
  },

  check(operation, context) {
    const { up, down } = context.migration;
    if (!isForward(context.migration, operation) || (operation.kind !== 'dropTable' && operation.kind !== 'dropColumn') || context.isNew(operation.table)) return;
    const written = up[context.index] ?? operation;
    if (down?.some((one) => restores(one, operation) || restores(one, written)) !== true) return;
    const what = operation.kind === 'dropTable' ? `Table ${named(operation.table)}` : `Column ${named(operation.column)} of ${named(operation.table)}`;
    return { message: `${what} comes back empty on the way down.`, rewrite: [{ note: 'Keep a copy before the drop, and let the way down read it.' }] };
  },
});

function restores(one: Operation, dropped: Operation): boolean {
  if (dropped.kind === 'dropTable') return one.kind === 'createTable' && same(one.table, dropped.table);
  return dropped.kind === 'dropColumn' && one.kind === 'addColumn' && same(one.table, dropped.table) && one.column.name === dropped.column;
}
