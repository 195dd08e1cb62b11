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

/** `true`, `1 = 1`, `'a' = 'a'`, `id = 3 OR true`: a condition that every row meets. */
export function alwaysTrue(where: Expression | undefined): boolean {
  return where === undefined || truthOf(valuesOf(where)) === true;
}

/** `false`, `1 = 0`: a condition that no row meets. */
function alwaysFalse(where: Expression | undefined): boolean {
  return where !== undefined && truthOf(valuesOf(where)) === false;
}

/** Like `wordsOf`, with constants as they are: only they can be compared here. */
function valuesOf(expression: Expression): Words {
  return tokenize(expression)
    .filter((token) => token.kind !== 'comment')
    .map(({ kind, value }) => (kind === 'string' ? `'${value}'` : kind === 'parameter' ? '?' : value));
}

/** What a condition comes to whatever the row holds; undefined where that hangs on the row. */
function truthOf(words: Words): boolean | undefined {
  const bare = unwrapped(words);
  const alternatives = disjuncts(bare).map((one) => conjuncts(one).map((part) => unwrapped(part)));
  if (alternatives.length > 1 || (alternatives[0]?.length ?? 0) > 1) {
    const truths = alternatives.map((parts) => all(parts.map(truthOf)));
    return truths.includes(true) ? true : truths.every((truth) => truth === false) ? false : undefined;
  }
  if (bare[0] === 'not') return negated(truthOf(bare.slice(1)));
  if (bare.length === 1) return bare[0] === 'true' ? true : bare[0] === 'false' ? false : undefined;
  return comparison(bare);
}

function comparison(words: Words): boolean | undefined {
  if (isItself(words)) return true;
  return words.length === 3 ? compared(words as readonly [string, string, string]) : undefined;
}

/** `id = id`, `t.id = t.id`: true of every row that holds a value. */
function isItself(words: Words): boolean {
  const middle = (words.length - 1) / 2;
  const left = words.slice(0, middle);
  if (!['=', '<=', '>='].includes(words[middle] ?? '')) return false;
  return left.length % 2 === 1 && left.every((word, index) => (index % 2 === 1 ? word === '.' : /^[a-z_]/i.test(word)) && word === words[middle + 1 + index]);
}

function all(truths: readonly (boolean | undefined)[]): boolean | undefined {
  return truths.includes(false) ? false : truths.every((truth) => truth === true) ? true : undefined;
}

function negated(truth: boolean | undefined): boolean | undefined {
  return truth === undefined ? undefined : !truth;
}

const COMPARE: Readonly<Record<string, (a: number | string, b: number | string) => boolean>> = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Two constants of one kind; strings only for equality, as their order is the collation's. */
function compared([left, operator, right]: readonly [string, string, string]): boolean | undefined {
  const compare = COMPARE[operator];
  if (compare === undefined) return undefined;
  const isNumber = (word: string): boolean => /^\d+(\.\d+)?$/.test(word);
  if (isNumber(left) && isNumber(right)) return compare(Number(left), Number(right));
  const strings = left.startsWith("'") && right.startsWith("'") && (operator === '=' || operator === '<>' || operator === '!=');
  return strings ? compare(left, right) : undefined;
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
  return operation.whereUnknown !== true && !alwaysFalse(operation.where) && !picksRows(operation.where);
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

const TABLE_CHANGES = /^(createIndex|dropIndex|dropTable|renameTable|renameColumn|addColumn|dropColumn|alterColumnType|set(?!Parameter)\w+|dropNotNull|dropDefault|addConstraint|validateConstraint|dropConstraint|addIdentity|createTrigger|truncate)$/;

/** True for DDL on a table, its columns, constraints and indexes. */
export function changesTable({ kind }: Operation): boolean {
  return TABLE_CHANGES.test(kind);
}
