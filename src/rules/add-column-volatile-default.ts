import { batchedUpdate } from '../advice/backfill.js';
import { notNullSteps } from '../advice/constraints.js';
import { columnWith, draftOf } from '../advice/drafts.js';
import { blockedOn, named } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';

const SERIALS = ['serial', 'bigserial', 'smallserial'];

/**
 * A constant, or now(), is worked out once and kept in the catalogue. A function
 * that is volatile has to be called for each row: the table is written again.
 */
export default defineRule({
  meta: {
    id: 'add-column-volatile-default',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn'],
    covers: ['add-column-unique', 'add-column-with-check', 'add-column-with-fk'],
    trigger: 'A column whose default is a volatile function is added to an existing table',
    effect: 'Reads and writes of the table wait until every row is written again',
    remedy: 'Add the column without a default, set the default, then fill old rows in batches',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/xfunc-volatility.html'],
  },

  check(add, context) {
    const { table, column } = add;
    const value = column.default;
    if (value === undefined || context.isNew(table) || !context.effects.rewrites.includes(displayName(table))) return;
    if (column.identity !== undefined || column.generated !== undefined || SERIALS.includes(column.type?.name ?? '')) return;
    return {
      message: `DEFAULT ${value} rewrites ${named(table)} while ${blockedOn(context, table)} wait.`,
      rewrite: [
        {
          operations: [
            draftOf(add, { column: columnWith(column, { default: undefined, notNull: undefined }) }),
            { kind: 'setDefault', table, column: column.name, default: value },
          ],
        },
        batchedUpdate(context, { table, set: [{ column: column.name, value }], where: `${quoteIdentifier(column.name)} IS NULL` }),
        ...(column.notNull === true ? notNullSteps(context, table, column.name) : []),
      ],
    };
  },
});
