import { hasLockTimeout, withLockTimeout } from '../advice/drafts.js';
import { named, tableNamed, waiting } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** How long a lock is waited for grows with the traffic, not with the rows. */
export default defineRule({
  meta: {
    id: 'hot-table-ddl',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: '*',
    trigger: 'A statement locks writers out of a table that the configuration calls hot, without a lock_timeout',
    effect: 'There is always a query running there: this waits for it, and all that come later wait behind this',
    remedy: 'Set a lock_timeout, try again when it strikes, and choose a quiet hour',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/explicit-locking.html'],
  },

  check(operation, context) {
    if (hasLockTimeout(context) || context.effects.rewrites.length + context.effects.builds.length + context.effects.scans.length > 0) return;
    const hot = waiting(context, 'writes').map(tableNamed).find((table) => context.factOf(table) === 'hot');
    if (hot === undefined) return;
    return {
      table: hot,
      message: `This waits for every query on busy table ${named(hot)} without a lock_timeout.`,
      rewrite: withLockTimeout(context, operation),
    };
  },
});
