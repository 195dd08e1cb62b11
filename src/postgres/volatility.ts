import type { Expression, QualifiedName } from '../operations/types.js';
import { IMMUTABLE, STABLE, VOLATILE } from './catalogue/functions.js';
import { functionsIn, KEYWORD_FUNCTIONS } from './expression.js';
import { displayName, relationKey, type Schema } from './schema.js';

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

/** The volatility of one function, or null when nobody told. */
export function volatilityOfFunction(name: QualifiedName, schema: Schema): Volatility | null {
  // A name without a schema finds pg_catalog first, whatever else is called so.
  const known = name.schema === undefined || name.schema === 'pg_catalog' ? builtIn(name.name) : undefined;
  if (known !== undefined) return known;
  if (name.schema === undefined && KEYWORD_FUNCTIONS.has(name.name)) return 'stable';
  const routine = schema.routines.get(relationKey(name));
  if (routine !== undefined) return routine.volatility;
  return Object.hasOwn(EXTENSIONS, name.name) ? (EXTENSIONS[name.name] ?? null) : null;
}

export interface ExpressionVolatility {
  volatility: Volatility;
  /** Functions nobody told about, as reports show them; they count as VOLATILE, which is what CREATE FUNCTION defaults to. */
  unknown: string[];
}

const RANK: readonly Volatility[] = ['immutable', 'stable', 'volatile'];

/** The volatility of the most volatile function the expression calls. */
export function volatilityOf(expression: Expression, schema: Schema): ExpressionVolatility {
  let worst = 0;
  const unknown: string[] = [];
  for (const name of functionsIn(expression)) {
    const volatility = volatilityOfFunction(name, schema);
    if (volatility === null) unknown.push(displayName(name));
    worst = Math.max(worst, RANK.indexOf(volatility ?? 'volatile'));
  }
  return { volatility: RANK[worst] ?? 'volatile', unknown };
}
