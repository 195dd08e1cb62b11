import { batchedUpdate } from '../advice/backfill.js';
import { notNullSteps } from '../advice/constraints.js';
import { columnWith, draftOf } from '../advice/drafts.js';
import { sampleValue } from '../advice/sample-value.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';

/**
 * The rows that are there have no value for the column, so the statement fails
 * on any table that is not empty. A default of the application does not help:
 * the database has to have one.
 */
export default defineRule({
  meta: {
    id: 'add-not-null-column',
    category: 'compatibility',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn'],
    trigger: 'A NOT NULL column without a default in the database is added to an existing table',
    effect: 'It fails if the table has a row; if it has none, releases that do not know the column cannot insert',
    remedy: 'Give it a DEFAULT, or add it nullable, fill it in batches, then set NOT NULL in steps',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(add, context) {
    const { table, column } = add;
    if (context.isNew(table) || context.effects.fails?.when !== 'rows') return;
    const value = sampleValue(column.type);
    return {
      message: `Adding ${named(column.name)} NOT NULL without a default fails if ${named(table)} has a row.`,
      rewrite: [
        {
          note: 'Add it nullable, and deploy a release that fills it in:',
          operations: [draftOf(add, { column: columnWith(column, { notNull: undefined }) })],
        },
        { note: `Fill in the rows that are there, with the right value where ${value} stands.` },
        batchedUpdate(context, { table, set: [{ column: column.name, value }], where: `${quoteIdentifier(column.name)} IS NULL` }),
        ...notNullSteps(context, table, column.name),
      ],
    };
  },
});
