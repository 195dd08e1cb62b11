import { named } from '../advice/wording.js';
import { replaceColumn } from '../advice/replace-column.js';
import { narrowing } from '../postgres/narrowing.js';
import { defineRule } from '../rule.js';
import { printName, quoteIdentifier } from '../sql/name.js';
import { printType } from '../sql/type.js';

/** A cast to a smaller type fails on the first value that does not fit, or rounds and cuts without a word. */
export default defineRule({
  meta: {
    id: 'narrowing-type-change',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['alterColumnType'],
    covers: ['alter-column-type', 'timestamp-tz-change', 'enum-recreate', 'int-to-bigint-key', 'collation-change'],
    trigger: 'A column gets a type that not all its values may fit into',
    effect: 'The table is rewritten while reads and writes wait; values that do not fit are refused, cut or rounded',
    remedy: 'Look for values that do not fit, then move to a new column in steps',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(change, context) {
    const { table, column, type } = change;
    if (context.isNew(table)) return;
    const known = context.relation(table)?.columns.get(column);
    const from = known?.type ?? change.from;
    if (from == null || known?.addedHere === true) return;
    const loss = narrowing(from, type);
    if (loss === null) return;

    const name = quoteIdentifier(column);
    const value = change.using ?? `${name}::${printType(type)}`;
    return {
      message: `Changing ${named(column)} of ${named(table)} to ${printType(type)}: ${loss}.`,
      rewrite: [
        {
          note: 'Count the values that do not survive the change:',
          code: `SELECT count(*) FROM ${printName(table)} WHERE ${name}::text IS DISTINCT FROM (${value})::text;`,
          language: 'sql',
          byHand: true,
        },
        ...replaceColumn(context, { table, column, definition: { type }, value }),
      ],
    };
  },
});
