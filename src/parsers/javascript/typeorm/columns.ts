import type { ColumnDefinition, DataType, QualifiedName } from '../../../operations/types.js';
import { parseType } from '../../../sql/type.js';
import type { Column } from './definitions.js';
import { DEFAULT_SCHEMA, type TablePath } from './names.js';

const WITH_ZONE: Record<string, string> = {
  'time without time zone': 'time',
  'time with time zone': 'time',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'timestamp',
};

export function isEnum({ type }: Column): boolean {
  return type === 'enum' || type === 'simple-enum';
}

/** The enum type of a column: its own name, or one made of table and column. */
export function enumType(table: TablePath, column: Column, old = false): QualifiedName {
  const name = column.enumName ?? `${table.name}_${column.name.toLowerCase()}_enum`;
  const [first = '', second] = name.split('.');
  const suffix = old ? '_old' : '';
  if (second !== undefined) return { schema: first, name: `${second}${suffix}` };
  return { schema: table.schema ?? DEFAULT_SCHEMA, name: `${name}${suffix}` };
}

/** The type as TypeORM spells it, without its array part. */
function spelling(column: Column): string {
  const { type, length, precision, scale } = column;
  const zoned = WITH_ZONE[type];
  if (zoned !== undefined) {
    const digits = precision === undefined ? '' : `(${precision})`;
    return `${zoned}${digits}${type.endsWith('with time zone') ? ' with time zone' : ''}`;
  }
  if (type === 'geometry' || type === 'geography') return spatial(column);
  if (length !== '') return `${type}(${length})`;
  if (precision !== undefined) return scale === undefined ? `${type}(${precision})` : `${type}(${precision},${scale})`;
  return type;
}

function spatial({ type, spatialFeatureType, srid }: Column): string {
  if (spatialFeatureType === undefined) return type;
  return srid === undefined ? `${type}(${spatialFeatureType})` : `${type}(${spatialFeatureType},${srid})`;
}

const STORED: Record<string, string> = {
  int: 'integer',
  int4: 'integer',
  int2: 'smallint',
  int8: 'bigint',
  varchar: 'character varying',
  char: 'character',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
  bool: 'boolean',
  decimal: 'numeric',
  float: 'double precision',
  float8: 'double precision',
  float4: 'real',
  varbit: 'bit varying',
  'simple-enum': 'enum',
};

/** A column as TypeORM reads it back from the database: it compares type names as text. */
export function asStored(column: Column): Column {
  const type = STORED[column.type] ?? column.type;
  return { ...column, type, ...(type === 'character' && column.length === '' && { length: '1' }) };
}

/** The column's type as a value of it would be cast; no serial. */
export function columnType(table: TablePath, column: Column): DataType {
  const base = isEnum(column) ? { ...enumType(table, column) } : (parseType(spelling(column)) ?? { name: column.type });
  return column.isArray ? { ...base, dimensions: (base.dimensions ?? 0) + 1 } : base;
}

const SERIAL: Record<string, string> = {
  integer: 'serial',
  int: 'serial',
  int4: 'serial',
  smallint: 'smallserial',
  int2: 'smallserial',
  bigint: 'bigserial',
  int8: 'bigserial',
};

/** Where a column's value comes from when nobody gives one: a sequence, a function, or its default. */
function made(table: TablePath, column: Column): { type: DataType; identity?: 'always' | 'by default'; value?: string } {
  const { isGenerated, generationStrategy } = column;
  const given = column.default === undefined ? {} : { value: column.default };
  const type = columnType(table, column);
  if (!isGenerated) return { type, ...given };
  if (generationStrategy === 'uuid') return { type, value: column.default === undefined || column.default === '' ? 'uuid_generate_v4()' : column.default };
  if (generationStrategy === 'identity') return { type, identity: column.generatedIdentity === 'ALWAYS' ? 'always' : 'by default', ...given };
  const serial = SERIAL[column.type];
  return { type: serial === undefined ? type : { name: serial }, ...given };
}

/** A column as CREATE TABLE and ADD spell it. NOT NULL unless said otherwise; the default is SQL as written. */
export function columnDefinition(table: TablePath, column: Column): ColumnDefinition {
  const { asExpression, collation } = column;
  const { type, identity, value } = made(table, column);
  return {
    name: column.name,
    type,
    ...(identity !== undefined && { identity }),
    ...(column.generatedType === 'STORED' && asExpression !== undefined && { generated: { expression: asExpression, stored: true } }),
    ...(collation !== undefined && { collation: { name: collation } }),
    ...(!column.isNullable && { notNull: true }),
    ...(value !== undefined && { default: value }),
    ...(column.span !== undefined && { span: column.span }),
  };
}
