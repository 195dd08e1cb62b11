import type { ColumnDefinition, Constraint, OperationOf, QualifiedName } from '../operations/types.js';
import {
  newColumn,
  newRelation,
  relationKey,
  relationOf,
  type Column,
  type Index,
  type Relation,
  type Schema,
  type TableConstraint,
} from '../postgres/schema.js';
import type { PostgresVersion } from '../postgres/effects.js';
import { viewColumns } from '../postgres/view-columns.js';
import { addOwnedSequence, columnFrom, constraintsOf, storedType } from './apply-columns.js';
import { addConstraint } from './apply-constraints.js';
import { editRelation, putRelation, touch, withItem, withoutItem, type ApplyContext } from './edit.js';
import { dropTable, dropView } from './apply-drops.js';
import { indexName } from '../postgres/generated-names.js';
import { putIndex } from './index-entries.js';

/** How old a relation is that is created now. */
export function birth(context: ApplyContext, key: string): Relation['age'] {
  if (context.pending) context.touched.add(key);
  return context.pending ? 'empty' : 'existing';
}

function typedColumns(schema: Schema, type: QualifiedName | undefined): ColumnDefinition[] {
  const found = type === undefined ? undefined : schema.types.get(relationKey(type));
  return found?.kind === 'composite' ? [...found.attributes] : [];
}

/** Columns a table takes over from its parent: types, NOT NULL and defaults, never identity. */
/** Children count for themselves; partitions count with their parent since 17. */
function inherited(parent: Relation | undefined, counted: boolean): Column[] {
  return [...(parent?.columns.values() ?? [])].map((column) => ({ ...column, identity: counted ? column.identity : null, addedHere: false }));
}

function includes(options: string | undefined, part: string): boolean {
  const words = (options ?? '').toUpperCase();
  const last = Math.max(words.lastIndexOf(`INCLUDING ${part}`), words.lastIndexOf('INCLUDING ALL'));
  return last >= 0 && words.lastIndexOf(`EXCLUDING ${part}`) < last;
}

function copiedColumn(column: Column, options: string | undefined): Column {
  return {
    ...column,
    default: includes(options, 'DEFAULTS') ? column.default : null,
    identity: includes(options, 'IDENTITY') ? column.identity : null,
    generated: includes(options, 'GENERATED') ? column.generated : null,
    addedHere: false,
  };
}

function copiedConstraints(source: Relation, options: string | undefined): Constraint[] {
  return [...source.constraints.values()].flatMap(({ definition, name }): Constraint[] => {
    if (definition.type === 'check') return includes(options, 'CONSTRAINTS') ? [{ ...definition, name }] : [];
    if (definition.type === 'not null') return [{ ...definition, name }];
    if (definition.type === 'foreign key' || !includes(options, 'INDEXES')) return [];
    const { name: _name, ...unnamed } = definition;
    return [unnamed];
  });
}

function copyIndexes(schema: Schema, key: string, source: Relation): Schema {
  let result = schema;
  for (const index of source.indexes.values()) {
    if (index.constraint === null) result = cloneIndex(result, key, index);
  }
  return result;
}

/** The index of a parent again on its partition, under a generated name. */
export function cloneIndex(schema: Schema, key: string, index: Index): Schema {
  const table = schema.relations.get(key);
  if (table === undefined) return schema;
  return putIndex(schema, key, { ...index, name: indexName(schema, table, index.keys, index.include), valid: true });
}

function columnsOf(schema: Schema, operation: OperationOf<'createTable'>, version: PostgresVersion): Map<string, Column> {
  const columns = new Map<string, Column>();
  const add = (column: Column): unknown => columns.set(column.name, column);
  const parents = [...(operation.inherits ?? []), ...(operation.partitionOf ? [operation.partitionOf.parent] : [])];
  for (const parent of parents) inherited(schema.relations.get(relationKey(parent)), operation.partitionOf !== undefined && version >= 17).forEach(add);
  for (const definition of typedColumns(schema, operation.ofType)) add(columnFrom(definition, false));
  likeColumns(schema, operation).forEach(add);
  for (const definition of operation.columns) {
    const written = columnFrom(definition, false);
    const known = columns.get(definition.name);
    add(known === undefined ? written : merged(known, written, definition));
  }
  return columns;
}

