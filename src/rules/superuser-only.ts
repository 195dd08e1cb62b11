import type { Copy, Operation, Utility } from '../operations/types.js';
import { tokenize } from '../sql/lexer.js';
import { defineRule } from '../rule.js';

const UNTRUSTED = /^(plpython3?u|plperlu|pltclu|c|internal)$/i;

/** Managed services give nobody the superuser role, and migrations should not run under it. */
export default defineRule({
  meta: {
    id: 'superuser-only',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['utility', 'copy', 'createExtension', 'createFunction'],
    trigger: 'ALTER SYSTEM, COPY … PROGRAM or a file of the server, an untrusted language',
    effect: 'It fails for every role but a superuser, and on managed services for all',
    remedy: 'Move it to a run-book for the database server',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-copy.html'],
  },

  check(operation) {
    const what = needsSuperuser(operation);
    if (what === null) return;
    return { message: `${what} needs a superuser.`, rewrite: [{ note: 'Do it by hand on the server, outside of migrations.' }] };
  },
});

function needsSuperuser(operation: Operation): string | null {
  if (operation.kind === 'createExtension') return UNTRUSTED.test(operation.extension) ? `Language ${operation.extension}` : null;
  if (operation.kind === 'createFunction') return UNTRUSTED.test(operation.language ?? '') ? `A function in language ${operation.language ?? ''}` : null;
  return operation.kind === 'utility' || operation.kind === 'copy' ? textNeeds(operation) : null;
}

function textNeeds({ kind, text }: Utility | Copy): string | null {
  const tokens = tokenize(text).filter((token) => token.kind !== 'comment');
  const words = tokens.map((token) => (token.kind === 'string' ? '?' : token.value)).join(' ');
  if (words.startsWith('alter system')) return 'ALTER SYSTEM';
  if (kind !== 'copy') return null;
  if (/\b(from|to) program \?/.test(words)) return 'COPY … PROGRAM';
  return /\b(from|to) \?/.test(words) ? 'COPY of a file on the server' : null;
}
