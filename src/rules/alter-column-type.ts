import { replaceColumn } from '../advice/replace-column.js';
import { blockedOn, named } from '../advice/wording.js';
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
    const { table, column, type, effects } = { ...change, effects: context.effects };
    const known = context.relation(table)?.columns.get(column);
    if (context.isNew(table) || known?.addedHere === true) return;
    const rewrites = effects.rewrites.includes(displayName(table));
    const builds = !rewrites && effects.builds.length > 0;
    if (!rewrites && !builds && !effects.scans.includes(displayName(table))) return;

    const what = `Changing ${named(column)} to ${printType(type)}`;
    const sure = effects.certainty === 'certain' ? '' : ' may';
    const does = sure === '' ? DOES : MAY_DO;
    const doing = rewrites ? does.rewrite : builds ? does.index : does.check;
    return {
      message: `${what}${sure} ${doing} ${named(table)} while ${blockedOn(context, table)} wait.`,
      rewrite: replaceColumn(context, {
        table,
        column,
        definition: { type, ...(change.collation === undefined ? {} : { collation: change.collation }) },
        value: change.using ?? `${quoteIdentifier(column)}::${printType(type)}`,
      }),
    };
  },
});

const DOES = { rewrite: 'rewrites', index: 'builds the indexes of', check: 'checks every row of' };
const MAY_DO = { rewrite: 'rewrite', index: 'build the indexes of', check: 'check every row of' };
