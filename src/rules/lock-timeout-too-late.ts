import { draftOf } from '../advice/drafts.js';
import { named, tableNamed } from '../advice/wording.js';
import { blockedBy } from '../postgres/locks.js';
import { defineRule } from '../rule.js';

/** A setting holds for what comes after it. */
export default defineRule({
  meta: {
    id: 'lock-timeout-too-late',
    category: 'timeout',
    severity: 'info',
    presets: ['strict'],
    operations: ['setParameter'],
    trigger: 'A lock_timeout that is set after a table has been locked',
    effect: 'The statement before it waited without one',
    remedy: 'Make it the first statement of the file',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT'],
  },

  check(set, context) {
    if (set.name !== 'lock_timeout' || context.session.settings.has('lock_timeout')) return;
    const earlier = context.steps.slice(0, context.index);
    if (earlier.some(({ session }) => session.settings.has('lock_timeout'))) return;
    const table = earlier.flatMap(({ effects }) => effects.locks).find((lock) => blockedBy(lock.mode).includes('writes') && !context.isNew(tableNamed(lock.table)))?.table;
    if (table === undefined) return;
    return { message: `${named(table)} was locked before this: it waited without a timeout.`, rewrite: [{ note: 'As the first statement of the file:', operations: [draftOf(set)] }] };
  },
});
