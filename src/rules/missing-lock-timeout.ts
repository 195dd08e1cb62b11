import { draftOf } from '../advice/drafts.js';
import { tableNamed } from '../advice/wording.js';
import { blockedBy } from '../postgres/locks.js';
import { defineRule, type RuleContext, type Step } from '../rule.js';

/** Said once for a file, at the first statement that others may have to wait for. */
export default defineRule({
  meta: {
    id: 'missing-lock-timeout',
    category: 'timeout',
    severity: 'info',
    presets: [],
    operations: '*',
    trigger: 'An existing table is locked without a lock_timeout in force',
    effect: 'It waits for as long as it takes, and every later query on the table waits behind it',
    remedy: 'Set lock_timeout to a few seconds, and try again when it strikes',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT'],
  },

  check(operation, context) {
    const first = context.steps.findIndex((step) => isHeavy(step, context));
    if (first !== context.index || context.steps.some(({ operation: one }) => one.kind === 'setParameter' && ['lock_timeout'].includes(one.name))) return;
    return {
      message: `This waits for its lock without a limit, and all later queries wait behind it.`,
      rewrite: [{ note: 'Before it:', operations: [{ kind: 'setParameter', name: 'lock_timeout', value: "'2s'" }, draftOf(operation)] }],
    };
  },
});

/** It locks an existing table in a way that others wait for. */
function isHeavy({ effects }: Step, context: RuleContext): boolean {
  return effects.locks.some(({ table, mode }) => blockedBy(mode).includes('writes') && !context.isNew(tableNamed(table)));
}
