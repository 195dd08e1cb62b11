import type { Delete, Expression, Operation, Update } from '../operations/types.js';
import { RESERVED } from '../sql/keywords.js';
import { tokenize, type Token } from '../sql/lexer.js';

type Words = readonly string[];

/** Lower-case words and signs of an expression; constants become `?`, quoted names keep their spelling. */
function wordsOf(expression: Expression): Words {
  return tokenize(expression)
    .filter((token) => token.kind !== 'comment')
    .map((token) => (isConstant(token) ? '?' : token.value));
}

/** Placeholders for what is known at run time stand for values too. */
function isConstant({ kind, value }: Token): boolean {
  return kind === 'string' || kind === 'number' || kind === 'parameter' || /^__\w+$|^\$\{/.test(value);
}

/** `true`, `1 = 1`, `'a' = 'a'`: a condition that every row meets. */
export function alwaysTrue(where: Expression | undefined): boolean {
  if (where === undefined) return true;
  const text = where.replaceAll(/[\s()]/g, '').toLowerCase();
  return text === 'true' || text === 'notfalse' || /^('[^']*'|\d+)=\1$/.test(text);
}

/** Parts joined by AND outside all parentheses. */
function conjuncts(words: Words): Words[] {
  const parts: string[][] = [[]];
  let depth = 0;
  let between = false;
  for (const word of words) {
    if (word === '(') depth++;
    if (word === ')') depth--;
    if (depth === 0 && word === 'between') between = true;
    if (depth === 0 && word === 'and' && between) between = false;
    else if (depth === 0 && word === 'and') {
      parts.push([]);
      continue;
    }
    parts.at(-1)?.push(word);
  }
  return parts;
}

const RANGES: Words = ['<', '<=', '>', '>=', 'between'];
const EQUALITIES: Words = ['=', 'in', 'like', 'ilike', '~', '~*', '@>', '&&'];

/** `c = 1`, `t.c IN (1, 2)`, `c < other`, `c IN (SELECT … LIMIT 100)`: names some rows. */
function namesRows(words: Words): boolean {
  const bare = unwrapped(words);
  const alternatives = disjuncts(bare);
  if (alternatives.length > 1) return alternatives.every(namesRows);
  if (bare.includes('not')) return false;
  if (bare.includes('limit') || bare.includes('fetch')) return true;
  if (!bare.includes('select') && bare.some((word) => RANGES.includes(word))) return true;
  return bare.some((word) => EQUALITIES.includes(word)) && bare.includes('?');
}

function unwrapped(words: Words): Words {
  return words[0] === '(' && words.at(-1) === ')' && closesAtEnd(words) ? unwrapped(words.slice(1, -1)) : words;
}

function closesAtEnd(words: Words): boolean {
  let depth = 0;
  for (const [index, word] of words.entries()) {
    if (word === '(') depth++;
    if (word === ')' && --depth === 0) return index === words.length - 1;
  }
  return false;
}

function disjuncts(words: Words): Words[] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (const word of words) {
    if (word === '(') depth++;
    if (word === ')') depth--;
    if (depth === 0 && word === 'or') parts.push([]);
    else parts.at(-1)?.push(word);
  }
  return parts;
}

/**
 * True when the condition picks rows by a constant, so that only some are
 * written. `c IS NULL`, `a <> b` and joins to other tables do not: right after
 * `c` was added they mean every row.
 */
export function picksRows(where: Expression | undefined): boolean {
  if (where === undefined || alwaysTrue(where)) return false;
  return conjuncts(unwrapped(wordsOf(where))).some(namesRows);
}

/** Whether the statement may write most of its table. */
export function mayWriteMostRows(operation: Update | Delete): boolean {
  return operation.whereUnknown !== true && !picksRows(operation.where);
}

/** DML that may run as long as its table is large. */
export function isLongDml(operation: Operation): boolean {
  switch (operation.kind) {
    case 'update':
    case 'delete':
      return mayWriteMostRows(operation);
    case 'insert':
      return operation.source === 'query' && operation.reads.length > 0;
    case 'merge':
      return true;
    default:
      return false;
  }
}

/** Columns that an expression mentions: of those given, or without them every bare name that is no function or type. */
export function columnsMentioned(expression: Expression, columns: ReadonlyMap<string, unknown> | undefined): string[] {
  const tokens = tokenize(expression).filter((token) => token.kind !== 'comment');
  const isColumn = (name: string): boolean => columns?.has(name) ?? !RESERVED.has(name);
  const found = tokens.filter(({ value }, index) => standsAsColumn(tokens, index) && isColumn(value));
  return [...new Set(found.map(({ value }) => value))];
}

/** A name by itself: no type after `::`, no part of a longer name, no function. */
function standsAsColumn(tokens: readonly Token[], index: number): boolean {
  const kind = tokens[index]?.kind;
  if (kind !== 'word' && kind !== 'quotedIdentifier') return false;
  const before = tokens[index - 1]?.value ?? '';
  const after = tokens[index + 1]?.value ?? '';
  return !['::', '.'].includes(before) && !['(', '.'].includes(after);
}

/** The expression over the row that a trigger is about to write. */
export function ofNewRow(expression: Expression, columns: readonly string[]): Expression {
  const tokens = tokenize(expression);
  let written = '';
  let at = 0;
  for (const [index, token] of tokens.entries()) {
    if (!standsAsColumn(tokens, index) || !columns.includes(token.value)) continue;
    written += `${expression.slice(at, token.start)}NEW.`;
    at = token.start;
  }
  return written + expression.slice(at);
}
