import { named, series } from '../advice/wording.js';
import { constraintsWritten } from '../advice/written.js';
import { defineRule } from '../rule.js';

/** Uniqueness is checked inside each partition; only with the key in it does that mean everywhere. */
export default defineRule({
  meta: {
    id: 'partition-key-not-in-unique',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['createTable', 'addConstraint', 'createIndex'],
    trigger: 'A primary key or unique constraint of a partitioned table without its partition key',
    effect: 'PostgreSQL refuses it: each partition can only see its own rows, and the migration fails',
    remedy: 'Include the columns of the partition key',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-LIMITATIONS'],
  },

  check(operation, context) {
    const keys = operation.kind === 'createTable' ? operation.partitionBy?.keys : context.relation(operation.table)?.partitionBy?.keys;
    if (keys === undefined) return;
    const wanted = keys.map(({ column }) => column);
    if (!wanted.every((column) => column !== undefined)) return;
    const lists =
      operation.kind === 'createIndex'
        ? operation.unique === true && operation.only !== true ? [operation.keys.map(({ column }) => column ?? '')] : []
        : constraintsWritten(operation).flatMap(({ constraint }) =>
            (constraint.type === 'primary key' || constraint.type === 'unique') && constraint.usingIndex === undefined ? [constraint.columns] : [],
          );
    const bad = lists.find((list) => wanted.some((column) => !list.includes(column)));
    if (bad === undefined) return;
    return {
      message: `A unique key of ${named(operation.table)} has to hold its partition key ${series(wanted.map(named))}.`,
      rewrite: [{ note: `Add ${series(wanted.map(named))} to the columns ${series(bad.map(named))}.` }],
    };
  },
});
