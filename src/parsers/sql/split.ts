import type { Token } from '../../sql/lexer.js';

/** Token indices, half-open, the semicolon left out. */
export interface TokenRange {
  first: number;
  last: number;
}

/**
 * Cuts tokens into statements as psql does: at semicolons outside parentheses
 * and outside `BEGIN ATOMIC … END` bodies. Empty statements are dropped.
 */
export function splitStatements(tokens: readonly Token[]): TokenRange[] {
  const ranges: TokenRange[] = [];
  let first = 0;
  let depth = 0;
  let blocks = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    if (token.kind === 'punctuation') {
      if (token.value === '(') depth++;
      else if (token.value === ')') depth = Math.max(0, depth - 1);
      else if (token.value === ';' && depth === 0 && blocks === 0) {
        if (index > first) ranges.push({ first, last: index });
        first = index + 1;
      }
    } else if (token.kind === 'word') blocks = atomicDepth(tokens, index, blocks);
  }
  if (tokens.length > first) ranges.push({ first, last: tokens.length });
  return ranges;
}

/** Inside an atomic body CASE opens what END closes too. */
function atomicDepth(tokens: readonly Token[], index: number, blocks: number): number {
  const word = tokens[index]?.value;
  if (word === 'begin' && tokens[index + 1]?.value === 'atomic') return blocks + 1;
  if (blocks === 0) return 0;
  if (word === 'case') return blocks + 1;
  return word === 'end' ? blocks - 1 : blocks;
}

/**
 * Cuts at every semicolon that begins a new line's end. The second try for a
 * statement whose unbalanced parenthesis swallowed the ones after it.
 */
export function splitAtSemicolons(tokens: readonly Token[], range: TokenRange): TokenRange[] {
  const ranges: TokenRange[] = [];
  let first = range.first;
  for (let index = range.first; index < range.last; index++) {
    if (tokens[index]?.value !== ';' || tokens[index]?.kind !== 'punctuation') continue;
    if (index > first) ranges.push({ first, last: index });
    first = index + 1;
  }
  if (range.last > first) ranges.push({ first, last: range.last });
  return ranges;
}
