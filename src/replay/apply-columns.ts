import type { ColumnDefinition, Constraint, DataType, OperationOf } from '../operations/types.js';
import { queryUses } from '../postgres/query-columns.js';
import {
  descendants,
  newColumn,
  newRelation,
  relationKey,
  type Column,
  type Index,
  type Relation,
  type Schema,
} from '../postgres/schema.js';
import { addConstraint, dropConstraint, editColumn } from './apply-constraints.js';
import { keyMentions, mentions, renameInExpression } from './column-names.js';
import {
  besides,
  editRelation,
  putRelation,
  renameEntry,
  touch,
  withEntry,
  withoutEntry,
  type ApplyContext,
} from './edit.js';
import { dropIndexEntry } from './index-entries.js';
import { printName, quoteLiteral } from '../sql/name.js';
import { sequenceName, truncate } from '../postgres/generated-names.js';
import { dropView } from './apply-drops.js';

const SERIAL: Readonly<Record<string, string>> = { serial: 'integer', bigserial: 'bigint', smallserial: 'smallint' };

/** The type a column really has: `serial` is an integer with a default. */
export function storedType(type: DataType): DataType {
  const integer = type.schema === undefined ? SERIAL[type.name] : undefined;
  return integer === undefined ? type : { ...type, name: integer };
}

export function isSerial(type: DataType | undefined): boolean {
  return type !== undefined && type.schema === undefined && type.name in SERIAL;
}

/** The column a definition makes, its constraints and sequence left aside. */
export function columnFrom(definition: ColumnDefinition, addedHere: boolean): Column {
  const serial = isSerial(definition.type);
  const key = definition.constraints?.some((constraint) => constraint.type === 'primary key') === true;
  return newColumn(definition.name, {
    type: definition.type === undefined ? null : storedType(definition.type),
    notNull: definition.notNull === true || serial || definition.identity !== undefined || key,
    default: definition.default ?? null,
    identity: definition.identity ?? null,
    generated: definition.generated ?? null,
    collation: definition.collation ?? null,
    addedHere,
  });
}

/** The constraints a column definition carries, its named NOT NULL among them from 18 on. */
export function constraintsOf(definition: ColumnDefinition, context: ApplyContext): Constraint[] {
  const constraints = [...(definition.constraints ?? [])];
  const named = constraints.some((constraint) => constraint.type === 'not null');
  if (context.version >= 18 && !named && (definition.notNull === true || isSerial(definition.type) || definition.identity)) {
    const notNull: Constraint = { type: 'not null', column: definition.name };
    constraints.unshift(definition.notNullName === undefined ? notNull : { ...notNull, name: definition.notNullName });
  }
  return constraints;
}

/** serial and identity columns own a sequence, `t_c_seq`. */
export function addOwnedSequence(schema: Schema, table: string, definition: ColumnDefinition): Schema {
  if (!isSerial(definition.type) && definition.identity === undefined) return schema;
  const relation = schema.relations.get(table);
  if (relation === undefined) return schema;
  const name = besides(sequenceName(schema, relation, definition.name), relation.name);
  const ownedBy = { table, column: definition.name };
  const sequence = newRelation(name, { kind: 'sequence', complete: true, age: relation.age, ownedBy });
  const created = putRelation(schema, sequence);
  if (definition.identity !== undefined) return created;
  return editColumn(created, table, definition.name, { default: `nextval(${quoteLiteral(printName(name))}::regclass)` });
}

export function addColumn(schema: Schema, operation: OperationOf<'addColumn'>, context: ApplyContext): Schema {
  const key = relationKey(operation.table);
  const relation = schema.relations.get(key);
  const definition = { ...operation.column, name: truncate(operation.column.name) };
  if (relation === undefined || (operation.guard !== undefined && relation.columns.has(definition.name))) return schema;
  let result = schema;
  for (const member of [key, ...descendants(schema, key)]) {
    const here = context.pending && schema.relations.get(member)?.age === 'existing';
    if (here) context.touched.add(member);
    result = editRelation(result, member, ({ columns }) => ({
      columns: withEntry(columns, definition.name, columnFrom(definition, here)),
    }));
  }
  result = addOwnedSequence(result, key, definition);
  for (const constraint of constraintsOf(definition, context)) result = addConstraint(result, key, constraint, context);
  return result;
}

function usesColumn(constraint: Constraint, column: string): boolean {
  switch (constraint.type) {
    case 'primary key':
    case 'unique':
      return constraint.columns.includes(column) || constraint.include?.includes(column) === true;
    case 'foreign key':
      return constraint.columns.includes(column);
    case 'check':
      return mentions(constraint.expression, column);
    case 'not null':
      return constraint.column === column;
    case 'exclude':
      return constraint.elements.some((element) => mentions(element, column)) || mentions(constraint.where, column);
  }
}

export function indexUses(index: Index, column: string): boolean {
  return (
    index.keys.some((key) => keyMentions(key, column)) ||
    index.include.includes(column) ||
    mentions(index.where, column)
  );
}

function viewsUsing({ name, readBy }: Relation, column: string, schema: Schema): string[] {
  return readBy.filter((view) => {
    const query = schema.relations.get(view)?.query ?? null;
    return query !== null && queryUses(query, name, column, schema);
  });
}

