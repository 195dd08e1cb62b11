import { draftOf } from '../advice/drafts.js';
import { tableNamed } from '../advice/wording.js';
import { blockedBy } from '../postgres/locks.js';
import { defineRule, type RuleContext, type Step } from '../rule.js';

/** From 17 on transaction_timeout does the same for the whole transaction. */
export default defineRule({
  meta: {
    id: 'missing-idle-timeout',
    category: 'timeout',
    severity: 'info',
    presets: [],
    operations: '*',
    trigger: 'An existing table is locked without an idle_in_transaction_session_timeout',
    effect: 'A client that dies half-way keeps its locks until the connection is noticed to be gone',
    remedy: 'Set idle_in_transaction_session_timeout for the migration',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-IN-TRANSACTION-SESSION-TIMEOUT'],
  },

  check(operation, context) {
    const first = context.steps.findIndex((step) => isHeavy(step, context));
    if (first !== context.index || context.steps.some(({ operation: one }) => one.kind === 'setParameter' && ['idle_in_transaction_session_timeout', 'transaction_timeout'].includes(one.name))) return;
    return {
      message: `If the client hangs here, its locks stay.`,
      rewrite: [{ note: 'Before it:', operations: [{ kind: 'setParameter', name: 'idle_in_transaction_session_timeout', value: "'1min'" }, draftOf(operation)] }],
    };
  },
});

/** It locks an existing table in a way that others wait for. */
function isHeavy({ effects }: Step, context: RuleContext): boolean {
  return effects.locks.some(({ table, mode }) => blockedBy(mode).includes('writes') && !context.isNew(tableNamed(table)));
}
