import { tokenize, type Token } from '../../sql/lexer.js';

const ENDS: ReadonlySet<string> = new Set(['commit', 'end', 'abort', 'rollback', 'prepare']);

/** Statements as the words they begin with; a body `BEGIN ATOMIC … END` is part of the one that it stands in. */
function statements(sql: string): Token[][] {
  const found: Token[][] = [];
  let current: Token[] = [];
  let atomic = false;
  for (const token of tokenize(sql).filter(({ kind }) => kind !== 'comment')) {
    atomic ||= token.value === 'atomic' && opensBody(current);
    if (token.kind === 'punctuation' && token.value === ';' && (!atomic || endsBody(current))) {
      found.push(current);
      current = [];
      atomic = false;
    } else current.push(token);
  }
  return [...found, current];
}

function opensBody(tokens: readonly Token[]): boolean {
  return tokens[0]?.value === 'create' && tokens.at(-1)?.value === 'begin';
}

/** The END of a CASE stands behind other words. */
function endsBody(tokens: readonly Token[]): boolean {
  return tokens.at(-1)?.value === 'end' && /^(?:;|atomic)$/.test(tokens.at(-2)?.value ?? '');
}

/**
 * The word with which SQL would end the transaction that it is sent in, so that
 * nothing could be rolled back any more; null when it does not. A savepoint may
 * come and go.
 */
export function transactionEnd(sql: string): string | null {
  for (const [first, second, third] of statements(sql)) {
    if (first === undefined || first.kind !== 'word' || !ENDS.has(first.value)) continue;
    if (first.value === 'rollback' && [second, third].some((token) => token?.kind === 'word' && token.value === 'to')) continue;
    if (first.value === 'prepare' && second?.value !== 'transaction') continue;
    return first.value.toUpperCase();
  }
  return null;
}
