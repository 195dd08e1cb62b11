import type { Expression, QualifiedName } from '../operations/types.js';
import { RESERVED } from '../sql/keywords.js';
import { tokenize, type Token } from '../sql/lexer.js';

/**
 * What can be told about an expression from its tokens alone. Nothing here
 * needs a parser: the questions are which names it uses and whether it is one
 * of a few plain forms.
 */

/** Words that may stand before a parenthesis without calling anything. */
const NOT_CALLS = new Set(
  `and or not in any all some exists array row values case when then else end is between like ilike similar to using
  from as over filter within order by distinct select where on with union intersect except having group limit offset
  cast coalesce nullif greatest least treat extract position substring overlay trim normalize xmlelement xmlforest
  xmlconcat xmlparse xmlpi xmlroot xmlserialize xmlexists grouping collate isnull notnull escape`.split(/\s+/),
);

/** Functions the grammar calls without parentheses; every one of them is STABLE. */
export const KEYWORD_FUNCTIONS: ReadonlySet<string> = new Set(
  `current_date current_time current_timestamp localtime localtimestamp current_user current_role session_user user
  system_user current_catalog current_schema`.split(/\s+/),
);

export function tokensOf(expression: Expression): Token[] {
  return tokenize(expression).filter((token) => token.kind !== 'comment');
}

const isName = (token: Token | undefined): token is Token =>
  token !== undefined && (token.kind === 'word' || token.kind === 'quotedIdentifier');

const isWord = (token: Token | undefined, word: string): boolean => token?.kind === 'word' && token.value === word;

const isMark = (token: Token | undefined, mark: string): boolean =>
  token !== undefined && (token.kind === 'punctuation' || token.kind === 'operator') && token.value === mark;

/** A dotted name that begins at `index`, with the index after it. */
function dottedName(tokens: readonly Token[], index: number): { parts: string[]; next: number } {
  const parts = [tokens[index]?.value ?? ''];
  let next = index + 1;
  while (isMark(tokens[next], '.') && isName(tokens[next + 1])) {
    parts.push(tokens[next + 1]?.value ?? '');
    next += 2;
  }
  return { parts, next };
}

interface NameUse {
  parts: string[];
  use: 'call' | 'type' | 'column';
  /** A single word without quotes, which may be a key word. */
  bare: boolean;
}

/** True when the name at `index` is a type: after `::`, or CAST's AS. */
function isTypePosition(tokens: readonly Token[], index: number): boolean {
  return isMark(tokens[index - 1], '::') || isWord(tokens[index - 1], 'as');
}

/** Past a type name's further words and modifiers: `double precision`, `timestamp (3) with time zone`. */
function afterType(tokens: readonly Token[], index: number): number {
  let at = index;
  for (;;) {
    const token = tokens[at];
    if (isMark(token, '(')) {
      while (at < tokens.length && !isMark(tokens[at], ')')) at++;
      at++;
    } else if (token?.kind === 'word' && /^(precision|varying|with|without|time|zone)$/.test(token.value)) at++;
    else return at;
  }
}

function* names(tokens: readonly Token[]): Generator<NameUse> {
  for (let index = 0; index < tokens.length; ) {
    const token = tokens[index];
    if (!isName(token)) {
      index++;
      continue;
    }
    const { parts, next } = dottedName(tokens, index);
    const bare = parts.length === 1 && token.kind === 'word';
    if (isTypePosition(tokens, index) || (bare && tokens[next]?.kind === 'string')) {
      yield { parts, use: 'type', bare };
      index = afterType(tokens, next);
      continue;
    }
    const call = isMark(tokens[next], '(') && !(bare && NOT_CALLS.has(token.value));
    yield { parts, use: call ? 'call' : 'column', bare };
    index = next;
  }
}

function qualified(parts: readonly string[]): QualifiedName {
  const name = parts.at(-1) ?? '';
  return parts.length > 1 ? { schema: parts.at(-2), name } : { name };
}

/** Functions called, those the grammar spells without parentheses included. */
export function functionsIn(expression: Expression): QualifiedName[] {
  const found: QualifiedName[] = [];
  for (const { parts, use, bare } of names(tokensOf(expression))) {
    if (use === 'call' || (use === 'column' && bare && KEYWORD_FUNCTIONS.has(parts[0] ?? ''))) found.push(qualified(parts));
  }
  return found;
}

/** Names used as columns, in order of first use; only those of `known` where it is given. */
export function columnsIn(expression: Expression, known?: { has(name: string): boolean }): string[] {
  const found = new Set<string>();
  for (const { parts, use, bare } of names(tokensOf(expression))) {
    const name = parts.at(-1) ?? '';
    if (use !== 'column' || (bare && (RESERVED.has(name) || NOT_CALLS.has(name)))) continue;
    if (known === undefined || known.has(name)) found.add(name);
  }
  return [...found];
}

