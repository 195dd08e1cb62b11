import { draftOf, together } from '../advice/drafts.js';
import { blockedOn, named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** LOCK without a mode asks for the strongest one, and holds it to the end of the transaction. */
export default defineRule({
  meta: {
    id: 'lock-table',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['lockTable'],
    trigger: 'An existing table is locked by hand in a mode that stops writes',
    effect: 'Other sessions wait until the transaction ends, and deadlock if they lock in another order',
    remedy: 'Take the weakest mode that does, with NOWAIT, in a short transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-lock.html'],
  },

  check(lock, context) {
    const { table } = lock;
    if (lock.nowait === true || !waitsFor(context, table, 'writes')) return;
    return {
      message: `LOCK TABLE stops ${blockedOn(context, table)} on ${named(table)} until the transaction ends.`,
      rewrite: [
        {
          note: 'Give up at once when somebody uses the table, and try again:',
          operations: together(context, draftOf(lock, { nowait: true })),
        },
      ],
    };
  },
});
