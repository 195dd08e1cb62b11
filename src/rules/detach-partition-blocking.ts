import { draftOf, hasLockTimeout, withLockTimeout } from '../advice/drafts.js';
import { named, waitsFor } from '../advice/wording.js';
import { descendants, relationKey } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** CONCURRENTLY (14 on) detaches in two transactions and lets readers and writers pass; a default partition rules it out. */
export default defineRule({
  meta: {
    id: 'detach-partition-blocking',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['detachPartition'],
    trigger: 'DETACH PARTITION without CONCURRENTLY',
    effect: 'Reads and writes of the parent, and so of all partitions, wait behind it',
    remedy: 'Detach it CONCURRENTLY, outside a transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION'],
  },

  check(detach, context) {
    const { table, partition } = detach;
    if (detach.concurrently === true || detach.finalize === true || !waitsFor(context, table, 'reads')) return;
    const { schema } = context;
    const hasDefault = descendants(schema, relationKey(table)).some(
      (key) => schema.relations.get(key)?.partitionOf?.bounds === 'default',
    );
    const alone = context.version < 14 || hasDefault;
    if (alone && hasLockTimeout(context)) return;
    return {
      message: `Detaching ${named(partition)} stops reads and writes of ${named(table)} while it waits.`,
      rewrite: alone
        ? withLockTimeout(context, detach)
        : [{ operations: [draftOf(detach, { concurrently: true })], transaction: 'none' }],
    };
  },
});
