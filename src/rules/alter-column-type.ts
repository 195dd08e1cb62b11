import { replaceColumn } from '../advice/replace-column.js';
import { blockedOn, named } from '../advice/wording.js';
import type { QualifiedName } from '../operations/types.js';
import type { Effects } from '../postgres/effects.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';
import { printType } from '../sql/type.js';

/**
 * Unless the old values can stay as they are (a longer varchar, varchar to
 * text), a new type means a new copy of the table and of every index on it.
 */
export default defineRule({
  meta: {
    id: 'alter-column-type',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['alterColumnType'],
    trigger: 'A column of an existing table gets a type its stored values cannot keep',
    effect: 'Reads and writes of the table wait until the whole table and its indexes are written again',
    remedy: 'Move to a new column: keep it in step by a trigger, fill it in batches, swap the names',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES'],
  },

  check(change, context) {
    const { table, column, type } = change;
    const known = context.relation(table)?.columns.get(column);
    const does = context.isNew(table) || known?.addedHere === true ? undefined : workOn(table, context.effects);
    if (does === undefined) return;
    return {
      message: `Changing ${named(column)} to ${printType(type)} ${does} ${named(table)} while ${blockedOn(context, table)} wait.`,
      rewrite: replaceColumn(context, {
        table,
        column,
        definition: { type, ...(change.collation === undefined ? {} : { collation: change.collation }) },
        value: change.using ?? `${quoteIdentifier(column)}::${printType(type)}`,
      }),
    };
  },
});

/** What happens to the table, as a verb; undefined when nothing grows with it. */
function workOn(table: QualifiedName, { rewrites, builds, scans, certainty }: Effects): string | undefined {
  const shown = displayName(table);
  const sure = certainty === 'certain';
  if (rewrites.includes(shown)) return sure ? 'rewrites' : 'may rewrite';
  if (builds.length > 0) return sure ? 'builds the indexes of' : 'may build the indexes of';
  if (scans.includes(shown)) return sure ? 'checks every row of' : 'may check every row of';
  return undefined;
}
