import { named, same } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** An instant for the database; the surprise is in the code that never saw a NULL there. */
export default defineRule({
  meta: {
    id: 'drop-not-null',
    category: 'compatibility',
    severity: 'info',
    presets: ['strict'],
    operations: ['dropNotNull'],
    trigger: 'NOT NULL of an existing column is dropped',
    effect: 'Releases that take the column to be filled may meet NULL',
    remedy: 'Deploy a release that can read NULL first',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, column }, context) {
    const relation = context.relation(table);
    if (context.isNew(table) || relation?.columns.get(column)?.addedHere === true) return;
    const goes = context.steps.some(({ operation }) => operation.kind === 'dropColumn' && same(operation.table, table) && operation.column === column);
    if (goes || relation?.columns.get(column)?.notNull === false) return;
    return {
      message: `The running release may meet NULL in ${named(column)} of ${named(table)}.`,
      rewrite: [{ note: `Deploy a release that reads NULL in ${named(column)} before this one.` }],
    };
  },
});
