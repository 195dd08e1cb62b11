import type { Span } from '../../../operations/types.js';
import { Options } from '../options.js';
import type { Value } from '../evaluate/value.js';
import { type TablePath, tablePath } from './names.js';

interface Definition {
  span?: Span;
  /** Some of it is known only at run time. */
  partial?: true;
}

export interface Column extends Definition {
  name: string;
  type: string;
  length: string;
  precision?: string;
  scale?: string;
  default?: string;
  isNullable: boolean;
  isPrimary: boolean;
  isUnique: boolean;
  isArray: boolean;
  isGenerated: boolean;
  generationStrategy?: string;
  generatedIdentity?: string;
  comment?: string;
  enum: string[];
  enumName?: string;
  collation?: string;
  primaryKeyConstraintName?: string;
  asExpression?: string;
  generatedType?: string;
  spatialFeatureType?: string;
  srid?: string;
}

export interface Index extends Definition {
  name?: string;
  columns: string[];
  unique: boolean;
  concurrent: boolean;
  method?: string;
  where?: string;
}

export interface ForeignKey extends Definition {
  name?: string;
  columns: string[];
  references: { table: TablePath; columns: string[] };
  onDelete?: string;
  onUpdate?: string;
  deferrable?: string;
}

export interface Unique extends Definition {
  name?: string;
  columns: string[];
  deferrable?: string;
}

/** A CHECK, or an exclusion constraint with everything after EXCLUDE as its expression. */
export interface Expressed extends Definition {
  name?: string;
  expression: string;
  deferrable?: string;
}

export interface Table extends Definition {
  /** The file made it, so nothing of it is unknown. */
  complete: boolean;
  path: TablePath;
  columns: Column[];
  indices: Index[];
  uniques: Unique[];
  checks: Expressed[];
  exclusions: Expressed[];
  foreignKeys: ForeignKey[];
  comment?: string;
}

function place(options: Options): { span?: Span; partial?: true } {
  return { ...(options.span !== undefined && { span: options.span }), ...(options.partial && { partial: true as const }) };
}

function optional<K extends string>(options: Options, ...keys: K[]): { [P in K]?: string } {
  const found: { [P in K]?: string } = {};
  for (const key of keys) {
    const value = options.text(key);
    if (value !== undefined) found[key] = value;
  }
  return found;
}

export function columnOf(value: Value | undefined): Column {
  const options = new Options(value);
  const column: Column = {
    name: options.text('name') ?? options.hole('name'),
    type: options.text('type') ?? '',
    length: options.text('length') ?? '',
    isNullable: options.flag('isNullable'),
    isPrimary: options.flag('isPrimary'),
    isUnique: options.flag('isUnique'),
    isArray: options.flag('isArray'),
    isGenerated: options.flag('isGenerated'),
    enum: options.texts('enum'),
    ...optional(options, 'precision', 'scale', 'default', 'generationStrategy', 'generatedIdentity', 'comment', 'enumName', 'collation'),
    ...optional(options, 'primaryKeyConstraintName', 'asExpression', 'generatedType', 'spatialFeatureType', 'srid'),
  };
  return { ...column, ...place(options) };
}

export function indexOf(value: Value | undefined): Index {
  const options = new Options(value);
  const method = options.flag('isSpatial') ? 'gist' : options.text('type');
  const where = options.text('where');
  const index: Index = {
    columns: options.texts('columnNames'),
    unique: options.flag('isUnique'),
    concurrent: options.flag('isConcurrent'),
    ...optional(options, 'name'),
    ...(method !== undefined && { method }),
    ...(where !== undefined && where !== '' && { where }),
  };
  return { ...index, ...place(options) };
}

export function foreignKeyOf(value: Value | undefined, schema?: string): ForeignKey {
  const options = new Options(value);
  const table = options.text('referencedTableName') ?? options.hole('referencedTableName');
  const key: ForeignKey = {
    columns: options.texts('columnNames'),
    references: { table: tablePath(table, options.text('referencedSchema') ?? schema), columns: options.texts('referencedColumnNames') },
    ...optional(options, 'name', 'onDelete', 'onUpdate', 'deferrable'),
  };
  return { ...key, ...place(options) };
}

export function uniqueOf(value: Value | undefined): Unique {
  const options = new Options(value);
  const unique: Unique = { columns: options.texts('columnNames'), ...optional(options, 'name', 'deferrable') };
  return { ...unique, ...place(options) };
}

export function expressedOf(value: Value | undefined): Expressed {
  const options = new Options(value);
  const check: Expressed = { expression: options.text('expression') ?? options.hole('expression'), ...optional(options, 'name', 'deferrable') };
  return { ...check, ...place(options) };
}

export function tableOf(value: Value | undefined): Table {
  const options = new Options(value);
  const schema = options.text('schema');
  const name = options.text('name') ?? options.hole('name');
  const table: Table = {
    complete: true,
    path: tablePath(name, schema),
    columns: options.items('columns').map(columnOf),
    indices: options.items('indices').map(indexOf),
    uniques: options.items('uniques').map(uniqueOf),
    checks: options.items('checks').map(expressedOf),
    exclusions: options.items('exclusions').map(expressedOf),
    foreignKeys: options.items('foreignKeys').map((key) => foreignKeyOf(key, schema)),
    ...optional(options, 'comment'),
  };
  return { ...table, ...place(options) };
}
