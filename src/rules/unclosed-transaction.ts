import { defineRule } from '../rule.js';

/** A transaction that is open when the connection closes is rolled back. */
export default defineRule({
  meta: {
    id: 'unclosed-transaction',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['begin'],
    trigger: 'BEGIN without a COMMIT or ROLLBACK after it',
    effect: 'Everything after BEGIN is rolled back when the connection closes, and its locks are held until then',
    remedy: 'End it with COMMIT',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-begin.html'],
  },

  check(begin, context) {
    if (begin.implied === true || begin.within !== undefined || context.session.transaction.kind !== 'none') return;
    const ended = context.steps
      .slice(context.index + 1)
      .some(({ operation }) => operation.kind === 'commit' || (operation.kind === 'rollback' && operation.to === undefined));
    if (ended) return;
    return { message: 'This BEGIN has no COMMIT: everything after it is rolled back.', rewrite: [{ operations: [{ kind: 'commit' }], note: 'At the end of the file:' }] };
  },
});
