import { hasLockTimeout, withLockTimeout } from '../advice/drafts.js';
import { blockedOn, named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Writers wait for the lock; from then on each of their rows pays for the function. */
export default defineRule({
  meta: {
    id: 'create-trigger',
    category: 'lock',
    severity: 'info',
    presets: ['strict'],
    operations: ['createTrigger'],
    trigger: 'A trigger is created on an existing table without a lock_timeout',
    effect: 'Writes wait behind it until every running transaction on the table has ended',
    remedy: 'Set a lock_timeout and try again when it strikes',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createtrigger.html'],
  },

  check(create, context) {
    const { table, trigger } = create;
    if (hasLockTimeout(context) || !waitsFor(context, table, 'writes')) return;
    return {
      message: `Creating trigger ${named(trigger)} stops ${blockedOn(context, table)} on ${named(table)} while it waits.`,
      rewrite: withLockTimeout(context, create),
    };
  },
});
