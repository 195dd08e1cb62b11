import { notNullSteps } from '../advice/constraints.js';
import { blockedOn, named, touchesEveryRow } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/**
 * SET NOT NULL keeps everyone out while it reads every row. From 12 on it reads
 * none when a validated CHECK already proves that there is no NULL.
 */
export default defineRule({
  meta: {
    id: 'set-not-null',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['setNotNull'],
    trigger: 'NOT NULL is set on a column of an existing table that no validated CHECK covers',
    effect: 'Reads and writes of the table wait until every row is read; one NULL fails the migration',
    remedy: 'Add a CHECK NOT VALID, validate it, then set NOT NULL: the rows are not read again',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, column }, context) {
    if (context.isNew(table) || !touchesEveryRow(context.effects, table)) return;
    return {
      message: `NOT NULL on ${named(column)} blocks ${blockedOn(context, table)} on ${named(table)} while every row is read.`,
      rewrite: notNullSteps(context, table, column),
    };
  },
});
