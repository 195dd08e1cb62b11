import { named } from '../advice/wording.js';
import { tableOf } from '../operations/table-of.js';
import { changesTable } from '../advice/conditions.js';
import { defineRule } from '../rule.js';

/** The extension spreads what is done to the table over its chunks or shards, and knows better ways for some of it. */
export default defineRule({
  meta: {
    id: 'extension-table-ddl',
    category: 'lock',
    severity: 'info',
    presets: ['strict'],
    operations: '*',
    trigger: 'DDL on a TimescaleDB hypertable, a Citus table or a parent of pg_partman',
    effect: 'It runs on every chunk or shard and locks them all; some forms are refused',
    remedy: 'Follow the extension\'s own procedure for this change',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/extend-extensions.html'],
  },

  check(operation, context) {
    const table = tableOf(operation);
    if (table === null || context.isNew(table) || !changesTable(operation)) return;
    const extension = context.relation(table)?.managedBy;
    if (extension === undefined) return;
    return {
      message: `${named(table)} is spread over parts by ${extension}: this runs on all of them.`,
      rewrite: [{ note: `See what the manual of ${extension} says about this change before it is deployed.` }],
    };
  },
});
