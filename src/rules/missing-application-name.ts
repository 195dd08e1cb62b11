import { draftOf } from '../advice/drafts.js';
import { tableNamed } from '../advice/wording.js';
import { blockedBy } from '../postgres/locks.js';
import { defineRule, type RuleContext, type Step } from '../rule.js';

/** The name is what an operator sees next to a blocked query. */
export default defineRule({
  meta: {
    id: 'missing-application-name',
    category: 'timeout',
    severity: 'info',
    presets: [],
    operations: '*',
    trigger: 'An existing table is locked by a session without an application_name',
    effect: 'Whoever looks for the blocker in pg_stat_activity does not find it by name',
    remedy: 'Set application_name in the migration',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/runtime-config-logging.html#GUC-APPLICATION-NAME'],
  },

  check(operation, context) {
    const first = context.steps.findIndex((step) => isHeavy(step, context));
    if (first !== context.index || context.steps.some(({ operation: one }) => one.kind === 'setParameter' && ['application_name'].includes(one.name))) return;
    return {
      message: `Whoever waits for this cannot see that a migration is the cause.`,
      rewrite: [{ note: 'Before it:', operations: [{ kind: 'setParameter', name: 'application_name', value: "'migration'" }, draftOf(operation)] }],
    };
  },
});

/** It locks an existing table in a way that others wait for. */
function isHeavy({ effects }: Step, context: RuleContext): boolean {
  return effects.locks.some(({ table, mode }) => blockedBy(mode).includes('writes') && !context.isNew(tableNamed(table)));
}
