import { newNames } from '../advice/written.js';
import { defineRule } from '../rule.js';

/** NAMEDATALEN leaves 63 bytes; what follows is dropped with a notice that nobody reads. */
export default defineRule({
  meta: {
    id: 'identifier-too-long',
    category: 'compatibility',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['createTable', 'addColumn', 'addConstraint', 'createIndex', 'renameTable', 'renameColumn'],
    trigger: 'A name of more than 63 bytes',
    effect: 'PostgreSQL cuts it without an error: the tool looks for a name that is not there, and two may collide',
    remedy: 'Choose a name of at most 63 bytes',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS'],
  },

  check(operation, context) {
    if (operation.partial === true) return;
    const long = newNames(operation).find((name) => isCut(name, context.text.slice(operation.span.start, operation.span.end)));
    if (long === undefined) return;
    return {
      message: `The name "${long.slice(0, 24)}…" is longer than ${LIMIT} bytes and will be cut.`,
      rewrite: [{ note: `Give it a name of at most ${LIMIT} bytes.` }],
    };
  },
});

/** NAMEDATALEN less the terminating zero. */
const LIMIT = 63;

/** PostgreSQL's own parser has cut the name already; only its place in the file still shows how long it was. */
function isCut(name: string, written: string): boolean {
  const bytes = Buffer.byteLength(name);
  if (bytes > LIMIT) return true;
  // A character of several bytes is never cut in two.
  if (bytes <= LIMIT - 4) return false;
  const at = written.toLowerCase().indexOf(name.toLowerCase());
  return at >= 0 && /^[\p{L}\p{N}_$]/u.test(written.slice(at + name.length));
}
