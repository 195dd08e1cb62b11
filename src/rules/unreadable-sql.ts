import { defineRule } from '../rule.js';

/** What reaches the database unread may hold any hazard; saying so is all that can be done. */
export default defineRule({
  meta: {
    id: 'unreadable-sql',
    category: 'data-loss',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['unread', 'call'],
    trigger: 'SQL that is known only at run time: put together, read from a file, or run by EXECUTE',
    effect: 'What it does cannot be known before it runs, so nothing was checked',
    remedy: 'Write literal SQL, or values that can be worked out from constants of the file',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/plpgsql-statements.html'],
  },

  check(operation) {
    const rewrite = [{ note: 'Write the statements out as literal SQL, so that they can be checked.' }];
    if (operation.kind === 'call') {
      if (operation.opaque !== true) return;
      return { message: 'Part of this block runs SQL that is known only at run time and was not checked.', rewrite };
    }
    if (operation.cause === 'syntax') return;
    return { message: `Not checked: ${operation.reason}.`, rewrite };
  },
});
