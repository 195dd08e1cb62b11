import { draftOf } from '../advice/drafts.js';
import { named, namedTables, waiting } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/**
 * REINDEX keeps writers of the table out, and each index in turn from everyone:
 * a query that would use that index waits, a read too.
 */
export default defineRule({
  meta: {
    id: 'reindex-blocking',
    category: 'lock',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['reindex'],
    trigger: 'REINDEX without CONCURRENTLY',
    effect: 'Writes to the table wait until its indexes are built again, and reads that use the index at hand too',
    remedy: 'REINDEX CONCURRENTLY, outside a transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY'],
  },

  check(reindex, context) {
    if (reindex.concurrently === true || reindex.target === 'system') return;
    const tables = waiting(context, 'writes');
    const { name, target } = reindex;
    if (name !== undefined && target !== 'schema' && tables.length === 0 && context.effects.certainty === 'certain') return;
    const on = tables.length > 0 ? namedTables(tables) : target === 'index' ? 'its table' : 'each table';
    const what = name === undefined ? target : `${target} ${named(name)}`;
    return {
      message: `REINDEX of ${what} blocks writes to ${on} until it is done.`,
      rewrite:
        context.version < 12
          ? [{ note: 'Before PostgreSQL 12: build a second index CONCURRENTLY, then drop the old one CONCURRENTLY.' }]
          : [{ operations: [draftOf(reindex, { concurrently: true })], transaction: 'none' }],
    };
  },
});