function likeColumns(schema: Schema, { like = [] }: OperationOf<'createTable'>): Column[] {
  return like.flatMap(({ table, options }) => [...(schema.relations.get(relationKey(table))?.columns.values() ?? [])].map((column) => copiedColumn(column, options)));
}

/** A column written again in a child or a typed table adds to what it inherits. */
function merged(known: Column, written: Column, definition: ColumnDefinition): Column {
  return {
    ...known,
    type: definition.type === undefined ? known.type : storedType(definition.type),
    notNull: known.notNull === true || written.notNull === true,
    default: definition.default ?? known.default,
    identity: written.identity ?? known.identity,
  };
}

function kindOf(operation: OperationOf<'createTable'>): Relation['kind'] {
  if (operation.server !== undefined) return 'foreign table';
  return operation.partitionBy === undefined ? 'table' : 'partitioned table';
}

/** Relations the statement takes columns from. */
function sourcesOf(operation: OperationOf<'createTable'>): QualifiedName[] {
  const { inherits = [], partitionOf, like = [] } = operation;
  return [...inherits, ...(partitionOf === undefined ? [] : [partitionOf.parent]), ...like.map(({ table }) => table)];
}

/** True when every column is known, those from elsewhere included. */
function isComplete(schema: Schema, operation: OperationOf<'createTable'>): boolean {
  const known = sourcesOf(operation).every((source) => relationOf(schema, source)?.complete === true);
  return known && (operation.ofType === undefined || schema.types.has(relationKey(operation.ofType)));
}

function tableFrom(schema: Schema, operation: OperationOf<'createTable'>, context: ApplyContext): Relation {
  return newRelation(operation.table, {
    kind: kindOf(operation),
    columns: columnsOf(schema, operation, context.version),
    complete: isComplete(schema, operation),
    persistence: operation.persistence ?? 'permanent',
    age: birth(context, relationKey(operation.table)),
    partitionBy: operation.partitionBy ?? null,
    accessMethod: operation.accessMethod ?? null,
    tablespace: operation.tablespace ?? null,
    ofType: operation.ofType === undefined ? null : relationKey(operation.ofType),
  });
}

/** LIKE copies constraints and indexes as its options say. */
function copyLike(schema: Schema, key: string, operation: OperationOf<'createTable'>, context: ApplyContext): Schema {
  let result = schema;
  for (const { table, options } of operation.like ?? []) {
    const source = relationOf(result, table);
    if (source === undefined) continue;
    for (const constraint of copiedConstraints(source, options)) result = addConstraint(result, key, constraint, context);
    if (includes(options, 'INDEXES')) result = copyIndexes(result, key, source);
  }
  return result;
}

export function createTable(schema: Schema, operation: OperationOf<'createTable'>, context: ApplyContext): Schema {
  const key = relationKey(operation.table);
  if (schema.relations.has(key)) {
    if (operation.guard === 'if not exists') return schema;
    return createTable(dropTable(schema, key), operation, context);
  }
  let result = sourcesOf(operation).reduce((before, source) => touch(before, source), schema);
  result = putRelation(result, tableFrom(result, operation, context));
  for (const parent of operation.inherits ?? []) result = linkInheritance(result, key, relationKey(parent));
  for (const definition of operation.columns) result = addOwnedSequence(result, key, definition);
  for (const constraint of orderedConstraints(operation, context)) result = addConstraint(result, key, constraint, context);
  result = copyLike(result, key, operation, context);
  if (operation.partitionOf === undefined) return result;
  const { parent, bounds } = operation.partitionOf;
  return linkPartition(result, key, relationKey(parent), bounds, context);
}

