import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A database is dropped only while nobody is connected to it, and never inside a transaction. */
export default defineRule({
  meta: {
    id: 'drop-database',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['dropObject'],
    covers: ['not-allowed-in-transaction'],
    trigger: 'DROP DATABASE in a migration',
    effect: 'The whole database is lost; the statement is refused in a transaction and while sessions are connected',
    remedy: 'Drop databases by hand, from a run-book, after a verified backup',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-dropdatabase.html'],
  },

  check(drop) {
    if (drop.object !== 'database') return;
    return {
      message: `DROP DATABASE loses everything in ${named(drop.name.name)}.`,
      rewrite: [
        {
          note: 'Take it out of the migration; by hand, after a backup that was restored once:',
          operations: [draftOf(drop)],
          transaction: 'none',
          reviewed: { rule: 'drop-database', reason: 'backed up, and nobody connects to it' },
        },
      ],
    };
  },
});
