import { draftOf } from '../advice/drafts.js';
import { heldTable, named, same, waiting, tableNamed } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The second lock is waited for while the first is held: everyone waits for both. */
export default defineRule({
  meta: {
    id: 'several-tables-locked',
    category: 'transaction',
    severity: 'info',
    presets: ['strict'],
    operations: '*',
    covers: ['several-foreign-keys'],
    trigger: 'One transaction locks everyone out of two existing tables',
    effect: 'The first table stays locked while the second lock is waited for; another order of locks deadlocks',
    remedy: 'Change one table in a transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS'],
  },

  check(operation, context) {
    const held = heldTable(context, 'reads');
    if (held === undefined) return;
    const second = waiting(context, 'reads').map(tableNamed).find((table) => !context.session.held.has(table.name));
    if (second === undefined || same(held.table, second)) return;
    return {
      table: second,
      message: `${named(held.table)} stays locked while this waits for ${named(second)}.`,
      rewrite: [{ note: 'In the next migration:', operations: [draftOf(operation)], transaction: 'own' }],
    };
  },
});
