import { draftOf } from '../advice/drafts.js';
import { defineRule } from '../rule.js';

/** Zero is no timeout; only concurrent operations are better off without one. */
export default defineRule({
  meta: {
    id: 'lock-timeout-disabled',
    category: 'timeout',
    severity: 'info',
    presets: ['strict'],
    operations: ['setParameter'],
    trigger: 'A lock_timeout of 0',
    effect: 'What follows waits for its lock for ever, and every later query waits behind it',
    remedy: 'Keep it at a few seconds, and at 0 only for a CONCURRENTLY',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT'],
  },

  check(set, context) {
    if (set.name !== 'lock_timeout' || !/^'?0\s*(ms|s|min)?'?$/.test(set.value.trim())) return;
    const next = context.steps[context.index + 1]?.operation;
    if (next !== undefined && 'concurrently' in next && next.concurrently === true) return;
    return { message: 'From here on statements wait for their locks for ever.', rewrite: [{ operations: [draftOf(set, { value: "'2s'" })] }] };
  },
});
