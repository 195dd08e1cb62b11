import { isHole, named } from '../advice/wording.js';
import { defineRule } from '../rule.js';
import { tokenize } from '../sql/lexer.js';

const VERBS = { delete: 'DELETE', truncate: 'TRUNCATE', dropTable: 'DROP TABLE' } as const;

const DESTRUCTIVE = new Set(['drop', 'truncate', 'delete']);

/**
 * SQL that can be read inside a raw call is flagged by the rule of its own
 * statement. This one is for what cannot be read to the end: text put together
 * at run time that begins with DELETE, TRUNCATE or DROP.
 */
export default defineRule({
  meta: {
    id: 'execute-destructive-sql',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['unread', 'delete', 'truncate', 'dropTable'],
    covers: ['unreadable-sql', 'delete-without-where', 'unbatched-delete', 'truncate', 'truncate-cascade', 'drop-table', 'drop-cascade'],
    trigger: 'DELETE, TRUNCATE or DROP in SQL that is put together at run time',
    effect: 'Nobody can say before it runs which rows or objects are lost',
    remedy: 'Write the statement out with literal names, so that it can be reviewed',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-depend.html'],
  },

  check(operation, context) {
    if (operation.kind !== 'unread' && operation.partial === true && isHole(operation.table)) {
      return {
        message: `This runs ${VERBS[operation.kind]} on ${named(operation.table)}, a table known only at run time.`,
        rewrite: [{ note: `Write the ${VERBS[operation.kind]} out as literal SQL, one statement for each table.` }],
      };
    }
    if (operation.kind === 'truncate' || operation.kind === 'dropTable') return;
    if (operation.kind === 'delete') {
      if (operation.whereUnknown !== true || context.isNew(operation.table)) return;
      return {
        message: `Which rows of ${named(operation.table)} are deleted is known only at run time.`,
        rewrite: [{ note: 'Write the condition out as literal SQL.' }],
      };
    }
    if (operation.cause === 'syntax') return;
    const verb = destructiveVerb(operation.text);
    if (verb === undefined) return;
    return {
      message: `This call runs ${verb} on something that is known only at run time.`,
      rewrite: [{ note: `Write the ${verb} out as literal SQL, one statement for each object.` }],
    };
  },
});

/** The verb of the first statement that loses something, when one begins with it. */
function destructiveVerb(text: string): string | undefined {
  let atStart = true;
  for (const token of tokenize(text)) {
    if (token.kind === 'comment') continue;
    if (atStart && token.kind === 'word' && DESTRUCTIVE.has(token.value)) return token.value.toUpperCase();
    atStart = token.value === ';';
  }
  return undefined;
}
