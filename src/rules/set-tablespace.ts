import { named, namedTables, waiting } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Every file of the table is copied while everyone is kept out. */
export default defineRule({
  meta: {
    id: 'set-tablespace',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['setTablespace'],
    trigger: 'A table or index is moved to another tablespace',
    effect: 'Reads and writes wait until its files are copied',
    remedy: 'Use pg_repack; for an index REINDEX (TABLESPACE …) CONCURRENTLY, from PostgreSQL 14 on',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/manage-ag-tablespaces.html'],
  },

  check({ table, relation, tablespace }, context) {
    if (context.isNew(table)) return;
    const tables = waiting(context, 'reads');
    if (tables.length === 0 && relation !== 'index') return;
    return {
      message: `Moving ${named(table)} to ${tablespace} copies it while reads and writes${tables.length === 0 ? '' : ` of ${namedTables(tables)}`} wait.`,
      rewrite:
        relation === 'index' && context.version >= 14
          ? [{ operations: [{ kind: 'reindex', target: 'index', name: table, concurrently: true, tablespace }], transaction: 'none' }]
          : [{ note: 'Take it out of the migration; pg_repack --tablespace moves it beside running queries.' }],
    };
  },
});
