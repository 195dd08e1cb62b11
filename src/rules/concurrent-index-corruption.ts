import { defineRule } from '../rule.js';

/** Fixed in 14.4; which minor release runs cannot be seen in a file. */
export default defineRule({
  meta: {
    id: 'concurrent-index-corruption',
    category: 'transaction',
    severity: 'info',
    presets: [],
    operations: ['createIndex', 'reindex'],
    trigger: 'CONCURRENTLY on PostgreSQL 14',
    effect: 'Releases 14.0 to 14.3 may leave entries out of the index without an error',
    remedy: 'Upgrade to 14.4 or later; check indexes built before with amcheck, and rebuild them',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/release-14-4.html'],
  },

  check(operation, context) {
    if (operation.concurrently !== true || context.version !== 14) return;
    return {
      message: 'Before PostgreSQL 14.4 a concurrent build may leave rows out of the index.',
      rewrite: [{ note: 'Make sure that 14.4 or later runs; look at older indexes with amcheck.' }],
    };
  },
});
