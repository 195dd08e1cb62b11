import { buildByPartition } from '../advice/concurrent-index.js';
import { named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The index is built on every partition in turn, and writers of all of them wait until the last one is done. */
export default defineRule({
  meta: {
    id: 'index-on-partitioned-parent',
    category: 'lock',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['createIndex'],
    trigger: 'An index is built on a partitioned table',
    effect: 'Writes to every partition wait until the index is built on all of them; CONCURRENTLY is refused',
    remedy: 'Create it ON ONLY the parent, build each partition CONCURRENTLY, and attach them',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE'],
  },

  check(index, context) {
    const { table } = index;
    if (context.relation(table)?.kind !== 'partitioned table' || index.only === true || context.isNew(table)) return;
    if (index.concurrently !== true && !waitsFor(context, table, 'writes')) return;
    return {
      message:
        index.concurrently === true
          ? `CONCURRENTLY is refused on ${named(table)}: it is partitioned.`
          : `The index blocks writes to ${named(table)} and all its partitions until it is built.`,
      rewrite: buildByPartition(context, index),
    };
  },
});
