import { draftOf, onceReviewed } from '../advice/drafts.js';
import { named, namedTables, waiting } from '../advice/wording.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** CASCADE empties every table with a foreign key to this one, and those that reference them, named or not. */
export default defineRule({
  meta: {
    id: 'truncate-cascade',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['truncate'],
    covers: ['truncate'],
    trigger: 'TRUNCATE … CASCADE of an existing table',
    effect: 'Every table that references it, directly or through others, is emptied as well',
    remedy: 'Name each table that shall be emptied, without CASCADE',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-truncate.html'],
  },

  check(truncate, context) {
    const { table } = truncate;
    if (truncate.cascade !== true || context.isNew(table)) return;
    const others = waiting(context, 'reads').filter((name) => name !== displayName(table));
    const which = others.length === 0 ? 'every table that references it' : namedTables(others);
    return {
      message: `TRUNCATE … CASCADE of ${named(table)} also empties ${which}.`,
      rewrite: [
        ...onceReviewed(
          context,
          draftOf(truncate, { cascade: undefined }),
          { rule: 'truncate', reason: 'its rows are not needed' },
          'Name every table that shall be emptied; the server then refuses to touch another:',
        ),
      ],
    };
  },
});
