import { named, same } from '../advice/wording.js';
import { isForward } from '../operations/migration.js';
import type { Operation, QualifiedName } from '../operations/types.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** Up, down and up again is what a rollback during an incident amounts to. */
export default defineRule({
  meta: {
    id: 'asymmetric-downgrade',
    category: 'reversibility',
    severity: 'info',
    presets: ['strict'],
    operations: '*',
    trigger: 'The way down leaves something in place that the way up made',
    effect: 'After a rollback the migration cannot be run again: the object exists already',
    remedy: 'Drop it on the way down',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html'],
  },

  check(operation, context) {
    const { up, down } = context.migration;
    if (!isForward(context.migration, operation) || down === null || down.length === 0 || operation.guard !== undefined) return;
    const made = madeBy(operation);
    if (made === null || down.some((one) => one.kind === 'unread' || one.kind === 'call' || one.kind === 'rollback')) return;
    const written = up[context.index] ?? operation;
    const gone = [...up.slice(context.index + 1), ...down].some((one) => removes(one, operation) || removes(one, written));
    if (gone) return;
    return { message: `${made} is not dropped on the way down.`, rewrite: [{ note: 'Drop it there, in the reverse order of the way up.' }] };
  },
});

/** What the operation leaves behind, by name; null for what another rule of the tool undoes or that leaves nothing. */
function madeBy(operation: Operation): string | null {
  if (operation.kind === 'createTable') return operation.persistence === 'temporary' ? null : `Table ${named(operation.table)}`;
  return operation.kind === 'addColumn' ? `Column ${named(operation.column.name)} of ${named(operation.table)}` : null;
}

function removesTable(one: Operation, table: QualifiedName): boolean {
  if (one.kind === 'dropTable' || one.kind === 'renameTable') return same(one.table, table);
  return one.kind === 'dropObject' && one.object === 'schema' && one.cascade === true && relationKey(table).startsWith(`${one.name.name}.`);
}

function removes(one: Operation, made: Operation): boolean {
  if (made.kind !== 'createTable' && made.kind !== 'addColumn') return false;
  if (removesTable(one, made.table)) return true;
  if (made.kind === 'createTable') return false;
  return (one.kind === 'dropColumn' || one.kind === 'renameColumn') && same(one.table, made.table) && one.column === made.column.name;
}
