import { digest } from '../../../digest.js';
import type { QualifiedName } from '../../../operations/types.js';

/** PostgreSQL's schema when nobody says otherwise; TypeORM leaves it out of table names. */
export const DEFAULT_SCHEMA = 'public';

/** `schema.table` or `table`, and what TypeORM calls the table in its own names. */
export interface TablePath {
  schema?: string;
  name: string;
  /** TypeORM before 1.0 made its hashes of percent-encoded text. */
  encoded?: true;
}

export function tablePath(path: string, schema?: string): TablePath {
  const parts = path.split('.');
  const [first = '', second] = parts;
  if (second === undefined) return schema === undefined ? { name: first } : { schema, name: first };
  return { schema: schema ?? first, name: second };
}

/** As TypeORM writes a table: the default schema is left out. */
export function tableName({ schema, name }: TablePath): QualifiedName {
  return schema === undefined || schema === DEFAULT_SCHEMA ? { name } : { schema, name };
}

/** A table as TypeORM reads it back from the database: its schema is always there. */
export function stored({ schema = DEFAULT_SCHEMA, name }: TablePath): { schema: string; name: string } {
  return { schema, name };
}

export function samePath(a: TablePath, b: TablePath): boolean {
  return a.name === b.name && (a.schema ?? DEFAULT_SCHEMA) === (b.schema ?? DEFAULT_SCHEMA);
}

function hashed(table: TablePath, prefix: string, length: number, key: string): string {
  return `${prefix}_${digest('sha1', table.encoded === true ? encodeURIComponent(key) : key).slice(0, length)}`;
}

function columnsKey(table: TablePath, columns: readonly string[]): string {
  return `${table.name}_${[...columns].sort().join('_')}`;
}

/**
 * Names of the default naming strategy: a prefix and the start of the SHA-1 of
 * table and columns, 30 characters in all.
 */
export const generated = {
  primaryKey: (table: TablePath, columns: readonly string[]): string => hashed(table, 'PK', 27, columnsKey(table, columns)),
  unique: (table: TablePath, columns: readonly string[]): string => hashed(table, 'UQ', 27, columnsKey(table, columns)),
  foreignKey: (table: TablePath, columns: readonly string[]): string => hashed(table, 'FK', 27, columnsKey(table, columns)),
  index: (table: TablePath, columns: readonly string[], where?: string): string =>
    hashed(table, 'IDX', 26, where === undefined || where === '' ? columnsKey(table, columns) : `${columnsKey(table, columns)}_${where}`),
  check: (table: TablePath, expression: string): string => hashed(table, 'CHK', 26, `${table.name}_${expression}`),
  exclusion: (table: TablePath, expression: string): string => hashed(table, 'XCL', 26, `${table.name}_${expression}`),
};

/** PostgreSQL cuts names at 63 bytes; TypeORM shortens a sequence's itself. */
export function sequenceName(table: TablePath, column: string): string {
  const name = `${table.name}_${column}_seq`;
  if (name.length <= 63) return name;
  return `${table.name.slice(0, 29)}_${column.slice(0, Math.max(29, 63 - table.name.length - 5))}_seq`;
}
