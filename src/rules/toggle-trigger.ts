import { hasLockTimeout, withLockTimeout } from '../advice/drafts.js';
import { blockedOn, named, same, waitsFor } from '../advice/wording.js';
import type { ToggleTrigger } from '../operations/types.js';
import { defineRule, type RuleContext } from '../rule.js';

/** Writers wait for the switch; while ALL are disabled foreign keys are not enforced for anybody. */
export default defineRule({
  meta: {
    id: 'toggle-trigger',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['toggleTrigger'],
    trigger: 'A trigger of an existing table is enabled or disabled',
    effect: 'Writes wait for it, and every session runs without the trigger until it is enabled again',
    remedy: 'Let the trigger itself look at a session variable, or use session_replication_role in one session',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DISABLE-ENABLE-TRIGGER'],
  },

  check(toggle, context) {
    const { table, all, mode, trigger } = toggle;
    if (!waitsFor(context, table, 'writes') || undoes(toggle, context)) return;
    if (all === 'all' && mode === 'disable') {
      return {
        message: `DISABLE TRIGGER ALL lets rows that break foreign keys into ${named(table)}.`,
        rewrite: [
          {
            note: 'For this one session, whose writes are known to be right (superusers only):',
            operations: [{ kind: 'setParameter', name: 'session_replication_role', value: "'replica'" }],
          },
        ],
      };
    }
    if (hasLockTimeout(context)) return;
    const what = all === undefined ? `trigger ${named(trigger)}` : 'triggers';
    return {
      message: `Switching ${what} stops ${blockedOn(context, table)} on ${named(table)} while it waits for its lock.`,
      rewrite: withLockTimeout(context, toggle),
    };
  },
});

/** What this migration disabled is enabled again: that was said once. */
function undoes({ table, mode }: ToggleTrigger, context: RuleContext): boolean {
  if (mode === 'disable') return false;
  return context.steps
    .slice(0, context.index)
    .some(({ operation }) => operation.kind === 'toggleTrigger' && operation.mode === 'disable' && same(operation.table, table));
}
