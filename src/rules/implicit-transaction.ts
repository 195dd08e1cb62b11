import { draftOf } from '../advice/drafts.js';
import { defineRule } from '../rule.js';

/** Several statements in one string reach the server together, and it runs them as one transaction. */
export default defineRule({
  meta: {
    id: 'implicit-transaction',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: '*',
    covers: ['not-allowed-in-transaction', 'concurrently-in-transaction', 'invalid-index-on-retry', 'short-lock-timeout-on-concurrent-build'],
    trigger: 'A statement that refuses transactions stands in one string or file with others',
    effect: 'The server runs the string as one transaction, so the statement fails although nobody wrote BEGIN',
    remedy: 'Send it alone: one statement in its call, or in its file',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT'],
  },

  check(operation, context) {
    if (context.effects.fails?.when !== 'in-transaction' || context.session.transaction.kind !== 'implicit') return;
    const many = context.steps.filter((step) => step.session.transaction.id === context.session.transaction.id);
    const statements = new Set(many.map((step) => step.operation.statement.id)).size;
    return {
      message: `This fails: it is sent with ${statements - 1} more statement${statements === 2 ? '' : 's'}, as one transaction.`,
      rewrite: [{ note: 'Alone in a call, or a file, of its own:', operations: [draftOf(operation)], transaction: 'none' }],
    };
  },
});
