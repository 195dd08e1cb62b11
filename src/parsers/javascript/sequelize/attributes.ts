import type { ColumnDefinition, Constraint, ForeignKeyAction, ForeignKeyConstraint, QualifiedName, Span } from '../../../operations/types.js';
import { parseType } from '../../../sql/type.js';
import type { Value } from '../evaluate/value.js';
import { columnOfSql } from '../fragment.js';
import { Options, spelt } from '../options.js';
import { defaultOf } from './expressions.js';
import { enumOf, typeSql } from './library.js';

/** A table as a call names it: `'t'`, `'schema.t'` or `{ tableName, schema }`. */
export interface Target {
  /** As most calls quote it. */
  name: QualifiedName;
  /** As the calls on columns do, which always say the schema. */
  full: { schema: string; name: string };
  partial: boolean;
}

export function targetOf(value: Value | undefined, schema?: string): Target {
  if (value?.kind === 'dictionary') {
    const options = new Options(value);
    const name = options.text('tableName') ?? options.text('name') ?? options.hole('tableName');
    const within = options.text('schema') ?? schema;
    return { name: within === undefined ? { name } : { schema: within, name }, full: { schema: within ?? 'public', name }, partial: options.partial };
  }
  const { text, partial } = spelt(value, 'table');
  const [first = '', second] = text.split('.');
  const name = second === undefined ? (schema === undefined ? { name: first } : { schema, name: first }) : { schema: first, name: second };
  return { name, full: { schema: schema ?? 'public', name: text }, partial };
}

/** An attribute as Sequelize spells it out. */
export interface Attribute {
  name: string;
  definition: ColumnDefinition;
  primaryKey: boolean;
  autoIncrement: boolean;
  allowNull: boolean;
  defaultSql: string | null;
  unique: boolean;
  references: ForeignKeyConstraint | null;
  enumeration: { type: QualifiedName; values: string[]; array: boolean } | null;
  comment: string | undefined;
  options: Options;
  span: Span | undefined;
  partial: boolean;
}

/** `STRING` alone, or `{ type, allowNull, … }`. */
export function attributeOf(target: Target, name: string, value: Value | undefined, span: Span | undefined): Attribute {
  const options = new Options(value?.kind === 'dictionary' ? value : { kind: 'dictionary', properties: new Map(value === undefined ? [] : [['type', { value }]]) });
  const type = options.get('type');
  const comment = options.text('comment');
  const given = defaultOf(options.get('defaultValue'), type);
  const enumeration = enumOf(type);
  const attribute: Attribute = {
    name: options.text('field') ?? name,
    definition: { name },
    primaryKey: options.flag('primaryKey'),
    autoIncrement: options.flag('autoIncrement'),
    allowNull: !options.has('allowNull') || options.flag('allowNull'),
    defaultSql: given?.sql ?? null,
    unique: options.get('unique')?.kind === 'primitive' && options.flag('unique'),
    references: null,
    enumeration: enumeration === null ? null : enumerationOf(target, options.text('field') ?? name, enumeration, options),
    comment,
    options,
    span,
    partial: options.partial || given?.partial === true || type === undefined || type.kind === 'unknown',
  };
  attribute.references = referencesOf(target, attribute);
  attribute.definition = definitionOf(attribute, type);
  return attribute;
}

function enumerationOf(target: Target, column: string, { values, array }: { values: readonly Value[]; array: boolean }, options: Options): Attribute['enumeration'] {
  const given = options.get('values');
  const items = given?.kind === 'list' ? given.items : values;
  return { type: { schema: target.full.schema, name: `enum_${target.full.name}_${column}` }, values: items.map((item) => spelt(item, 'value').text), array };
}

function referencesOf(target: Target, { name, options }: Attribute): ForeignKeyConstraint | null {
  const value = options.get('references');
  if (value === undefined) return null;
  const references = new Options(value);
  const model = references.get('model');
  const schema = model?.kind !== 'dictionary' && target.name.schema !== undefined ? target.name.schema : undefined;
  const table = targetOf(model ?? value, schema).name;
  const onDelete = options.text('onDelete')?.toLowerCase() as ForeignKeyAction | undefined;
  const onUpdate = options.text('onUpdate')?.toLowerCase() as ForeignKeyAction | undefined;
  return {
    type: 'foreign key',
    columns: [name],
    references: { table, columns: [references.text('key') ?? 'id'] },
    ...(onDelete !== undefined && { onDelete }),
    ...(onUpdate !== undefined && { onUpdate }),
    ...deferral(references.text('deferrable')),
  };
}

/** `Deferrable.…`, as words of the constraint. */
function deferral(when: string | undefined): Pick<ForeignKeyConstraint, 'deferrable' | 'initiallyDeferred'> {
  return {
    ...(when?.startsWith('INITIALLY') === true && { deferrable: true }),
    ...(when === 'INITIALLY_DEFERRED' && { initiallyDeferred: true }),
    ...(when === 'NOT' && { deferrable: false }),
  };
}

const SERIALS: readonly [RegExp, string][] = [
  [/BIGINT/, 'bigserial'],
  [/SMALLINT/, 'smallserial'],
];

function definitionOf(attribute: Attribute, type: Value | undefined): ColumnDefinition {
  const { name, enumeration, autoIncrement, options, span } = attribute;
  const sql = typeSql(type);
  const identity = autoIncrement && options.flag('autoIncrementIdentity');
  const serial = autoIncrement && !identity;
  const constraints: Constraint[] = [];
  if (attribute.unique) constraints.push({ type: 'unique', columns: [name] });
  if (attribute.references !== null) constraints.push(attribute.references);
  const base = enumeration === null ? written(name, sql) : { name, type: { ...enumeration.type, ...(enumeration.array && { dimensions: 1 }) } };
  return {
    ...base,
    ...(serial && { type: { name: SERIALS.find(([pattern]) => pattern.test(sql))?.[1] ?? 'serial' } }),
    ...(identity && { identity: 'by default' }),
    // SERIAL says NOT NULL by itself.
    ...(!attribute.allowNull && !serial && { notNull: true }),
    ...(attribute.defaultSql !== null && { default: attribute.defaultSql }),
    ...((constraints.length > 0 || base.constraints !== undefined) && { constraints: [...(base.constraints ?? []), ...constraints] }),
    ...(span !== undefined && { span }),
  };
}

function written(name: string, sql: string): ColumnDefinition {
  const type = parseType(sql);
  return type === null ? (columnOfSql(name, sql) ?? { name, type: { name: sql } }) : { name, type };
}
