import { replaceColumn } from '../advice/replace-column.js';
import { blockedOn, named } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';

/** The rows keep their place, but the order of every index on the column is another one: all are built again. */
export default defineRule({
  meta: {
    id: 'collation-change',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['alterColumnType'],
    covers: ['alter-column-type'],
    trigger: 'An indexed column of an existing table gets another collation',
    effect: 'Reads and writes of the table wait until every index on the column is built again',
    remedy: 'Move to a new column with the collation, and build its indexes CONCURRENTLY',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/collation.html'],
  },

  check(change, context) {
    const { table, column, collation, type } = change;
    if (collation === undefined || context.isNew(table) || context.effects.builds.length === 0) return;
    if (context.effects.rewrites.includes(displayName(table))) return;
    return {
      message: `Changing ${named(column)} builds its indexes again while ${blockedOn(context, table)} on ${named(table)} wait.`,
      rewrite: replaceColumn(context, {
        table,
        column,
        definition: { type, collation },
        value: quoteIdentifier(column),
      }),
    };
  },
});
