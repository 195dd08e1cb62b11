import { named, tableNamed } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** The default partition may hold rows that belong into the new one: it is read from end to end, under ACCESS EXCLUSIVE. */
export default defineRule({
  meta: {
    id: 'attach-scans-default',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['attachPartition', 'createTable'],
    covers: ['create-partition-locks-parent'],
    trigger: 'A partition is attached or created while a filled default partition exists',
    effect: 'Reads and writes of the default partition wait until all its rows are checked',
    remedy: 'First a validated CHECK on the default partition that shuts the new range out',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE'],
  },

  check(operation, context) {
    if (operation.kind === 'attachPartition' ? operation.relation === 'index' : operation.partitionOf === undefined) return;
    const added = operation.kind === 'attachPartition' ? operation.partition : operation.table;
    const shown = context.effects.scans.find((name) => name !== displayName(added) && context.relation(tableNamed(name))?.partitionOf?.bounds === 'default');
    if (shown === undefined || context.isNew(tableNamed(shown))) return;
    return {
      table: tableNamed(shown),
      message: `Partition ${named(added)} makes PostgreSQL read all of default partition ${named(shown)}.`,
      rewrite: [
        { note: `First a CHECK on ${named(shown)} that shuts the new range out, NOT VALID; validate it in the next migration.` },
        { note: 'Then nothing is read; drop the CHECK afterwards.' },
      ],
    };
  },
});
