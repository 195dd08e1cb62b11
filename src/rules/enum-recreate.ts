import { blockedOn, named, touchesEveryRow } from '../advice/wording.js';
import type { DataType, QualifiedName } from '../operations/types.js';
import { relationKey, type UserType } from '../postgres/schema.js';
import { defineRule, type RewriteStep, type RuleContext } from '../rule.js';

/** PostgreSQL cannot remove an enum value; generators make a second type and cast the column to it. */
export default defineRule({
  meta: {
    id: 'enum-recreate',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['alterColumnType'],
    covers: ['alter-column-type'],
    trigger: 'A column is cast to an enum type that the same migration creates',
    effect: 'Reads and writes of the table wait until it is written again; a row with a removed value fails it',
    remedy: 'Keep the old value in the type and stop using it, or add values with ALTER TYPE … ADD VALUE',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/datatype-enum.html'],
  },

  check(change, context) {
    const { table, column, type } = change;
    if (context.isNew(table) || !touchesEveryRow(context.effects, table)) return;
    const was = context.relation(table)?.columns.get(column)?.type ?? change.from;
    const becomes = enumOf(type, context);
    const old = was == null ? undefined : enumOf(was, context);
    if (was == null || old === undefined || becomes?.bornHere !== true) return;

    const added = becomes.values.filter((value) => !old.values.includes(value));
    const removed = old.values.filter((value) => !becomes.values.includes(value));
    return {
      message: `Casting ${named(column)} to the new enum rewrites ${named(table)} while ${blockedOn(context, table)} wait.`,
      rewrite: removed.length > 0 ? [keepUnused(removed)] : addValues(nameBefore(was, context), added),
    };
  },
});

function enumOf(type: DataType, { schema }: RuleContext): Extract<UserType, { kind: 'enum' }> | undefined {
  const known = schema.types.get(relationKey(type));
  return known?.kind === 'enum' ? known : undefined;
}

function keepUnused(removed: readonly string[]): { note: string } {
  const list = removed.map((value) => `'${value}'`).join(', ');
  return { note: `Leave ${list} in the type and stop writing it; a CHECK … NOT VALID keeps it out of new rows.` };
}

function addValues(type: QualifiedName, added: readonly string[]): RewriteStep[] {
  return [
    {
      note: 'Only values are added, which needs no new type. In place of all this:',
      operations: added.map((value) => ({ kind: 'addEnumValue', type, value })),
    },
  ];
}

/** The usual recipe renames the old type out of the way first. */
function nameBefore({ schema, name }: DataType, context: RuleContext): QualifiedName {
  const old: QualifiedName = schema === undefined ? { name } : { schema, name };
  const renames = context.steps.slice(0, context.index).map(({ operation }) => operation);
  const rename = renames.find((one) => one.kind === 'renameObject' && one.to === name);
  return rename?.kind === 'renameObject' ? rename.name : old;
}
