import { inTransaction } from '../postgres/session.js';
import { defineRule } from '../rule.js';

/** What is not rolled back is met again by the next run. */
export default defineRule({
  meta: {
    id: 'not-idempotent',
    category: 'reversibility',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'dropTable', 'addColumn', 'dropColumn', 'dropIndex'],
    trigger: 'Outside a transaction, a statement that cannot be run a second time',
    effect: 'If a later statement fails, the next run stops at this one',
    remedy: 'Write IF [NOT] EXISTS, or run the file in one transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ guard, implied, statement }, context) {
    if (guard !== undefined || implied === true || inTransaction(context.session)) return;
    const alone = context.steps.every(({ operation }) => operation.statement.id === statement.id);
    if (alone) return;
    return { message: 'If a later statement fails, the next run stops here.', rewrite: [{ note: 'Write IF [NOT] EXISTS, or put the file in one transaction.' }] };
  },
});
