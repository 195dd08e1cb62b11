import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Logical replication finds rows by their identity; a table without one cannot publish changes. */
export default defineRule({
  meta: {
    id: 'publication-for-all-tables',
    category: 'compatibility',
    severity: 'info',
    presets: ['strict'],
    operations: ['createPublication'],
    trigger: 'A publication FOR ALL TABLES',
    effect: 'UPDATE and DELETE fail on every table without a primary key from that moment on',
    remedy: 'List the tables, or give every table a key first',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createpublication.html'],
  },

  check({ publication, allTables }) {
    if (allTables !== true) return;
    return { message: `${named(publication)} fails updates of tables that have no primary key.`, rewrite: [{ note: 'List the tables: CREATE PUBLICATION … FOR TABLE a, b.' }] };
  },
});