/** Tokens without the parentheses that enclose all of them. */
function unwrap(tokens: readonly Token[]): readonly Token[] {
  let inner = tokens;
  while (isMark(inner[0], '(') && closing(inner, 0) === inner.length - 1) inner = inner.slice(1, -1);
  return inner;
}

/** Index of the parenthesis that closes the one at `open`, or -1. */
function closing(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    if (isMark(tokens[index], '(')) depth++;
    else if (isMark(tokens[index], ')') && --depth === 0) return index;
  }
  return -1;
}

/** Splits at a top-level AND or OR; the AND of BETWEEN and those inside CASE stay. */
function split(tokens: readonly Token[], word: 'and' | 'or'): (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  let between = false;
  for (const token of tokens) {
    depth += nesting(token);
    if (depth === 0 && isWord(token, 'between')) between = word === 'and';
    const separates = depth === 0 && isWord(token, word);
    if (separates && !between) parts.push([]);
    else parts.at(-1)?.push(token);
    if (separates) between = false;
  }
  return parts;
}

function nesting(token: Token): number {
  if (isMark(token, '(') || isWord(token, 'case')) return 1;
  return isMark(token, ')') || isWord(token, 'end') ? -1 : 0;
}

function nonNullColumns(tokens: readonly Token[]): string[] {
  const inner = unwrap(tokens);
  const conjuncts = split(inner, 'and');
  if (conjuncts.length > 1) return conjuncts.flatMap(nonNullColumns);
  // NOT (c IS NULL) is not among what the server's proof recognises before planning, so it is left out.
  const words = inner.slice(-3);
  const tested = isWord(words[0], 'is') && isWord(words[1], 'not') && isWord(words[2], 'null')
    ? inner.slice(0, -3)
    : isWord(inner.at(-1), 'notnull')
      ? inner.slice(0, -1)
      : [];
  const name = columnName(unwrap(tested));
  return name === null ? [] : [name];
}

/** The column that `c`, `"c"` or `t.c` stands for; null for anything else. */
function columnName(tokens: readonly Token[]): string | null {
  const dotted = tokens.length % 2 === 1 && tokens.every((token, index) => (index % 2 === 0 ? isName(token) : isMark(token, '.')));
  return dotted ? (tokens.at(-1)?.value ?? null) : null;
}

/** The column an expression is nothing but the name of, or null. */
export function columnNamed(expression: Expression): string | null {
  return columnName(unwrap(tokensOf(expression)));
}

/**
 * Columns that can hold no NULL where the expression is true: `c IS NOT NULL`,
 * alone or among ANDs, in any parentheses.
 */
export function provenNotNull(expression: Expression): string[] {
  return nonNullColumns(tokensOf(expression));
}

/** True when a query stands in the expression. */
export function hasSubquery(expression: Expression): boolean {
  const tokens = tokensOf(expression);
  return tokens.some((token, index) => isWord(token, 'select') && isMark(tokens[index - 1], '('));
}

/** A literal, a cast of one, an array or an arithmetic of some: nothing that is looked up or called. */
export function isConstant(expression: Expression): boolean {
  return functionsIn(expression).length === 0 && columnsIn(expression).length === 0;
}

/** `NULL`, also in parentheses or cast to a type. */
export function isNull(expression: Expression): boolean {
  let tokens = unwrap(tokensOf(expression));
  if (isWord(tokens[0], 'cast') && isMark(tokens[1], '(')) tokens = tokens.slice(2, -1);
  if (isMark(tokens[0], '(')) tokens = unwrap(tokens.slice(0, closing(tokens, 0) + 1));
  return isWord(tokens[0], 'null') && (tokens.length === 1 || isMark(tokens[1], '::') || isWord(tokens[1], 'as'));
}

/** Comparisons of two numbers, or of two strings for being the same, that are decided on sight. */
const COMPARISONS: Readonly<Record<string, (a: string | number, b: string | number) => boolean>> = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => typeof a === 'number' && a < Number(b),
  '<=': (a, b) => typeof a === 'number' && a <= Number(b),
  '>': (a, b) => typeof a === 'number' && a > Number(b),
  '>=': (a, b) => typeof a === 'number' && a >= Number(b),
};

function literalOf(token: Token | undefined): string | number | null {
  if (token?.kind === 'number') return Number(token.value);
  return token?.kind === 'string' ? token.value : null;
}

function compares(tokens: readonly Token[]): boolean {
  const [left, right] = [literalOf(tokens[0]), literalOf(tokens[2])];
  const operator = tokens[1]?.value ?? '';
  if (tokens.length !== 3 || left === null || right === null || typeof left !== typeof right) return false;
  return Object.hasOwn(COMPARISONS, operator) && (COMPARISONS[operator]?.(left, right) ?? false);
}

