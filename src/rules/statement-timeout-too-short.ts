import { draftOf, timeoutOf } from '../advice/drafts.js';
import { defineRule } from '../rule.js';

/** These read the whole table and block nobody: a limit meant for queries is not meant for them. */
export default defineRule({
  meta: {
    id: 'statement-timeout-too-short',
    category: 'timeout',
    severity: 'info',
    presets: ['strict'],
    operations: ['createIndex', 'reindex', 'validateConstraint'],
    trigger: 'A concurrent build or a validation under a statement_timeout of less than a minute',
    effect: 'It is cancelled half-way; a concurrent build leaves an invalid index behind',
    remedy: 'Raise statement_timeout for this one statement',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT'],
  },

  check(operation, context) {
    if (operation.kind !== 'validateConstraint' && operation.concurrently !== true) return;
    if ('table' in operation && operation.table !== undefined && context.isNew(operation.table)) return;
    const timeout = timeoutOf(context, 'statement_timeout');
    if (timeout === null || timeout === 0 || timeout >= 60_000) return;
    return {
      message: 'A statement_timeout of less than a minute cancels this half-way on a large table.',
      rewrite: [
        { operations: [{ kind: 'setParameter', name: 'statement_timeout', value: '0' }], transaction: 'none' },
        { operations: [draftOf(operation)], transaction: 'none' },
      ],
    };
  },
});
