import { stepsOn } from '../advice/steps-on.js';
import { named } from '../advice/wording.js';
import { relationKey } from '../postgres/schema.js';
import { defineRule, type RuleContext } from '../rule.js';
import { sameType } from '../sql/type.js';
import type { AddColumn } from '../operations/types.js';

/** Generators cannot tell a rename from a drop and an add: they write the latter, and the values are gone. */
export default defineRule({
  meta: {
    id: 'drop-and-readd-column',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn'],
    covers: ['add-not-null-column'],
    trigger: 'One migration drops a column and adds one of the same type, or of the same name, to the same table',
    effect: 'If a rename or a change of type was meant, every value is lost: the new column starts empty',
    remedy: 'Rename the column or change its type, or copy the values before the old one is dropped',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html'],
  },

  check(add, context) {
    if (context.isNew(add.table) || isFilled(add, context)) return;
    const dropped = droppedCounterpart(add, context);
    if (dropped === undefined) return;
    const { table, column } = add;
    if (dropped === column.name) {
      return {
        message: `Column ${named(column.name)} of ${named(table)} is dropped and added again, without its values.`,
        rewrite: [{ note: `Change ${named(column.name)} in place, or copy its values to a new column before the drop.` }],
      };
    }
    return {
      message: `If ${named(column.name)} is ${named(dropped)} under a new name, its values are lost.`,
      rewrite: [
        { note: `If it is, keep ${named(dropped)} and rename it in steps; if it is not, nothing has to change.` },
      ],
    };
  },
});

function droppedCounterpart(add: AddColumn, context: RuleContext): string | undefined {
  const drops = stepsOn(context, 'dropColumn', add.table);
  const again = drops.find(({ index, operation }) => index < context.index && operation.column === add.column.name);
  if (again !== undefined) return again.operation.column;
  // One out, one in: several of each say nothing about which became which.
  const only = drops[0]?.operation;
  const adds = stepsOn(context, 'addColumn', add.table);
  if (drops.length !== 1 || adds.length !== 1 || only === undefined || only.column === add.column.name) return undefined;
  // A column that this very migration made or renamed holds no values to miss.
  if (stepsOn(context, 'renameColumn', add.table).some(({ operation }) => operation.to === only.column)) return undefined;
  return looksRenamed(only.column, add, context) ? only.column : undefined;
}

function looksRenamed(dropped: string, add: AddColumn, context: RuleContext): boolean {
  // The add may come after the drop: the type stands in the schema before both.
  const before = context.steps[0]?.schema.relations.get(relationKey(add.table))?.columns.get(dropped)?.type;
  const after = add.column.type;
  if (before != null && after !== undefined && !sameType(before, after)) return false;
  return sharesWord(dropped, add.column.name);
}

/** `name` and `full_name`, `userId` and `user_uuid`. */
function sharesWord(a: string, b: string): boolean {
  const words = (name: string): string[] =>
    name.split(/_|(?<=[a-z0-9])(?=[A-Z])/).map((word) => word.toLowerCase()).filter((word) => word.length > 2);
  const other = new Set(words(b));
  return words(a).some((word) => other.has(word));
}

/** True when this migration gives the new column its values: whoever wrote that thought of the old ones. */
function isFilled({ table, column }: AddColumn, context: RuleContext): boolean {
  return stepsOn(context, 'update', table).some(
    ({ index, operation }) => index > context.index && operation.set.some((one) => one.column === column.name),
  );
}