/** The server names checks first, then index-backed constraints with the primary key leading, then foreign keys. */
function orderedConstraints(operation: OperationOf<'createTable'>, context: ApplyContext): Constraint[] {
  const order: readonly Constraint['type'][] = ['not null', 'check', 'primary key', 'unique', 'exclude', 'foreign key'];
  const all = [...operation.columns.flatMap((column) => constraintsOf(column, context)), ...operation.constraints];
  return all.sort((a, b) => order.indexOf(a.type) - order.indexOf(b.type));
}

function linkInheritance(schema: Schema, child: string, parent: string): Schema {
  const from = schema.relations.get(parent);
  const linked = editRelation(schema, parent, ({ children }) => ({ children: withItem(children, child) }));
  return editRelation(linked, child, ({ inherits, constraints }) => ({
    inherits: withItem(inherits, parent),
    constraints: withInheritedChecks(constraints, from),
  }));
}

function withInheritedChecks(own: Relation['constraints'], parent: Relation | undefined): Relation['constraints'] {
  const constraints = new Map(own);
  for (const [name, constraint] of parent?.constraints ?? []) {
    const { definition } = constraint;
    const passedOn = (definition.type === 'check' || definition.type === 'not null') && definition.noInherit !== true;
    if (passedOn && !constraints.has(name)) constraints.set(name, constraint);
  }
  return constraints;
}

/** Foreign keys, checks and NOT NULL keep their name on a partition; what rests on an index gets a new one. */
function passedOn({ name, definition }: TableConstraint): Constraint {
  const kept = definition.type === 'check' || definition.type === 'foreign key' || definition.type === 'not null';
  if (kept) return { ...definition, name };
  const { name: _name, ...unnamed } = definition;
  return unnamed;
}

/** A partition gets every constraint and index of its parent that it does not have yet. */
export function linkPartition(
  schema: Schema,
  child: string,
  parent: string,
  bounds: string | undefined,
  context: ApplyContext,
): Schema {
  let result = editRelation(schema, parent, ({ children, kind }) => ({
    children: withItem(children, child),
    kind: kind === 'table' ? 'partitioned table' : kind,
  }));
  result = editRelation(result, child, () => ({ partitionOf: { parent, bounds: bounds ?? 'default' } }));
  const from = result.relations.get(parent);
  if (from === undefined) return result;
  result = copyTriggers(result, child, from);
  for (const constraint of from.constraints.values()) {
    const table = result.relations.get(child);
    if (table === undefined || hasConstraint(table, constraint.definition)) continue;
    result = addConstraint(result, child, passedOn(constraint), context);
  }
  for (const index of from.indexes.values()) {
    const table = result.relations.get(child);
    if (index.constraint === null && table !== undefined && !hasIndex(table, index)) result = cloneIndex(result, child, index);
  }
  return result;
}

/** Row triggers of the parent, which a partition has as well. */
function copyTriggers(schema: Schema, child: string, { triggerTexts, triggerFunctions }: Relation): Schema {
  const rows = [...triggerTexts].filter(([, { text }]) => /\bfor\s+each\s+row\b/i.test(text));
  if (rows.length === 0) return schema;
  return editRelation(schema, child, (relation) => ({
    triggers: new Set([...relation.triggers, ...rows.map(([name]) => name)]),
    triggerTexts: new Map([...relation.triggerTexts, ...rows]),
    triggerFunctions: new Map([...relation.triggerFunctions, ...rows.flatMap(([name]) => (triggerFunctions.has(name) ? [[name, triggerFunctions.get(name) ?? ''] as const] : []))]),
  }));
}

function shape(constraint: Constraint): string {
  const { name: _name, span: _span, ...rest } = constraint;
  return JSON.stringify(rest);
}

function hasConstraint(table: Relation, definition: Constraint): boolean {
  const wanted = shape(definition);
  return [...table.constraints.values()].some((constraint) => shape(constraint.definition) === wanted);
}

/** Whether the partition has an index that can be attached to the parent's instead of building one. */
export function hasIndex(table: Relation, index: Index): boolean {
  const same = (other: Index): boolean =>
    other.valid &&
    other.unique === index.unique &&
    other.method === index.method &&
    other.where === index.where &&
    JSON.stringify([other.keys, other.include]) === JSON.stringify([index.keys, index.include]);
  return [...table.indexes.values()].some(same);
}

