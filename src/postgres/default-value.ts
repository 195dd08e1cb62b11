import type { DataType, Expression } from '../operations/types.js';
import { parseType } from '../sql/type.js';
import { castBetween, isBuiltIn, isString, storedType } from './casts.js';
import { tokensOf } from './expression.js';
import type { Schema } from './schema.js';
import { baseType, userTypeOf } from './type-change.js';

/** Functions that stand in defaults, and what they return. */
const RETURNS: Readonly<Record<string, string>> = {
  now: 'timestamp with time zone',
  current_timestamp: 'timestamp with time zone',
  clock_timestamp: 'timestamp with time zone',
  statement_timestamp: 'timestamp with time zone',
  transaction_timestamp: 'timestamp with time zone',
  localtimestamp: 'timestamp without time zone',
  current_date: 'date',
  gen_random_uuid: 'uuid',
  uuidv7: 'uuid',
  uuidv4: 'uuid',
  random: 'double precision',
  nextval: 'bigint',
};

/**
 * SQLSTATE of a default that its column cannot hold, or null: `42804` where
 * the types do not meet, `22P02` and `22007` for a string that does not read
 * as the type. Only what can be told on sight is told: a constant, a cast of
 * one, and a few functions everybody uses.
 */
export function mismatchOfDefault(expression: Expression, type: DataType, schema: Schema): string | null {
  const target = storedType(baseType(type, schema));
  const tokens = tokensOf(expression);
  const [first, second] = tokens;
  if (first?.kind === 'string' && tokens.length === 1) return mismatchOfString(first.value, target, schema);
  const source = first === undefined ? null : sourceOf(first.kind, first.value, tokens.length, second?.value, expression);
  return source === null || assigns(source, target, schema) ? null : '42804';
}

/** The type of the expression, null when it cannot be told. */
function sourceOf(kind: string, value: string, length: number, second: string | undefined, expression: Expression): string | null {
  if (length === 1 && /^(?:number|word)$/.test(kind) && /^(?:[\d.]|true$|false$)/.test(value)) return ofConstant(value);
  if (kind === 'string' && second === '::') return castType(expression);
  const call = second === undefined || (second === '(' && /^[^()]*\([^()]*\)\s*$/.test(expression));
  return kind === 'word' && call ? (Object.entries(RETURNS).find(([name]) => name === value)?.[1] ?? null) : null;
}

function ofConstant(value: string): string {
  if (value === 'true' || value === 'false') return 'boolean';
  return /^\d+$/.test(value) ? 'integer' : 'numeric';
}

function castType(expression: Expression): string | null {
  const written = /^\s*'(?:[^']|'')*'\s*::\s*([^:'()]+)$/.exec(expression)?.[1];
  const type = written === undefined ? null : parseType(written.trim());
  return type !== null && isBuiltIn(type) && (type.dimensions ?? 0) === 0 ? type.name : null;
}

function assigns(source: string, target: DataType, schema: Schema): boolean {
  if (!isBuiltIn(target)) return userTypeOf(target, schema)?.kind !== 'enum';
  if ((target.dimensions ?? 0) > 0) return false;
  if (source === target.name || isString(target)) return true;
  const cast = castBetween(source, target.name);
  return cast !== undefined && cast.context !== 'explicit';
}

const NUMBER = /^\s*[+-]?(?:(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan|0x[\da-f]+|0o[0-7]+|0b[01]+)\s*$/i;

/** How a string has to look to be read as the type; dates and times only have to hold something that could be one. */
const FORMS: Readonly<Record<string, { form: RegExp; sqlstate: string }>> = {
  smallint: { form: /^\s*[+-]?(?:\d[\d_]*|0x[\da-f]+|0o[0-7]+|0b[01]+)\s*$/i, sqlstate: '22P02' },
  integer: { form: /^\s*[+-]?(?:\d[\d_]*|0x[\da-f]+|0o[0-7]+|0b[01]+)\s*$/i, sqlstate: '22P02' },
  bigint: { form: /^\s*[+-]?(?:\d[\d_]*|0x[\da-f]+|0o[0-7]+|0b[01]+)\s*$/i, sqlstate: '22P02' },
  numeric: { form: NUMBER, sqlstate: '22P02' },
  real: { form: NUMBER, sqlstate: '22P02' },
  'double precision': { form: NUMBER, sqlstate: '22P02' },
  boolean: { form: /^\s*(?:t(?:r(?:u(?:e)?)?)?|f(?:a(?:l(?:s(?:e)?)?)?)?|y(?:es?)?|no?|on|off?|1|0)\s*$/i, sqlstate: '22P02' },
  uuid: { form: /^\s*\{?(?:[\da-f]{4}-?){7}[\da-f]{4}\}?\s*$/i, sqlstate: '22P02' },
  date: { form: /\d|^\s*(?:now|today|tomorrow|yesterday|epoch|-?infinity|allballs)\s*$/i, sqlstate: '22007' },
  'timestamp with time zone': { form: /\d|^\s*(?:now|today|tomorrow|yesterday|epoch|-?infinity)\s*$/i, sqlstate: '22007' },
  'timestamp without time zone': { form: /\d|^\s*(?:now|today|tomorrow|yesterday|epoch|-?infinity)\s*$/i, sqlstate: '22007' },
};

function mismatchOfString(value: string, target: DataType, schema: Schema): string | null {
  if ((target.dimensions ?? 0) > 0) return /^\s*(?:\[[\d:\][]+\]\s*=\s*)?\{/.test(value) ? null : '22P02';
  const type = userTypeOf(target, schema);
  if (type?.kind === 'enum') return type.values.includes(value) ? null : '22P02';
  return isBuiltIn(target) ? mismatchOfForm(value, target) : null;
}

function mismatchOfForm(value: string, target: DataType): string | null {
  if (target.name === 'json' || target.name === 'jsonb') return isJson(value) ? null : '22P02';
  const wanted = Object.hasOwn(FORMS, target.name) ? FORMS[target.name] : undefined;
  return wanted === undefined || wanted.form.test(value) ? null : wanted.sqlstate;
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}
