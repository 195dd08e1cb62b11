import type { Operation } from '../operations/types.js';
import { inTransaction } from '../postgres/session.js';
import { defineRule } from '../rule.js';

/** Without a transaction there is nothing to roll back to: what was done stays done. */
export default defineRule({
  meta: {
    id: 'mixed-nontransactional',
    category: 'transaction',
    severity: 'info',
    presets: ['strict'],
    operations: ['createIndex', 'dropIndex'],
    trigger: 'A migration outside a transaction holds CONCURRENTLY and other statements that cannot be run twice',
    effect: 'When one fails the ones before it stay: the next run stops at "already exists"',
    remedy: 'Put each such statement alone in its migration, or guard the others',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY'],
  },

  check(operation, context) {
    if (operation.concurrently !== true || inTransaction(context.session)) return;
    const others = context.steps.filter(({ index, operation: other, session }) => index !== context.index && !inTransaction(session) && failsTwice(other));
    const [first] = others;
    if (first === undefined || context.steps.slice(0, context.index).some(({ operation: one }) => 'concurrently' in one && one.concurrently === true)) return;
    return {
      message: 'If this fails, the other statements of the file stay and cannot be run again.',
      rewrite: [{ note: 'Move it to a migration of its own, or write IF [NOT] EXISTS at the other statements.' }],
    };
  },
});

/** Statements that make or remove something, and say so only once. */
function failsTwice({ kind, guard }: Operation): boolean {
  return guard === undefined && /^(create|add|drop|rename|attach|detach)/.test(kind);
}
