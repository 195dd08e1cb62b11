import { defineRule } from '../rule.js';

/** BEGIN inside a transaction only warns; the first COMMIT ends the runner's transaction, and what follows is on its own. */
export default defineRule({
  meta: {
    id: 'transaction-nesting',
    category: 'transaction',
    severity: 'warning',
    presets: ['strict'],
    operations: ['begin', 'commit'],
    trigger: 'BEGIN or COMMIT in a migration that its runner wraps in a transaction',
    effect: 'COMMIT ends the runner\'s transaction: the rest, and the record of the version, are not atomic any more',
    remedy: 'Use the runner\'s own way to turn its transaction off',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-begin.html'],
  },

  check(operation, context) {
    if (operation.implied === true) return;
    const { kind } = context.session.transaction;
    if (kind !== 'file' && kind !== 'batch') return;
    return {
      message: `${operation.kind === 'begin' ? 'BEGIN' : 'COMMIT'} cuts into the transaction that the runner has opened.`,
      rewrite: [{ note: 'Leave it out, or turn the runner\'s transaction off for this migration.' }],
    };
  },
});
