import type { Expression, QualifiedName } from '../operations/types.js';
import type { Token } from '../sql/lexer.js';
import { IMMUTABLE, MIXED, STABLE, VOLATILE } from './catalogue/functions.js';
import { functionsIn, KEYWORD_FUNCTIONS, tokensOf } from './expression.js';
import { displayName, relationKey, type Routine, type Schema } from './schema.js';

export type Volatility = 'immutable' | 'stable' | 'volatile';

/** Functions of the extensions that come with PostgreSQL and stand in column defaults. */
const EXTENSIONS: Readonly<Record<string, Volatility>> = {
  uuid_generate_v1: 'volatile',
  uuid_generate_v1mc: 'volatile',
  uuid_generate_v4: 'volatile',
  uuid_generate_v3: 'immutable',
  uuid_generate_v5: 'immutable',
  uuid_nil: 'immutable',
  gen_random_bytes: 'volatile',
  gen_salt: 'volatile',
  crypt: 'immutable',
  digest: 'immutable',
  hmac: 'immutable',
  unaccent: 'stable',
};

let catalogue: Map<string, Volatility> | undefined;

function builtIn(name: string): Volatility | undefined {
  if (catalogue === undefined) {
    catalogue = new Map();
    for (const [text, volatility] of [
      [IMMUTABLE, 'immutable'],
      [STABLE, 'stable'],
      [VOLATILE, 'volatile'],
    ] as const) {
      for (const each of text.trim().split(/\s+/)) catalogue.set(each, volatility);
    }
  }
  return catalogue.get(name);
}

/**
 * What is left of a call once the planner has put the body of a simple SQL
 * function in its place: one SELECT of one expression. Null when it stays a call.
 */
function inlined(routine: Routine): Expression | null {
  if (routine.language !== 'sql' || routine.body === null) return null;
  const tokens = tokensOf(routine.body);
  if (tokens.at(-1)?.value === ';') tokens.pop();
  const [select, first] = tokens;
  if (select?.value !== 'select' || select.kind !== 'word' || first === undefined) return null;
  return isOneExpression(tokens.slice(1)) ? routine.body.slice(first.start, tokens.at(-1)?.end) : null;
}

function isOneExpression(tokens: readonly Token[]): boolean {
  let depth = 0;
  return tokens.every((token) => {
    if (token.value === '(') depth++;
    else if (token.value === ')') depth--;
    if (token.kind === 'word' && token.value === 'select') return false;
    if (depth > 0) return true;
    return !(token.kind === 'word' && QUERY_CLAUSES.has(token.value)) && token.value !== ',' && token.value !== ';';
  });
}

const QUERY_CLAUSES = new Set(['from', 'where', 'group', 'having', 'window', 'union', 'intersect', 'except', 'order', 'limit', 'offset', 'fetch', 'for', 'into']);

/** The volatility of one function, or null when nobody told. */
export function volatilityOfFunction(name: QualifiedName, schema: Schema): Volatility | null {
  return ofFunction(name, schema, 0);
}

function ofFunction(name: QualifiedName, schema: Schema, depth: number): Volatility | null {
  // A name without a schema finds pg_catalog first, whatever else is called so.
  const known = name.schema === undefined || name.schema === 'pg_catalog' ? builtIn(name.name) : undefined;
  if (known !== undefined) return known;
  if (name.schema === undefined && KEYWORD_FUNCTIONS.has(name.name)) return 'stable';
  const routine = schema.routines.get(relationKey(name));
  if (routine !== undefined) return ofRoutine(routine, schema, depth);
  return Object.hasOwn(EXTENSIONS, name.name) ? (EXTENSIONS[name.name] ?? null) : null;
}

/** Functions that call each other are followed this far. */
const DEEPEST = 8;

/** A function that promises more than its body keeps is not inlined, and is believed. */
function ofRoutine(routine: Routine, schema: Schema, depth: number): Volatility {
  const body = depth < DEEPEST ? inlined(routine) : null;
  if (body === null) return routine.volatility;
  const inside = ofExpression(body, schema, depth + 1).volatility;
  return RANK.indexOf(inside) <= RANK.indexOf(routine.volatility) ? inside : routine.volatility;
}

export interface ExpressionVolatility {
  volatility: Volatility;
  /** Functions nobody told about, as reports show them; they count as VOLATILE, which is what CREATE FUNCTION defaults to. */
  unknown: string[];
}

const RANK: readonly Volatility[] = ['immutable', 'stable', 'volatile'];

/** The volatility of the most volatile function the expression calls. */
export function volatilityOf(expression: Expression, schema: Schema): ExpressionVolatility {
  return ofExpression(expression, schema, 0);
}

function ofExpression(expression: Expression, schema: Schema, depth: number): ExpressionVolatility {
  let worst = 0;
  const unknown: string[] = [];
  for (const name of functionsIn(expression)) {
    const volatility = ofFunction(name, schema, depth);
    if (volatility === null) unknown.push(displayName(name));
    worst = Math.max(worst, RANK.indexOf(volatility ?? 'volatile'));
  }
  return { volatility: RANK[worst] ?? 'volatile', unknown };
}

let mixed: Set<string> | undefined;

/**
 * True when the expression calls a function that is known not to be immutable,
 * whichever overload is meant: an index or a generated column refuses it.
 */
export function isMutable(expression: Expression, schema: Schema): boolean {
  mixed ??= new Set(MIXED.trim().split(/\s+/));
  const open = mixed;
  return functionsIn(expression).some((name) => {
    const volatility = volatilityOfFunction(name, schema);
    return volatility !== null && volatility !== 'immutable' && !open.has(name.name);
  });
}
