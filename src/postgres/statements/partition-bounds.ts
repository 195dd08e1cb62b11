import type { IndexKey } from '../../operations/types.js';
import type { Token } from '../../sql/lexer.js';
import { provenNotNull, tokensOf } from '../expression.js';
import type { Relation } from '../schema.js';
import { shutsOut } from './excluded-range.js';

interface Bound {
  column: string;
  operator: string;
  value: string;
}

/**
 * Whether validated CHECK constraints say what the partition's bounds say, so
 * that attaching need not read the rows. The server proves this for any
 * expression; what is recognised here is the form everybody writes: one column,
 * `c >= 'from' AND c < 'to'` for a range, `c = 'value'` or `c IN (…)` for a list.
 */
export function impliesPartition(
  relation: Relation,
  strategy: { strategy: 'list' | 'range' | 'hash'; keys: IndexKey[] },
  bounds: string,
  side: 'inside' | 'outside',
): boolean {
  const column = strategy.keys[0]?.column;
  if (strategy.keys.length !== 1 || column === undefined) return false;
  const checks = [...relation.constraints.values()].flatMap(({ definition, validated, enforced }) =>
    definition.type === 'check' && validated && enforced ? [definition.expression] : [],
  );
  if (side === 'outside') return checks.some((check) => shutsOut(check, column, bounds));
  const notNull = relation.columns.get(column)?.notNull === true || checks.some((check) => provenNotNull(check).includes(column));
  if (!notNull) return false;
  const known = checks.flatMap(comparisons).filter((bound) => bound.column === column);
  const wanted = strategy.strategy === 'range' ? rangeBounds(bounds, column) : null;
  if (wanted === null) return false;
  return wanted.every((want) => known.some((each) => implies(each, want)));
}

/** `FOR VALUES FROM (a) TO (b)` as comparisons; MINVALUE and MAXVALUE ask for none. */
function rangeBounds(bounds: string, column: string): Bound[] | null {
  const match = /from\s*\(([^()]*)\)\s*to\s*\(([^()]*)\)/i.exec(bounds);
  if (match === null) return null;
  const wanted: Bound[] = [];
  for (const [text, operator] of [
    [match[1] ?? '', '>='],
    [match[2] ?? '', '<'],
  ] as const) {
    if (/^\s*(?:minvalue|maxvalue)\s*$/i.test(text)) continue;
    const value = literal(text);
    if (value === null) return null;
    wanted.push({ column, operator, value });
  }
  return wanted;
}

function literal(text: string): string | null {
  const tokens = tokensOf(text);
  const value = tokens.find((token) => token.kind === 'string' || token.kind === 'number');
  return value === undefined ? null : value.value;
}

/** Every `column operator literal` among the ANDs of a check; none when an OR or a NOT stands in it. */
function comparisons(check: string): Bound[] {
  const tokens = tokensOf(check);
  const other = tokens.some((token, index) => token.kind === 'word' && (token.value === 'or' || (token.value === 'not' && tokens[index + 1]?.value !== 'null')));
  return other ? [] : tokens.flatMap((_, index) => comparisonAt(tokens, index) ?? between(tokens, index));
}

function comparisonAt(tokens: readonly Token[], index: number): Bound | null {
  const [column, operator] = [tokens[index], tokens[index + 1]];
  if (column === undefined || (column.kind !== 'word' && column.kind !== 'quotedIdentifier') || operator?.kind !== 'operator') return null;
  // DATE '2024-01-01' carries its type in front.
  const value = tokens[tokens[index + 2]?.kind === 'word' ? index + 3 : index + 2];
  if (value?.kind !== 'string' && value?.kind !== 'number') return null;
  return { column: column.value, operator: operator.value, value: value.value };
}

/** `c BETWEEN a AND b` holds both ends in. */
function between(tokens: readonly Token[], index: number): Bound[] {
  const column = tokens[index];
  if (column === undefined || tokens[index + 1]?.value !== 'between') return [];
  const and = tokens.findIndex(({ kind, value }, at) => at > index && kind === 'word' && value === 'and');
  const low = tokens.slice(index + 2, and).find(isValue);
  const high = tokens.slice(and + 1, and + 3).find(isValue);
  if (and === -1 || low === undefined || high === undefined) return [];
  return [
    { column: column.value, operator: '>=', value: low.value },
    { column: column.value, operator: '<=', value: high.value },
  ];
}

