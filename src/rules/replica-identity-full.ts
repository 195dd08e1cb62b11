import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Subscribers look for each changed row by all its columns; without a key that reads the table. */
export default defineRule({
  meta: {
    id: 'replica-identity-full',
    category: 'compatibility',
    severity: 'info',
    presets: ['strict'],
    operations: ['setReplicaIdentity'],
    trigger: 'REPLICA IDENTITY FULL',
    effect: 'Every update and delete writes the whole old row to the log, and subscribers search by all columns',
    remedy: 'Use a unique index on NOT NULL columns as the replica identity',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/logical-replication-publication.html'],
  },

  check({ table, identity }) {
    if (identity !== 'full') return;
    return {
      message: `REPLICA IDENTITY FULL writes the whole old row of ${named(table)} to the log.`,
      rewrite: [{ note: 'Build a unique index on NOT NULL columns CONCURRENTLY, then REPLICA IDENTITY USING INDEX.' }],
    };
  },
});
