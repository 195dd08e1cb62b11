import { draftOf } from '../advice/drafts.js';
import { inTransaction } from '../postgres/session.js';
import { defineRule } from '../rule.js';

/** SET LOCAL lasts to the end of the transaction; without one that is the end of the statement itself. */
export default defineRule({
  meta: {
    id: 'set-local-without-transaction',
    category: 'transaction',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['setParameter'],
    trigger: 'SET LOCAL where no transaction is open',
    effect: 'PostgreSQL warns and sets nothing: what follows runs without the timeout',
    remedy: 'Use SET, and RESET afterwards, or open a transaction first',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-set.html'],
  },

  check(set, context) {
    if (set.local !== true || inTransaction(context.session)) return;
    return {
      message: `SET LOCAL ${set.name} has no effect here: no transaction is open.`,
      rewrite: [
        { operations: [draftOf(set, { local: undefined })] },
        { note: 'And at the end of the migration:', operations: [{ kind: 'resetParameter', name: set.name }] },
      ],
    };
  },
});
