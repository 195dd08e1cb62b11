import type { Node, TypeName } from 'libpg-query';
import type { DataType } from '../../../operations/types.js';
import { canonicalTypeName } from '../../../sql/type.js';
import { as, indexOf, type Lowering } from './tree.js';

const LENGTHS = new Set(['character', 'character varying', 'bit', 'bit varying']);
const PRECISIONS = /^(?:time|timestamp) with(?:out)? time zone$/;

/** Bits of an interval's field mask, as `INTERVAL_MASK` of the server sets them. */
const INTERVAL_FIELDS: ReadonlyMap<number, string> = new Map([
  [4, 'year'],
  [2, 'month'],
  [8, 'day'],
  [1024, 'hour'],
  [2048, 'minute'],
  [4096, 'second'],
  [6, 'year to month'],
  [1032, 'day to hour'],
  [3080, 'day to minute'],
  [7176, 'day to second'],
  [3072, 'hour to minute'],
  [7168, 'hour to second'],
  [6144, 'minute to second'],
]);

/** The canonical type a tree names. */
export function dataType(s: Lowering, type: TypeName | undefined): DataType {
  if (type === undefined) return { name: 'unknown' };
  const names = (type.names ?? []).map((node) => as(node, 'String')?.sval ?? '');
  const last = names.at(-1) ?? '';
  const schema = names.at(-2);
  const result = builtIn(s, type, last, schema) ?? userType(s, type, last, schema);
  if (type.pct_type === true) result.name = `${names.map((name) => s.name(name)).join('.')}%type`;
  const dimensions = type.arrayBounds?.length ?? 0;
  if (dimensions > 0) result.dimensions = dimensions;
  return result;
}

/** What the grammar or the author put into `pg_catalog`, and its aliases without a schema. */
function builtIn(s: Lowering, type: TypeName, name: string, schema: string | undefined): DataType | undefined {
  if (schema === undefined ? s.isHole(name) : schema !== 'pg_catalog') return undefined;
  if (name === 'char') return { name };
  // The grammar says bpchar with a length for every spelling of character.
  if (name === 'bpchar') return type.typmods === undefined ? { name } : withLength(s, type, 'character');
  const canonical = canonicalTypeName(name);
  if (LENGTHS.has(canonical)) return withLength(s, type, canonical);
  return modified(s, type, canonical);
}

function modified(s: Lowering, type: TypeName, name: string): DataType {
  const modifiers = numbers(type.typmods);
  if (name === 'interval') return interval(modifiers);
  if (name === 'numeric' && modifiers !== undefined) return numeric(modifiers);
  const [precision] = modifiers ?? [];
  if (PRECISIONS.test(name)) return precision === undefined ? { name } : { name, precision };
  return type.typmods === undefined ? { name } : { name, modifiers: writtenModifiers(s, type) };
}

function userType(s: Lowering, type: TypeName, name: string, schema: string | undefined): DataType {
  const result: DataType = { name: s.name(name) };
  if (schema !== undefined && !s.isHole(schema)) result.schema = s.name(schema);
  if (type.typmods !== undefined) result.modifiers = writtenModifiers(s, type);
  return result;
}

function withLength(s: Lowering, type: TypeName, name: string): DataType {
  if (type.typmods === undefined) return name === 'bit' || name === 'character' ? { name, length: 1 } : { name };
  const length = numbers(type.typmods)?.[0];
  return length === undefined ? { name, modifiers: writtenModifiers(s, type) } : { name, length };
}

function interval(modifiers: number[] | undefined): DataType {
  const [mask, precision] = modifiers ?? [];
  const fields = mask === undefined ? undefined : INTERVAL_FIELDS.get(mask);
  return {
    name: 'interval',
    ...(fields !== undefined && { fields }),
    ...(precision !== undefined && { precision }),
  };
}

function numeric(modifiers: number[]): DataType {
  const [precision, scale] = modifiers;
  return {
    name: 'numeric',
    ...(precision !== undefined && { precision }),
    ...(scale !== undefined && { scale }),
  };
}

/** Modifiers when all of them are whole numbers. */
function numbers(modifiers: readonly Node[] | undefined): number[] | undefined {
  const values: number[] = [];
  for (const node of modifiers ?? []) {
    const value = wholeNumber(node);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return values;
}

function wholeNumber(node: Node): number | undefined {
  const constant = as(node, 'A_Const');
  if (constant !== undefined && 'ival' in constant) return (constant.ival)?.ival ?? 0;
  const negated = as(node, 'A_Expr');
  if (negated === undefined || negated.lexpr !== undefined || negated.rexpr === undefined) return undefined;
  const value = wholeNumber(negated.rexpr);
  return value === undefined ? undefined : -value;
}

/** The modifiers in the author's words, by comma. */
function writtenModifiers(s: Lowering, type: TypeName): string[] {
  const open = s.find('(', indexOf(s, type.location));
  return s.list(open + 1, s.close(open)).map(({ from, to }) => s.text(from, to));
}
