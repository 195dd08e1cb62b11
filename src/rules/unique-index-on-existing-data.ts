import { buildConcurrently } from '../advice/concurrent-index.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A concurrent build that meets a duplicate stops, and its invalid index stays: it refuses duplicates and serves no query. */
export default defineRule({
  meta: {
    id: 'unique-index-on-existing-data',
    category: 'validation',
    severity: 'info',
    presets: ['strict'],
    operations: ['createIndex'],
    trigger: 'A unique index is built CONCURRENTLY on an existing table',
    effect: 'One duplicate fails the build and leaves an invalid index behind',
    remedy: 'Look for duplicates first, and deploy a release that makes none',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY'],
  },

  check(index, context) {
    const { table } = index;
    if (index.unique !== true || index.concurrently !== true || context.isNew(table)) return;
    const what = index.index === undefined ? 'the unique index' : named(index.index);
    return {
      message: `One duplicate in ${named(table)} fails ${what} and leaves it invalid.`,
      rewrite: buildConcurrently({ ...index, guard: 'if not exists' }),
    };
  },
});