export function unlinkPartition(schema: Schema, child: string, parent: string): Schema {
  const unlinked = editRelation(schema, parent, ({ children }) => ({ children: withoutItem(children, child) }));
  return editRelation(unlinked, child, () => ({ partitionOf: null }));
}

export function setInherit(schema: Schema, operation: OperationOf<'setInherit'>): Schema {
  const child = relationKey(operation.table);
  const parent = relationKey(operation.parent);
  if (operation.inherit) return linkInheritance(touch(schema, operation.parent), child, parent);
  const unlinked = editRelation(schema, parent, ({ children }) => ({ children: withoutItem(children, child) }));
  return editRelation(unlinked, child, ({ inherits }) => ({ inherits: withoutItem(inherits, parent) }));
}

export function createTableAs(schema: Schema, operation: OperationOf<'createTableAs'>, context: ApplyContext): Schema {
  const key = relationKey(operation.table);
  if (schema.relations.has(key)) {
    if (operation.guard === 'if not exists') return schema;
    return createTableAs(dropTable(schema, key), operation, context);
  }
  const born = birth(context, key);
  const sources = operation.query.reads.reduce((before, read) => touch(before, read), schema);
  return putRelation(
    sources,
    newRelation(operation.table, {
      columns: new Map((operation.columns ?? []).map((name) => [name, newColumn(name, { notNull: false, default: null })])),
      persistence: operation.persistence ?? 'permanent',
      age: born === 'empty' && operation.withNoData !== true ? 'new' : born,
    }),
  );
}

type ViewOperation = OperationOf<'createView'> | OperationOf<'createMaterializedView'>;

function viewFrom(operation: ViewOperation, replaced: Relation | undefined, schema: Schema, context: ApplyContext): Relation {
  const stored = operation.kind === 'createMaterializedView';
  return newRelation(operation.view, {
    kind: stored ? 'materialized view' : 'view',
    columns: viewColumns(operation.query, operation.columns, schema) ?? new Map<string, Column>(),
    age: replaced?.age ?? birth(context, relationKey(operation.view)),
    persistence: !stored && operation.temporary === true ? 'temporary' : 'permanent',
    reads: [...new Set(operation.query.reads.map(relationKey))],
    readBy: replaced?.readBy ?? [],
    query: operation.query.text,
    populated: !stored || operation.withNoData !== true,
  });
}

export function createView(schema: Schema, operation: ViewOperation, context: ApplyContext): Schema {
  const key = relationKey(operation.view);
  const before = schema.relations.get(key);
  if (before !== undefined && operation.guard === 'if not exists') return schema;
  const replaced = operation.kind === 'createView' && operation.orReplace === true ? before : undefined;
  let result = replaced === undefined ? dropView(schema, key) : schema;
  for (const old of replaced?.reads ?? []) {
    result = editRelation(result, old, ({ readBy }) => ({ readBy: withoutItem(readBy, key) }));
  }
  for (const read of operation.query.reads) result = touch(result, read);
  const view = viewFrom(operation, replaced, result, context);
  result = putRelation(result, view);
  for (const read of view.reads) result = editRelation(result, read, ({ readBy }) => ({ readBy: withItem(readBy, key) }));
  return result;
}

/** DETACH leaves the partition's copies of the parent's constraints; nothing but the link ends. */
export function detachPartition(schema: Schema, operation: OperationOf<'detachPartition'>): Schema {
  return unlinkPartition(schema, relationKey(operation.partition), relationKey(operation.table));
}

export function attachPartition(schema: Schema, operation: OperationOf<'attachPartition'>, context: ApplyContext): Schema {
  const parent = relationKey(operation.table);
  const child = relationKey(operation.partition);
  const touched = touch(touch(schema, operation.table, { kind: 'partitioned table' }), operation.partition);
  const linked = linkPartition(touched, child, parent, operation.bounds, context);
  const age = linked.relations.get(child)?.age ?? 'existing';
  return editRelation(linked, parent, (relation) => (relation.age === 'empty' && age !== 'empty' ? { age: 'new' } : {}));
}

