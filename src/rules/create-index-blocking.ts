import { buildConcurrently } from '../advice/concurrent-index.js';
import { blockedOn, named, waitsFor } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** CREATE INDEX keeps writers out for the whole build; CONCURRENTLY reads the table twice and keeps nobody out. */
export default defineRule({
  meta: {
    id: 'create-index-blocking',
    category: 'lock',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['createIndex'],
    covers: ['unique-index-on-existing-data'],
    trigger: 'An index is built on an existing table without CONCURRENTLY',
    effect: 'Writes to the table wait until the whole index is built',
    remedy: 'Build it CONCURRENTLY, outside a transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY'],
  },

  check(index, context) {
    const { table } = index;
    if (index.concurrently === true || !waitsFor(context, table, 'writes')) return;
    if (context.relation(table)?.kind === 'partitioned table') return;
    const what = index.index === undefined ? 'An index' : `Index ${named(index.index)}`;
    return {
      message: `${what} blocks ${blockedOn(context, table)} on ${named(table)} until it is built.`,
      rewrite: buildConcurrently(index),
    };
  },
});
