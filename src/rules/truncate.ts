import { draftOf, onceReviewed } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { printName } from '../sql/name.js';
import { defineRule } from '../rule.js';

/**
 * TRUNCATE gives the table and its indexes new, empty files: no row trigger
 * fires, and a transaction with an older snapshot finds the table empty.
 */
export default defineRule({
  meta: {
    id: 'truncate',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['truncate'],
    trigger: 'An existing table is truncated',
    effect: 'All rows are lost, and reads and writes wait until every running query on the table has ended',
    remedy: 'Keep a dump, and delete in batches what really has to go',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-truncate.html'],
  },

  check(truncate, context) {
    const { table } = truncate;
    if (context.isNew(table)) return;
    return {
      message: `Truncating ${named(table)} deletes every row and stops reads and writes meanwhile.`,
      rewrite: [
        {
          note: 'Keep a dump of the rows:',
          code: `pg_dump -Fc -a -t '${printName(table)}' -f ${table.name}.dump "$DATABASE_URL"`,
          language: 'shell',
        },
        ...onceReviewed(
          context,
          draftOf(truncate),
          { rule: 'truncate', reason: 'its rows are not needed' },
          'Then, while nothing uses the table:',
        ),
      ],
    };
  },
});
