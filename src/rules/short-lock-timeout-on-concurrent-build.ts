import { draftOf, timeoutOf } from '../advice/drafts.js';
import { defineRule } from '../rule.js';

const MINUTE = 60_000;

/**
 * A concurrent build waits for every older transaction in the database, and
 * lock_timeout counts that wait. When it strikes, an invalid index stays behind.
 */
export default defineRule({
  meta: {
    id: 'short-lock-timeout-on-concurrent-build',
    category: 'timeout',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['createIndex', 'dropIndex', 'reindex', 'detachPartition'],
    trigger: 'CONCURRENTLY under a lock_timeout of less than a minute',
    effect: 'One older transaction anywhere in the database makes it give up, and an invalid index is left',
    remedy: 'Set lock_timeout to 0 for this one statement: it keeps nobody waiting',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT'],
  },

  check(operation, context) {
    const timeout = timeoutOf(context, 'lock_timeout');
    if (operation.concurrently !== true || timeout === null || timeout === 0 || timeout >= MINUTE) return;
    if ('table' in operation && operation.table !== undefined && context.isNew(operation.table)) return;
    const value = context.session.settings.get('lock_timeout')?.value ?? '';
    return {
      message: `A lock_timeout of ${/^\d+$/.test(value) ? `${value} ms` : value} makes this concurrent operation give up and leave an invalid index.`,
      rewrite: [
        {
          operations: [{ kind: 'setParameter', name: 'lock_timeout', value: '0' }],
          transaction: 'none',
        },
        { operations: [draftOf(operation)], transaction: 'none' },
        { operations: [{ kind: 'setParameter', name: 'lock_timeout', value: `'${value}'` }], transaction: 'none' },
      ],
    };
  },
});
