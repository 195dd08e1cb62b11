import { dependentConstraints, dependentIndexes } from '../advice/replace-column.js';
import { draftOf, onceReviewed } from '../advice/drafts.js';
import { stepsOn } from '../advice/steps-on.js';
import { droppedLater, named, sameStatement, series } from '../advice/wording.js';
import { walkColumn } from '../advice/backfill.js';
import type { DropColumn } from '../operations/types.js';
import { defineRule, type RuleContext } from '../rule.js';
import { printName, quoteIdentifier } from '../sql/name.js';

/**
 * DROP COLUMN only marks the column as dropped: it is quick, and the values are
 * out of reach at once. Indexes and constraints of the table that use the
 * column go with it, without CASCADE and without a word.
 */
export default defineRule({
  meta: {
    id: 'drop-column',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['dropColumn'],
    covers: ['drop-cascade', 'drop-foreign-key-locks-parent', 'drop-column-side-effects'],
    trigger: 'A column of an existing table is dropped',
    effect: 'Its values are lost at once, and every release that still names the column fails',
    remedy: 'Stop using the column, deploy that, keep a copy of the values, then drop it',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(drop, context) {
    const { table, column } = drop;
    const relation = context.relation(table);
    if (context.isNew(table) || relation?.columns.get(column)?.addedHere === true || droppedLater(context, table)) return;
    // drop-and-readd-column says it of the statement as a whole.
    if (isAddedAgain(drop, context)) return;

    const target = printName(table);
    const { column: key } = walkColumn(context, table);
    const copy = quoteIdentifier(`${table.name}_${column}_backup`);
    const dependants = [...dependentConstraints(relation, column), ...dependentIndexes(relation, column)];

    return {
      message: `Dropping column ${named(column)} of ${named(table)} loses its values for good.`,
      rewrite: [
        { note: `Deploy a release that neither reads nor writes ${named(column)}.` },
        ...(dependants.length === 0
          ? []
          : [{ note: `Replace or drop what goes with it on purpose: ${series(dependants)}.` }]),
        {
          note: 'If the values may be needed again, keep a copy with the key:',
          code: `CREATE TABLE ${copy} AS SELECT ${quoteIdentifier(key)}, ${quoteIdentifier(column)} FROM ${target};`,
          language: 'sql',
        },
        ...onceReviewed(context, draftOf(drop, { cascade: undefined }), { rule: 'drop-column', reason: 'no release uses it any more' }),
      ],
    };
  },
});

function isAddedAgain(drop: DropColumn, context: RuleContext): boolean {
  return stepsOn(context, 'addColumn', drop.table).some(({ operation }) => operation.column.name === drop.column && sameStatement(operation, drop));
}