/** A comparison with a tighter bound says the same and more. */
function implies(known: Bound, wanted: Bound): boolean {
  if (known.operator === wanted.operator && known.value === wanted.value) return true;
  const [a, b] = [edgeOf(known.value), edgeOf(wanted.value)];
  if (wanted.operator === '>=') return ['=', '>=', '>'].includes(known.operator) && (a === b || isBelow(b, a));
  return known.operator === '<' ? a === b || isBelow(a, b) : ['=', '<='].includes(known.operator) && isBelow(a, b);
}

const edgeOf = (value: string): string | number => (/^[+-]?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value);

/** Whether two bounds of one partitioned table take the same row; false where the values cannot be compared on sight. */
export function overlaps(a: string, b: string): boolean {
  const isDefault = (bounds: string): boolean => /^\s*default\s*$/i.test(bounds);
  if (isDefault(a) || isDefault(b)) return isDefault(a) && isDefault(b);
  return rangesOverlap(a, b) || listsOverlap(a, b) || remaindersOverlap(a, b);
}

const FORMS = { range: /^\s*for\s+values\s+from\b/i, list: /^\s*for\s+values\s+in\b/i, hash: /^\s*for\s+values\s+with\b/i } as const;

/** The SQLSTATE that bounds meet which are no bounds of such a table; null for those that fit. `bounds` undefined is DEFAULT. */
export function misfitOf(strategy: keyof typeof FORMS, bounds: string | undefined, siblings: readonly string[]): string | null {
  if (bounds === undefined) return strategy === 'hash' ? '42P16' : null;
  if (/^\s*for\s+values\b/i.test(bounds) && !FORMS[strategy].test(bounds)) return '42P16';
  const own = hashOf(bounds);
  if (own === null) return null;
  const [modulus, remainder] = own;
  if (remainder >= modulus) return '42P16';
  // Each modulus is a factor of the next larger one.
  const uneven = siblings.some((other) => {
    const larger = Math.max(modulus, hashOf(other)?.[0] ?? modulus);
    return larger % Math.min(modulus, hashOf(other)?.[0] ?? modulus) !== 0;
  });
  return uneven ? '42P17' : null;
}

function hashOf(bounds: string): [modulus: number, remainder: number] | null {
  const match = /modulus\s+(\d+)\s*,\s*remainder\s+(\d+)/i.exec(bounds);
  return match === null ? null : [Number(match[1]), Number(match[2])];
}

interface Range {
  from: string | number;
  to: string | number;
}

function rangeOf(bounds: string): Range | null {
  const match = /from\s*\(([^(),]*)\)\s*to\s*\(([^(),]*)\)/i.exec(bounds);
  const [from, to] = [edge(match?.[1]), edge(match?.[2])];
  return from === null || to === null ? null : { from, to };
}

function edge(text: string | undefined): string | number | null {
  if (/^\s*minvalue\s*$/i.test(text ?? '')) return -Infinity;
  if (/^\s*maxvalue\s*$/i.test(text ?? '')) return Infinity;
  const [token, ...rest] = tokensOf(text ?? '');
  if (token?.kind === 'number' && rest.length === 0) return Number(token.value);
  return token?.kind === 'string' && /^\d{4}-\d\d-\d\d/.test(token.value) ? token.value : null;
}

/** FROM not below TO: no row would fit. */
export function isEmptyRange(bounds: string): boolean {
  const range = rangeOf(bounds);
  return range !== null && typeof range.from === typeof range.to && !isBelow(range.from, range.to);
}

function rangesOverlap(a: string, b: string): boolean {
  const [first, second] = [rangeOf(a), rangeOf(b)];
  return first !== null && second !== null && isBelow(first.from, second.to) && isBelow(second.from, first.to);
}

/** Numbers by size, dates by their text as long as both are written alike. */
function isBelow(a: string | number, b: string | number): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (a === -Infinity || b === Infinity) return true;
  return typeof a === 'string' && typeof b === 'string' && a.length === b.length && a < b;
}

function listsOverlap(a: string, b: string): boolean {
  const [first, second] = [a, b].map((bounds) => /\bin\s*\(([\s\S]*)\)/i.exec(bounds)?.[1]);
  if (first === undefined || second === undefined) return false;
  const values = new Set(tokensOf(first).filter(isValue).map(({ value }) => value));
  return tokensOf(second).some((token) => isValue(token) && values.has(token.value));
}

const isValue = ({ kind, value }: Token): boolean => kind === 'string' || kind === 'number' || value === 'null';

function remaindersOverlap(a: string, b: string): boolean {
  const [first, second] = [hashOf(a), hashOf(b)];
  if (first === null || second === null) return false;
  const [modulus, remainder] = first;
  const [otherModulus, otherRemainder] = second;
  const common = Math.min(modulus, otherModulus);
  return remainder % common === otherRemainder % common;
}
