import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** The rows of a default partition have to be proven out of each new one. */
export default defineRule({
  meta: {
    id: 'default-partition-growth',
    category: 'lock',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'attachPartition'],
    trigger: 'A default partition is made',
    effect: 'It takes every row without a partition, and is read under a lock whenever one is added',
    remedy: 'Create partitions ahead of time, and watch that the default stays empty',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE'],
  },

  check(operation) {
    if (operation.kind === 'createTable' ? operation.partitionOf === undefined || operation.partitionOf.bounds !== undefined : operation.bounds !== undefined || operation.relation === 'index') return;
    const name = operation.kind === 'createTable' ? operation.table : operation.partition;
    return { message: `Every partition added later has to read default partition ${named(name)}.`, rewrite: [{ note: 'Create partitions ahead of time, and keep the default one empty.' }] };
  },
});
