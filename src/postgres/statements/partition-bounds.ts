import type { IndexKey } from '../../operations/types.js';
import { provenNotNull, tokensOf } from '../expression.js';
import type { Relation } from '../schema.js';

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
  if (strategy.keys.length !== 1 || column === undefined || side === 'outside') return false;
  const checks = [...relation.constraints.values()].flatMap(({ definition, validated, enforced }) =>
    definition.type === 'check' && validated && enforced ? [definition.expression] : [],
  );
  const notNull = relation.columns.get(column)?.notNull === true || checks.some((check) => provenNotNull(check).includes(column));
  if (!notNull) return false;
  const known = checks.flatMap(comparisons).filter((bound) => bound.column === column);
  const wanted = strategy.strategy === 'range' ? rangeBounds(bounds, column) : null;
  if (wanted === null) return false;
  return wanted.every((want) => known.some((each) => each.operator === want.operator && each.value === want.value));
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
  if (tokens.some((token) => token.kind === 'word' && (token.value === 'or' || token.value === 'not') && !isNotNull(tokens, token))) return [];
  const found: Bound[] = [];
  for (const [index, token] of tokens.entries()) {
    const operator = tokens[index + 1];
    let at = index + 2;
    // DATE '2024-01-01' carries its type in front.
    if (tokens[at]?.kind === 'word') at++;
    const value = tokens[at];
    if ((token.kind !== 'word' && token.kind !== 'quotedIdentifier') || operator?.kind !== 'operator') continue;
    if (value?.kind === 'string' || value?.kind === 'number') found.push({ column: token.value, operator: operator.value, value: value.value });
  }
  return found;
}

function isNotNull(tokens: ReturnType<typeof tokensOf>, token: (typeof tokens)[number]): boolean {
  const next = tokens[tokens.indexOf(token) + 1];
  return token.value === 'not' && next?.kind === 'word' && next.value === 'null';
}
