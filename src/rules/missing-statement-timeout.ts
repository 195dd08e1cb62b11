import { draftOf } from '../advice/drafts.js';
import { tableNamed } from '../advice/wording.js';
import { blockedBy } from '../postgres/locks.js';
import { defineRule, type RuleContext, type Step } from '../rule.js';

/** lock_timeout limits the wait; only statement_timeout limits the work. */
export default defineRule({
  meta: {
    id: 'missing-statement-timeout',
    category: 'timeout',
    severity: 'info',
    presets: [],
    operations: '*',
    trigger: 'An existing table is locked without a statement_timeout in force',
    effect: 'A statement that turns out slow runs for hours, its lock held',
    remedy: 'Set statement_timeout to a generous value for each step',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-STATEMENT-TIMEOUT'],
  },

  check(operation, context) {
    const first = context.steps.findIndex((step) => isHeavy(step, context));
    if (first !== context.index || context.steps.some(({ operation: one }) => one.kind === 'setParameter' && ['statement_timeout'].includes(one.name))) return;
    return {
      message: `This may run, and hold its lock, without a limit.`,
      rewrite: [{ note: 'Before it:', operations: [{ kind: 'setParameter', name: 'statement_timeout', value: "'15min'" }, draftOf(operation)] }],
    };
  },
});

/** It locks an existing table in a way that others wait for. */
function isHeavy({ effects }: Step, context: RuleContext): boolean {
  return effects.locks.some(({ table, mode }) => blockedBy(mode).includes('writes') && !context.isNew(tableNamed(table)));
}
