import { draftOf, hasLockTimeout, withinTimeout } from '../advice/drafts.js';
import { named, waitsFor } from '../advice/wording.js';
import type { OperationDraft } from '../operations/types.js';
import { defineRule } from '../rule.js';

/** CREATE TABLE … PARTITION OF takes the strongest lock on the parent; ATTACH takes one that readers and writers pass. */
export default defineRule({
  meta: {
    id: 'create-partition-locks-parent',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['createTable'],
    trigger: 'A partition is created directly under an existing parent',
    effect: 'Reads and writes of the parent, and so of all partitions, wait behind it',
    remedy: 'Create the table by itself, LIKE the parent, then attach it',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE'],
  },

  check(create, context) {
    const { table, partitionOf } = create;
    if (partitionOf === undefined || hasLockTimeout(context) || !waitsFor(context, partitionOf.parent, 'reads')) return;
    if (context.version < 12) return;
    const attach: OperationDraft = {
      kind: 'attachPartition',
      table: partitionOf.parent,
      partition: table,
      ...(partitionOf.bounds === undefined ? {} : { bounds: partitionOf.bounds }),
    };
    return {
      message: `Creating partition ${named(table)} stops reads and writes of ${named(partitionOf.parent)} while it waits.`,
      rewrite: [
        {
          operations: [
            draftOf(create, { partitionOf: undefined, like: [{ table: partitionOf.parent, options: 'INCLUDING ALL' }] }),
            ...withinTimeout(context, attach),
          ],
        },
      ],
    };
  },
});
