import { defineRule } from '../rule.js';

/** PostgreSQL's own grammar refuses the statement; the rest of the file is still read. */
export default defineRule({
  meta: {
    id: 'parse-error',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['unread'],
    trigger: 'A statement that does not parse',
    effect: 'The migration fails at this statement',
    remedy: 'Correct the statement',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-commands.html'],
  },

  check(unread) {
    if (unread.cause !== 'syntax') return;
    return { message: `This does not parse: ${unread.reason}.`, rewrite: [{ note: 'Correct the statement; it was not checked.' }] };
  },
});
