import { dependentConstraints, dependentIndexes } from '../advice/replace-column.js';
import { droppedLater, named, series } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** An index over several columns goes when one of them does; so does a constraint. */
export default defineRule({
  meta: {
    id: 'drop-column-side-effects',
    category: 'data-loss',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropColumn'],
    trigger: 'A column goes that indexes or constraints of its table stand on',
    effect: 'They go with it, without CASCADE and without a word: queries lose an index, rows a rule',
    remedy: 'Drop or replace what stands on the column first, each by name',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-REMOVING-A-COLUMN'],
  },

  check({ table, column }, context) {
    const relation = context.relation(table);
    if (context.isNew(table) || relation?.columns.get(column)?.addedHere === true || droppedLater(context, table)) return;
    const dependants = [...dependentConstraints(relation, column), ...dependentIndexes(relation, column)];
    if (dependants.length === 0) return;
    return {
      message: `${series(dependants.slice(0, 2).map(named))} of ${named(table)} ${dependants.length > 1 ? 'go' : 'goes'} with column ${named(column)}.`,
      rewrite: [{ note: `Drop or replace these first, on purpose: ${series(dependants)}.` }],
    };
  },
});
