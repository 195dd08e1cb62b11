import type { Text } from './text.js';
import { type Condition, type Test, truthOf, UNDECIDED, type Value } from './value.js';

const UNDECIDED_TEST: Test = { kind: 'test', whenTrue: [UNDECIDED], whenFalse: [UNDECIDED] };

/** A value that the run decides, as the branch it stands for. */
export function asTest(value: Value): Test {
  if (value.kind === 'test') return value;
  if (value.kind === 'host' && value.host.truth !== undefined) return value.host.truth;
  return UNDECIDED_TEST;
}

/** A question put to the database: holds when the object is there. */
export function existsTest(object: Extract<Condition, { kind: 'exists' }>['object'], name: string, table?: string): Test {
  const fact = (exists: boolean): Condition => ({ kind: 'exists', exists, object, name, ...(table !== undefined && { table }) });
  return { kind: 'test', whenTrue: [fact(true)], whenFalse: [fact(false)] };
}

export function negate(value: Value): Value {
  const truth = truthOf(value);
  if (truth !== null) return { kind: 'primitive', value: !truth };
  const test = asTest(value);
  return { kind: 'test', whenTrue: test.whenFalse, whenFalse: test.whenTrue };
}

export function both(a: Value, b: Value): Test {
  return { kind: 'test', whenTrue: [...asTest(a).whenTrue, ...certain(b, true)], whenFalse: [UNDECIDED] };
}

export function oneOf(a: Value, b: Value): Test {
  return { kind: 'test', whenTrue: [UNDECIDED], whenFalse: [...asTest(a).whenFalse, ...certain(b, false)] };
}

function certain(value: Value, truth: boolean): readonly Condition[] {
  if (truthOf(value) !== null) return [];
  const test = asTest(value);
  return truth ? test.whenTrue : test.whenFalse;
}

const POSTGRES = new Set(['postgres', 'postgresql', 'pg', 'postgres-native', 'aurora-postgres', 'pgsql']);
const OTHERS = new Set([
  'mysql', 'mysql2', 'mariadb', 'aurora-mysql', 'sqlite', 'sqlite3', 'better-sqlite3', 'better-sqlite', 'sqljs', 'libsql',
  'mssql', 'sqlserver', 'tedious', 'oracle', 'oracledb', 'cockroachdb', 'cockroach', 'spanner', 'mongodb', 'sap', 'snowflake',
]);

/** Whether a word names PostgreSQL (true), another database (false), or none (null). */
export function dialectNamed(word: string): boolean | null {
  const name = word.toLowerCase();
  return POSTGRES.has(name) ? true : OTHERS.has(name) ? false : null;
}

export function strictlyEqual(a: Value, b: Value): Value {
  if (a.kind === 'test' && b.kind === 'primitive') return b.value === true ? a : b.value === false ? negate(a) : UNDECIDED_TEST;
  if (b.kind === 'test' && a.kind === 'primitive') return strictlyEqual(b, a);
  const known = compared(a, b) ?? dialectTest(a, b) ?? dialectTest(b, a);
  if (known !== null) return { kind: 'primitive', value: known };
  return presence(a, b) ?? presence(b, a) ?? UNDECIDED_TEST;
}

const RUN_DECIDES = new Set<Value['kind']>(['unknown', 'either', 'test', 'host']);

function compared(a: Value, b: Value): boolean | null {
  if (a.kind === 'primitive' && b.kind === 'primitive') return a.value === b.value;
  if (a.kind === 'text' && b.kind === 'text') return textsEqual(a, b);
  if (RUN_DECIDES.has(a.kind) || RUN_DECIDES.has(b.kind)) return null;
  return a.kind === b.kind ? a === b : false;
}

/** Two names of PostgreSQL are one. */
function textsEqual(a: Text, b: Text): boolean | null {
  if (a.holes.length > 0 || b.holes.length > 0) return null;
  return a.text === b.text || (dialectNamed(a.text) === true && dialectNamed(b.text) === true);
}

/** `something() === 'postgres'`: whatever was asked, the answer is PostgreSQL. */
function dialectTest(asked: Value, word: Value): boolean | null {
  if (asked.kind !== 'unknown' || word.kind !== 'text' || word.holes.length > 0) return null;
  return dialectNamed(word.text);
}

/** A framework's object compared with null or undefined. */
function presence(value: Value, other: Value): Value | null {
  if (value.kind !== 'host' || other.kind !== 'primitive' || other.value != null) return null;
  return value.host.truth === undefined ? { kind: 'primitive', value: false } : negate(value);
}
