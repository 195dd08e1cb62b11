import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** CLUSTER writes the table again in the order of an index; new rows do not keep to it. */
export default defineRule({
  meta: {
    id: 'cluster',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['cluster'],
    trigger: 'CLUSTER of an existing table',
    effect: 'Reads and writes of the table wait until it is written again, indexes included',
    remedy: 'Use pg_repack, which keeps the table usable meanwhile',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-cluster.html'],
  },

  check({ table }, context) {
    if (table !== undefined && context.isNew(table)) return;
    const name = table === undefined ? 'every clustered table' : named(table);
    return {
      message: `CLUSTER writes ${name} again while reads and writes wait.`,
      rewrite: [
        table === undefined
          ? { note: 'Take it out of the migration; pg_repack does the same beside running queries.' }
          : { note: 'Take it out of the migration; beside running queries:', code: `pg_repack --table=${table.name} "$DATABASE_NAME"`, language: 'shell' },
      ],
    };
  },
});
