import { hasLockTimeout, withLockTimeout } from '../advice/drafts.js';
import { blockedOn, named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Readers wait for it too, although a trigger is none of their business. */
export default defineRule({
  meta: {
    id: 'drop-trigger',
    category: 'lock',
    severity: 'info',
    presets: ['strict'],
    operations: ['dropObject'],
    trigger: 'A trigger of an existing table is dropped without a lock_timeout',
    effect: 'Reads and writes wait behind it until every running query on the table has ended',
    remedy: 'Set a lock_timeout and try again when it strikes',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-droptrigger.html'],
  },

  check(drop, context) {
    const { on: table, name } = drop;
    if (drop.object !== 'trigger' || table === undefined || hasLockTimeout(context)) return;
    if (!waitsFor(context, table, 'reads')) return;
    return {
      message: `Dropping trigger ${named(name.name)} stops ${blockedOn(context, table)} on ${named(table)} while it waits.`,
      rewrite: withLockTimeout(context, drop),
    };
  },
});
