import type { DataType } from '../operations/types.js';
import { CASTS, TYPES } from './catalogue/casts.js';

export interface Cast {
  context: 'implicit' | 'assignment' | 'explicit';
  /** `binary`: the bytes stay as they are; `text`: out as text and in again; `function`: every value is computed. */
  method: 'binary' | 'function' | 'text';
}

let catalogue: Map<string, Cast> | undefined;
let builtInTypes: Set<string> | undefined;

const CONTEXTS: Readonly<Record<string, Cast['context']>> = { i: 'implicit', a: 'assignment', e: 'explicit' };

function readCatalogue(): Map<string, Cast> {
  const casts = new Map<string, Cast>();
  // The one-byte type has a name that has to be quoted; elsewhere it goes without.
  for (const line of CASTS.replaceAll('"', '').trim().split('\n')) {
    const [source = '', targets = ''] = line.split('>');
    for (const entry of targets.split(',')) {
      const [target = '', how = ''] = entry.split(':');
      const method = how[1] === 'b' ? 'binary' : how[1] === 'c' ? 'text' : 'function';
      casts.set(`${source}>${target}`, { context: CONTEXTS[how[0] ?? ''] ?? 'explicit', method });
    }
  }
  return casts;
}

const catalogueName = (name: string): string => (name === 'bpchar' ? 'character' : name);

/** The entry of `pg_cast` between two built-in types of different name, when there is one. */
export function castBetween(source: string, target: string): Cast | undefined {
  catalogue ??= readCatalogue();
  return catalogue.get(`${catalogueName(source)}>${catalogueName(target)}`);
}

const NUMBERS = new Set(['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision']);

/** Types that compare with a number. */
export function isNumber({ name, dimensions }: DataType): boolean {
  return (dimensions ?? 0) === 0 && (NUMBERS.has(name) || name === 'oid' || name.startsWith('reg'));
}

/** Types that one index can compare with each other. */
const FAMILIES = [
  ['smallint', 'integer', 'bigint'],
  ['real', 'double precision'],
  ['text', 'character varying', 'name'],
  ['character', 'bpchar'],
  ['date', 'timestamp without time zone', 'timestamp with time zone'],
  ['inet', 'cidr'],
];

const isArray = ({ dimensions }: DataType): boolean => (dimensions ?? 0) > 0;

/** False for a foreign key between built-in types that the index of the key it points at cannot look up. */
export function isComparable(from: DataType, to: DataType): boolean {
  if (!isBuiltIn(from) || !isBuiltIn(to)) return true;
  if (isArray(from) || isArray(to)) return isArray(from) && isArray(to) && from.name === to.name;
  if (from.name === to.name || FAMILIES.some((family) => family.includes(from.name) && family.includes(to.name))) return true;
  return castBetween(from.name, to.name)?.context === 'implicit';
}

/** True for a type of `pg_catalog`; any other is the author's or an extension's. */
export function isBuiltIn(type: DataType): boolean {
  builtInTypes ??= new Set(TYPES.replaceAll('"', '').trim().split(/,\s*/));
  return type.schema === undefined && builtInTypes.has(catalogueName(storedType(type).name));
}

const STRINGS = new Set(['text', 'character varying', 'character', 'bpchar', 'name']);

/** Types of the string category, to which everything can be assigned and from which everything can be cast by its text. */
export function isString(type: DataType): boolean {
  return type.schema === undefined && (type.dimensions ?? 0) === 0 && STRINGS.has(type.name);
}

const CANONICAL: Readonly<Record<string, string>> = {
  serial: 'integer',
  bigserial: 'bigint',
  smallserial: 'smallint',
};

/** The type a column of this declaration really has: `serial` is an integer, `varchar(20)[]` an array of it. */
export function storedType(type: DataType): DataType {
  const name = type.schema === undefined && Object.hasOwn(CANONICAL, type.name) ? CANONICAL[type.name] : undefined;
  return name === undefined ? type : { ...type, name };
}

/** Indexes of a column survive a binary coercible change only where both types use one operator class. */
const OPERATOR_CLASS: Readonly<Record<string, string>> = {
  bpchar: 'character',
  'character varying': 'text',
  cidr: 'inet',
  regclass: 'oid',
  regcollation: 'oid',
  regconfig: 'oid',
  regdictionary: 'oid',
  regnamespace: 'oid',
  regoper: 'oid',
  regoperator: 'oid',
  regproc: 'oid',
  regprocedure: 'oid',
  regrole: 'oid',
  regtype: 'oid',
};

/** Built-in types with an order that depends on a collation, and arrays of them. */
export function isCollatable(type: DataType): boolean {
  return STRINGS.has(type.name);
}

const FIXED = new Set(['smallint', 'integer', 'bigint', 'real', 'double precision', 'boolean', 'date', 'uuid', 'oid', 'money', 'interval']);

/** Types of one size, which are never compressed or stored out of line. */
export function isFixedLength({ schema, name, dimensions }: DataType): boolean {
  return schema === undefined && (dimensions ?? 0) === 0 && (FIXED.has(name) || /^time(?:stamp)? with/.test(name));
}

/** Types that have no order, so that no index of the default method can be on them. */
const UNORDERED = new Set(['json', 'xml', 'xid', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'jsonpath']);

export function isOrdered(type: DataType): boolean {
  return type.schema !== undefined || (type.dimensions ?? 0) > 0 || !UNORDERED.has(type.name);
}

