import { named, same, sameStatement } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The actions of one ALTER TABLE share one lock and one pass over the rows. */
export default defineRule({
  meta: {
    id: 'repeated-alter-same-table',
    category: 'lock',
    severity: 'info',
    presets: [],
    operations: ['addColumn', 'dropColumn', 'setDefault', 'dropDefault', 'addConstraint', 'alterColumnType', 'setNotNull', 'dropNotNull'],
    trigger: 'Two ALTER TABLE of one table in a row that could be one',
    effect: 'Each waits for its own lock, and each may read or write the whole table',
    remedy: 'Write one ALTER TABLE with several actions',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check(alter, context) {
    const before = context.steps[context.index - 1];
    const { table } = alter;
    if (before === undefined || context.isNew(table) || before.session.transaction.id === context.session.transaction.id) return;
    const { operation } = before;
    if (operation.kind !== alter.kind || sameStatement(operation, alter) || !('table' in operation) || !same(operation.table, table)) return;
    if (operation.kind === 'addConstraint') return;
    return {
      message: `This waits for ${named(table)} a second time, right after the statement before it.`,
      rewrite: [{ note: 'Join both to one ALTER TABLE, its actions separated by commas.' }],
    };
  },
});
