import { hasLockTimeout, withLockTimeout } from '../advice/drafts.js';
import { namedTables, tableNamed, touchesEveryRow, waiting } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** An instant once granted. Until then it queues behind running queries, and all later ones queue behind it. */
export default defineRule({
  meta: {
    id: 'brief-access-exclusive',
    category: 'timeout',
    severity: 'info',
    presets: [],
    operations: '*',
    trigger: 'A quick change of an existing table that locks everyone out, without a lock_timeout',
    effect: 'One slow query makes it wait, and every query that comes later waits behind it',
    remedy: 'Set a lock_timeout before it and try again when it strikes',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/explicit-locking.html'],
  },

  check(operation, context) {
    if (hasLockTimeout(context)) return;
    const tables = waiting(context, 'reads').filter((table) => !touchesEveryRow(context.effects, tableNamed(table)));
    if (tables.length === 0 || context.effects.builds.length > 0) return;
    return {
      message: `This waits for ${namedTables(tables)} without a lock_timeout, and all queries wait behind it.`,
      rewrite: withLockTimeout(context, operation),
    };
  },
});