/** True when an index on a column of one type can be read as one on the other, both sorted alike. */
export function sharesOperatorClass(a: DataType, b: DataType): boolean {
  if ((a.dimensions ?? 0) > 0 || (b.dimensions ?? 0) > 0) return (a.dimensions ?? 0) > 0 && (b.dimensions ?? 0) > 0 && a.name === b.name;
  return a.schema === b.schema && (OPERATOR_CLASS[a.name] ?? a.name) === (OPERATOR_CLASS[b.name] ?? b.name);
}

type Modifier = (from: DataType, to: DataType) => boolean;

const widens: Modifier = (from, to) => to.length === undefined || (from.length !== undefined && from.length <= to.length);
const isPadded: Modifier = (from, to) => (from.length ?? 1) === (to.length ?? 1);
const keepsFractions: Modifier = (from, to) =>
  to.precision === undefined || to.precision >= FULL_PRECISION || (from.precision !== undefined && to.precision >= from.precision);

const MODIFIERS: Readonly<Record<string, Modifier>> = {
  'character varying': widens,
  'bit varying': widens,
  character: isPadded,
  bit: isPadded,
  numeric: numericHolds,
  interval: intervalHolds,
  'timestamp without time zone': keepsFractions,
  'timestamp with time zone': keepsFractions,
  'time without time zone': keepsFractions,
  'time with time zone': keepsFractions,
};

/** Whether applying the modifier of `to` to a value of the same type with the modifier of `from` can be left out. */
export function modifierHolds(from: DataType, to: DataType): boolean {
  if ((to.dimensions ?? 0) > 0) return elementModifierHolds(from, to);
  const holds = to.schema === undefined && Object.hasOwn(MODIFIERS, to.name) ? MODIFIERS[to.name] : undefined;
  if (holds !== undefined) return holds(from, to);
  return to.modifiers === undefined || (from.modifiers ?? []).join() === to.modifiers.join();
}

/** The limit of an array's elements is applied element by element, whatever it was before. */
function elementModifierHolds(from: DataType, to: DataType): boolean {
  const limits = ({ length, precision, scale, fields, modifiers }: DataType): string =>
    JSON.stringify([length, precision, scale, fields, modifiers]);
  return limits(to) === limits({ name: to.name }) || limits(to) === limits(from);
}

const FULL_PRECISION = 6;

function numericHolds(from: DataType, to: DataType): boolean {
  if (to.precision === undefined) return true;
  return from.precision !== undefined && (from.scale ?? 0) === (to.scale ?? 0) && from.precision <= to.precision;
}

const FIELDS = ['second', 'minute', 'hour', 'day', 'month', 'year'];

/** Seconds count 0 and years 5: the smallest field decides what is cut off. */
function leastField(type: DataType): number {
  if (type.fields === undefined) return 0;
  const least = FIELDS.indexOf(type.fields.toLowerCase().split(/\s+/).at(-1) ?? '');
  return Math.max(least, 0);
}

function intervalHolds(from: DataType, to: DataType): boolean {
  if (to.precision === undefined && to.fields === undefined) return true;
  const least = leastField(from);
  if (leastField(to) > least) return false;
  return least > 0 || (to.precision ?? FULL_PRECISION) >= (from.precision ?? FULL_PRECISION);
}

const INTEGERS = ['smallint', 'integer', 'bigint'];
const LENGTHS = new Set(['character', 'character varying']);
const PARSED = new Set([...NUMBERS, 'boolean', 'uuid', 'date', 'json', 'jsonb', 'inet', 'timestamp with time zone', 'timestamp without time zone']);

/**
 * SQLSTATE raised for a value that the new type has no place for. A cast that
 * is written out cuts strings silently, an assignment refuses them.
 */
export function misfitOf(from: DataType, to: DataType, explicit: boolean): string | null {
  if (from.schema !== undefined || to.schema !== undefined) return null;
  if (isString(from)) return misfitOfText(to, explicit);
  if (from.name === 'bit' && to.name === 'bit') return explicit ? null : '22026';
  if (LENGTHS.has(to.name) && !explicit) return isTooShort(from, to) ? '22001' : null;
  return isNarrower(from, to) ? '22003' : misfitOfDocument(from, to);
}

/** A document may hold anything but the number or truth value that is wanted. */
function misfitOfDocument(from: DataType, { name }: DataType): string | null {
  return from.name === 'jsonb' && (NUMBERS.has(name) || name === 'boolean') ? '22023' : null;
}

/** Characters of the longest value, for types of which that can be said. */
const WIDEST: Readonly<Record<string, number>> = { smallint: 6, integer: 11, bigint: 20, boolean: 5, uuid: 36 };

function isTooShort(from: DataType, to: DataType): boolean {
  return to.length !== undefined && to.length < (WIDEST[from.name] ?? Infinity);
}

function misfitOfText(to: DataType, explicit: boolean): string | null {
  if (LENGTHS.has(to.name)) return explicit || to.length === undefined ? null : '22001';
  if (!PARSED.has(to.name)) return null;
  return to.name === 'date' || to.name.startsWith('timestamp') ? '22007' : '22P02';
}

function isNarrower(from: DataType, to: DataType): boolean {
  const target = INTEGERS.indexOf(to.name);
  if (target !== -1) return NUMBERS.has(from.name) && !(INTEGERS.includes(from.name) && INTEGERS.indexOf(from.name) <= target);
  if (to.name !== 'numeric' || to.precision === undefined || !NUMBERS.has(from.name)) return false;
  const whole = (type: DataType): number => (type.precision ?? Infinity) - (type.scale ?? 0);
  const digits = from.name === 'numeric' ? whole(from) : ([5, 10, 19][INTEGERS.indexOf(from.name)] ?? Infinity);
  return whole(to) < digits;
}