/** Everything on the table that rests on the column goes with it; views and foreign keys of others only by CASCADE. */
export function dropColumn(schema: Schema, key: string, column: string, cascade: boolean): Schema {
  const relation = schema.relations.get(key);
  if (relation === undefined) return schema;
  let result = schema;
  for (const { name, definition } of relation.constraints.values()) {
    if (usesColumn(definition, column)) result = dropConstraint(result, key, name, cascade);
  }
  for (const index of relation.indexes.values()) {
    if (index.constraint === null && indexUses(index, column)) result = dropIndexEntry(result, key, index.name);
  }
  for (const view of cascade ? viewsUsing(relation, column, schema) : []) result = dropView(result, view);
  result = dropOwnedSequences(result, key, column);
  result = editRelation(result, key, ({ columns }) => ({ columns: withoutEntry(columns, column) }));
  for (const child of relation.children) result = dropColumn(result, child, column, cascade);
  return result;
}

function dropOwnedSequences(schema: Schema, key: string, column: string): Schema {
  const owned = schema.relations.get(key)?.columns.get(column);
  if (owned === undefined || (owned.identity === null && !owned.default?.startsWith('nextval'))) return schema;
  const relation = schema.relations.get(key) as Relation;
  const name = relationKey(besides(`${relation.name.name}_${column}_seq`, relation.name));
  return schema.relations.get(name)?.ownedBy?.table === key ? dropView(schema, name) : schema;
}

function renameInConstraint(constraint: Constraint, from: string, to: string): Constraint {
  const swap = (name: string): string => (name === from ? to : name);
  switch (constraint.type) {
    case 'primary key':
    case 'unique':
    case 'foreign key':
      return { ...constraint, columns: constraint.columns.map(swap) };
    case 'check':
      return { ...constraint, expression: renameInExpression(constraint.expression, from, to) };
    case 'not null':
      return { ...constraint, column: swap(constraint.column) };
    case 'exclude':
      return { ...constraint, elements: constraint.elements.map((element) => renameInExpression(element, from, to)) };
  }
}

function renameInGenerated(column: Column, from: string, to: string): Column {
  const { generated } = column;
  return generated ? { ...column, generated: { ...generated, expression: renameInExpression(generated.expression, from, to) } } : column;
}

function renameInIndex(index: Index, from: string, to: string): Index {
  return {
    ...index,
    keys: index.keys.map((key) => ({
      ...key,
      ...(key.column === from ? { column: to } : {}),
      ...(key.expression === undefined ? {} : { expression: renameInExpression(key.expression, from, to) }),
    })),
    include: index.include.map((name) => (name === from ? to : name)),
    where: index.where === null ? null : renameInExpression(index.where, from, to),
  };
}

function mapValues<V>(map: ReadonlyMap<string, V>, change: (value: V) => V): ReadonlyMap<string, V> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}

export function renameColumn(schema: Schema, key: string, from: string, to: string): Schema {
  const relation = schema.relations.get(key);
  if (relation === undefined) return schema;
  let result = editRelation(schema, key, () => ({
    columns: relation.columns.has(from)
      ? mapValues(renameEntry(relation.columns, from, to, (column) => ({ ...column, name: to })), (column) => renameInGenerated(column, from, to))
      : withEntry(relation.columns, to, newColumn(to)),
    constraints: mapValues(relation.constraints, (constraint) => ({
      ...constraint,
      definition: renameInConstraint(constraint.definition, from, to),
    })),
    indexes: mapValues(relation.indexes, (index) => renameInIndex(index, from, to)),
    policyExpressions: mapValues(relation.policyExpressions, (list) => list.map((each) => renameInExpression(each, from, to))),
    triggerTexts: mapValues(relation.triggerTexts, ({ columns, text }) => ({ columns: columns.map((name) => (name === from ? to : name)), text: renameInExpression(text, from, to) })),
    ruleTexts: mapValues(relation.ruleTexts, (text) => renameInExpression(text, from, to)),
  }));
  for (const view of relation.readBy) {
    result = editRelation(result, view, ({ query }) => (query === null ? {} : { query: renameInExpression(query, from, to) }));
  }
  for (const child of [key, ...relation.referencedBy]) {
    result = editRelation(result, child, ({ constraints }) => ({
      constraints: mapValues(constraints, (constraint) => {
        const { definition } = constraint;
        if (definition.type !== 'foreign key' || relationKey(definition.references.table) !== key) return constraint;
        const columns = definition.references.columns.map((name) => (name === from ? to : name));
        return { ...constraint, definition: { ...definition, references: { ...definition.references, columns } } };
      }),
    }));
  }
  for (const child of relation.children) result = renameColumn(result, child, from, to);
  return result;
}

/** One change of a column on the table and, where it recurses, on partitions and children. */
export function alterColumn(
  schema: Schema,
  operation: { table: OperationOf<'setNotNull'>['table']; column: string; only?: true },
  facts: Partial<Column>,
): Schema {
  const key = relationKey(operation.table);
  const members = operation.only === true ? [key] : [key, ...descendants(schema, key)];
  return members.reduce(
    (result, member) => editColumn(result, member, operation.column, facts),
    touch(schema, operation.table),
  );
}