function isTrue(tokens: readonly Token[]): boolean {
  const inner = unwrap(tokens);
  const disjuncts = split(inner, 'or');
  if (disjuncts.length > 1) return disjuncts.some(isTrue);
  const conjuncts = split(inner, 'and');
  if (conjuncts.length > 1) return conjuncts.every(isTrue);
  if (inner.length === 1) return isWord(inner[0], 'true');
  if (inner.length === 2 && isWord(inner[0], 'not')) return isWord(inner[1], 'false');
  return compares(inner);
}

/** A WHERE that keeps every row whatever it holds: `true`, `1 = 1`, `1=1 OR x`. */
export function alwaysTrue(expression: Expression): boolean {
  return isTrue(tokensOf(expression));
}

/** True when both spell the same tokens, white space, comments and outer parentheses aside. */
export function sameExpression(a: Expression, b: Expression): boolean {
  const spell = (expression: Expression): string =>
    unwrap(tokensOf(expression))
      .map((token) => `${token.kind === 'quotedIdentifier' ? 'word' : token.kind}:${token.value}`)
      .join(' ');
  return spell(a) === spell(b);
}

/** The rows of the first VALUES of a statement, each value as written; null when there is none. */
export function valuesIn(statement: string): Expression[][] | null {
  const tokens = tokensOf(statement);
  let at = tokens.findIndex((token) => isWord(token, 'values')) + 1;
  if (at === 0) return null;
  const rows: Expression[][] = [];
  while (isMark(tokens[at], '(')) {
    const end = closing(tokens, at);
    if (end === -1) return null;
    const row = splitAtCommas(tokens.slice(at + 1, end));
    rows.push(row.map((value) => statement.slice(value[0]?.start, value.at(-1)?.end)));
    at = isMark(tokens[end + 1], ',') ? end + 2 : end + 1;
  }
  return rows.length === 0 ? null : rows;
}

function splitAtCommas(tokens: readonly Token[]): (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isMark(token, '(') || isMark(token, '[')) depth++;
    else if (isMark(token, ')') || isMark(token, ']')) depth--;
    if (depth === 0 && isMark(token, ',')) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

const END_OF_LIST = new Set(['from', 'where', 'group', 'having', 'union', 'intersect', 'except', 'order', 'limit', 'offset', 'window', 'fetch', 'for']);

/** One entry of a SELECT list: its name, and the column it is when it is nothing but one; `*` for a star. */
export interface OutputItem {
  name: string | null;
  column: string | null;
  /** The type behind its last `::`, as written, when that is all that follows. */
  cast: string | null;
}

/** The entries of a query's SELECT list; null for a query that is no plain SELECT. */
export function outputItems(query: string): OutputItem[] | null {
  const tokens = unwrap(tokensOf(query));
  if (!isWord(tokens[0], 'select') || isWord(tokens[1], 'distinct')) return null;
  let depth = 0;
  const end = tokens.findIndex((token) => {
    depth += nesting(token);
    return depth === 0 && token.kind === 'word' && END_OF_LIST.has(token.value);
  });
  const items = splitAtCommas(tokens.slice(1, end === -1 ? tokens.length : end));
  return items.map((item) => ({ name: nameOfItem(item), column: columnOfItem(item), cast: castOfItem(item, query) }));
}

/** Names of the columns a query gives, null for one that has none on sight; null for a query that is no plain SELECT list. */
export function outputColumns(query: string): (string | null)[] | null {
  const items = outputItems(query);
  return items === null || items.some(({ column }) => column === '*') ? null : items.map(({ name }) => name);
}

/** `a`, `t.a`, `t.a AS b`, `*`, `t.*`. */
function columnOfItem(item: readonly Token[]): string | null {
  const alias = isWord(item.at(-2), 'as') ? item.slice(0, -2) : item;
  const path = alias.every((token, index) => (index % 2 === 1 ? isMark(token, '.') : isName(token) || isMark(token, '*')));
  return path && alias.length % 2 === 1 ? (alias.at(-1)?.value ?? null) : null;
}

/** `a::text`, `a::text AS b`. */
function castOfItem(item: readonly Token[], query: string): string | null {
  const value = isWord(item.at(-2), 'as') ? item.slice(0, -2) : item;
  const at = value.findLastIndex((token) => isMark(token, '::'));
  const type = value.slice(at + 1);
  if (at < 1 || type.length === 0 || type.some(({ kind }) => kind === 'operator')) return null;
  return query.slice(type[0]?.start, type.at(-1)?.end);
}

/** A cast of a column keeps the column's name. */
function nameOfCast(item: readonly Token[]): string | null {
  const at = item.findIndex((token) => isMark(token, '::'));
  return at === 1 || (at === 3 && isMark(item[1], '.')) ? columnName(item.slice(0, at)) : null;
}

/** `a`, `t.a`, `… AS a`; a function or a cast has a name too, which is left unsaid. */
function nameOfItem(item: readonly Token[]): string | null {
  const last = item.at(-1);
  if (!isName(last)) return null;
  const before = item.at(-2);
  return item.length === 1 || isMark(before, '.') || isWord(before, 'as') ? last.value : nameOfCast(item);
}
