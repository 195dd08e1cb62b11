import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Logical replication finds rows by their key: without one UPDATE and DELETE of a published table are refused. */
export default defineRule({
  meta: {
    id: 'drop-primary-key',
    category: 'compatibility',
    severity: 'warning',
    presets: ['strict'],
    operations: ['dropConstraint'],
    trigger: 'The primary key of an existing table is dropped',
    effect: 'Duplicates and NULLs are let in, and on a published table UPDATE and DELETE fail',
    remedy: 'Build a new unique index and make it the replica identity first',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/logical-replication-publication.html'],
  },

  check({ table, constraint, type }, context) {
    if (context.isNew(table)) return;
    const known = context.relation(table)?.constraints.get(constraint)?.definition.type;
    if ((known ?? type) !== 'primary key') return;
    return {
      message: `Without primary key ${named(constraint)} updates of ${named(table)} fail where it is published.`,
      rewrite: [
        { note: 'Build a unique index on NOT NULL columns CONCURRENTLY first, and set REPLICA IDENTITY USING INDEX; then drop the key.' },
      ],
    };
  },
});
