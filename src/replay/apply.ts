import type { Operation, OperationKind, OperationOf, QualifiedName } from '../operations/types.js';
import { descendants, newRelation, ownerOfIndex, relationKey, type Schema } from '../postgres/schema.js';
import { addColumn, alterColumn, dropColumn, renameColumn, storedType } from './apply-columns.js';
import { addConstraint, dropConstraint, editConstraint, renameConstraint, validateConstraint } from './apply-constraints.js';
import { dropTable } from './apply-drops.js';
import { select } from './apply-extensions.js';
import { attachIndex, createIndex, dropIndex, renameIndex } from './apply-indexes.js';
import {
  alterPublication,
  createRule,
  createTrigger,
  dropObject,
  putObject,
  renameObject,
  setObjectSchema,
  setPolicy,
  setTableSchema,
} from './apply-objects.js';
import { moveRelation, renamed } from './apply-renames.js';
import { mentions } from './column-names.js';
import {
  attachPartition,
  birth,
  createTable,
  createTableAs,
  createView,
  detachPartition,
  setInherit,
} from './apply-tables.js';
import {
  addEnumValue,
  alterCompositeType,
  alterDomain,
  createCompositeType,
  createDomain,
  createEnum,
  createFunction,
  renameEnumValue,
} from './apply-types.js';
import { editRelation, putRelation, touch, type ApplyContext } from './edit.js';
import { truncate } from '../postgres/generated-names.js';
import { PersistentMap } from './persistent-map.js';

type Handlers = {
  [K in OperationKind]?: (schema: Schema, operation: OperationOf<K>, context: ApplyContext) => Schema;
};

const key = relationKey;

/** A table that was empty holds rows from here on, and so do its partitions and parents. */
function filled(schema: Schema, table: QualifiedName): Schema {
  const touched = touch(schema, table);
  const related = [key(table), ...descendants(touched, key(table))];
  for (let parent = touched.relations.get(key(table))?.partitionOf?.parent; parent !== undefined; ) {
    related.push(parent);
    parent = touched.relations.get(parent)?.partitionOf?.parent;
  }
  return related.reduce(
    (result, member) => editRelation(result, member, ({ age }) => (age === 'empty' ? { age: 'new' } : {})),
    touched,
  );
}

/** Nothing but the fact that the tables exist. */
function seen(schema: Schema, names: readonly QualifiedName[]): Schema {
  return names.reduce((result, name) => touch(result, name), schema);
}

/** Sets facts on the relation an ALTER names. */
function facts<K extends OperationKind>(
  change: (operation: OperationOf<K>) => Parameters<typeof editRelation>[2],
): (schema: Schema, operation: OperationOf<K> & { table: QualifiedName }) => Schema {
  return (schema, operation) => editRelation(touch(schema, operation.table), key(operation.table), change(operation));
}

/** Columns generated from it go with CASCADE, and went silently until 15. */
function dropColumnAndGenerated(schema: Schema, { table, column, cascade }: OperationOf<'dropColumn'>, { version }: ApplyContext): Schema {
  const touched = touch(schema, table);
  const columns = [...(touched.relations.get(key(table))?.columns.values() ?? [])];
  const generated = cascade || version < 15 ? columns.filter((each) => mentions(each.generated?.expression, column)).map(({ name }) => name) : [];
  return [column, ...generated].reduce((result, name) => dropColumn(result, key(table), name, cascade === true), touched);
}

const handlers: Handlers = {
  createTable,
  createTableAs,
  dropTable: (schema, operation) => dropTable(schema, key(operation.table)),
  renameTable: (schema, operation) =>
    operation.relation === 'index' || ownerOfIndex(schema, operation.table) !== undefined
      ? renameIndex(schema, operation.table, truncate(operation.to))
      : moveRelation(touch(schema, operation.table), key(operation.table), renamed(operation.table, operation.to)),
  renameColumn: (schema, operation) =>
    renameColumn(touch(schema, operation.table), key(operation.table), operation.column, truncate(operation.to)),
  renameConstraint: (schema, operation) =>
    renameConstraint(schema, key(operation.table), operation.constraint, truncate(operation.to)),
  setTableSchema,
  addColumn: (schema, operation, context) => addColumn(touch(schema, operation.table), operation, context),
  dropColumn: dropColumnAndGenerated,
  alterColumnType: (schema, operation) =>
    alterColumn(schema, operation, { type: storedType(operation.type), collation: operation.collation ?? null }),
  setNotNull: (schema, operation) => alterColumn(schema, operation, { notNull: true }),
  dropNotNull: (schema, operation) => alterColumn(schema, operation, { notNull: false }),
  setDefault: (schema, operation) => alterColumn(schema, operation, { default: operation.default }),
  dropDefault: (schema, operation) => alterColumn(schema, operation, { default: null }),
  setExpression: (schema, operation) => {
    const stored = schema.relations.get(key(operation.table))?.columns.get(operation.column)?.generated?.stored;
    const generated = { expression: operation.expression, ...(stored === undefined ? {} : { stored }) };
    return alterColumn(schema, operation, { generated });
  },
  dropExpression: (schema, operation) => alterColumn(schema, operation, { generated: null }),
  addIdentity: (schema, operation) =>
    alterColumn(schema, { ...operation, only: true }, { identity: operation.identity, default: null }),
  dropIdentity: (schema, operation) => alterColumn(schema, { ...operation, only: true }, { identity: null }),
  addConstraint: (schema, operation, context) =>
    addConstraint(touch(schema, operation.table), key(operation.table), operation.constraint, context, operation.only),
  alterConstraint: (schema, operation) => {
    const enforced = /\bnot\s+enforced\b/i.test(operation.options) ? false : /\benforced\b/i.test(operation.options);
    if (!/\benforced\b/i.test(operation.options)) return schema;
    return editConstraint(schema, key(operation.table), operation.constraint, { enforced, validated: enforced });
  },
  validateConstraint: (schema, operation) => validateConstraint(schema, key(operation.table), operation.constraint),
  dropConstraint: (schema, operation) =>
    dropConstraint(schema, key(operation.table), operation.constraint, operation.cascade === true),
  setTablespace: facts<'setTablespace'>(({ tablespace }) => () => ({ tablespace })),
  setLogged: facts<'setLogged'>(({ logged }) => () => ({ persistence: logged ? 'permanent' : 'unlogged' })),
  setAccessMethod: facts<'setAccessMethod'>(({ method }) => () => ({ accessMethod: method ?? null })),
  setClusterIndex: facts<'setClusterIndex'>(({ index }) => () => ({ clusterIndex: index ?? null })),
  setInherit,
  setTableType: facts<'setTableType'>(({ type }) => () => ({ ofType: type === undefined ? null : key(type) })),
  setReplicaIdentity: facts<'setReplicaIdentity'>(({ identity }) => () => ({ replicaIdentity: identity })),
  setRowSecurity: facts<'setRowSecurity'>(({ mode }) => () =>
    mode === 'enable' || mode === 'disable' ? { rowSecurity: mode === 'enable' } : {},
  ),
  attachPartition: (schema, operation, context) =>
    operation.relation === 'index' ? attachIndex(schema, operation.table) : attachPartition(schema, operation, context),
  detachPartition,
  createIndex,
  dropIndex,
  createEnum,
  addEnumValue,
  renameEnumValue,
  createDomain,
  alterDomain,
  createCompositeType,
  alterCompositeType,
  createView,
  createMaterializedView: createView,
  refreshMaterializedView: (schema, operation) =>
    editRelation(touch(schema, operation.view, { kind: 'materialized view' }), key(operation.view), () => ({
      populated: operation.withNoData !== true,
    })),
  createSequence: (schema, operation, context) => {
    const { sequence, ownedBy, guard, persistence } = operation;
    if (guard !== undefined && schema.relations.has(key(sequence))) return schema;
    return putRelation(
      schema,
      newRelation(sequence, {
        kind: 'sequence',
        complete: true,
        age: birth(context, key(sequence)),
        persistence: persistence ?? 'permanent',
        ownedBy: ownedBy === undefined ? null : { table: key(ownedBy.table), column: ownedBy.column },
      }),
    );
  },
  alterSequence: (schema, { sequence, ownedBy }) => {
    if (ownedBy === undefined) return schema;
    const owner = ownedBy === null ? null : { table: key(ownedBy.table), column: ownedBy.column };
    return editRelation(touch(schema, sequence, { kind: 'sequence' }), key(sequence), () => ({ ownedBy: owner }));
  },
  createFunction,
  createTrigger,
  createPolicy: setPolicy,
  alterPolicy: setPolicy,
  createRule,
  dropObject,
  renameObject,
  setObjectSchema,
  createSchema: (schema, operation) =>
    putObject(schema, {
      kind: 'schema',
      name: { name: operation.schema ?? operation.authorization ?? '' },
      tables: [],
      allTables: false,
    }),
  createExtension: (schema, operation) =>
    putObject(schema, { kind: 'extension', name: { name: operation.extension }, tables: [], allTables: false }),
  createPublication: (schema, operation) =>
    putObject(seen(schema, operation.tables), {
      kind: 'publication',
      name: { name: operation.publication },
      tables: operation.tables.map(key),
      allTables: operation.allTables === true,
    }),
  alterPublication,
  createStatistics: (schema, operation) =>
    putObject(touch(schema, operation.table), {
      kind: 'statistics',
      name: operation.statistics ?? { name: '' },
      tables: [key(operation.table)],
      allTables: false,
    }),
  insert: (schema, operation) => filled(schema, operation.table),
  copy: (schema, operation) =>
    operation.table !== undefined && operation.direction === 'from' ? filled(schema, operation.table) : schema,
  merge: (schema, operation) =>
    operation.actions.includes('insert') ? filled(schema, operation.table) : touch(schema, operation.table),
  update: (schema, operation) => touch(schema, operation.table),
  delete: (schema, operation) => touch(schema, operation.table),
  truncate: (schema, operation) => touch(schema, operation.table),
  select,
};

/**
 * The schema after an operation. Conditional operations apply too: what a
 * later operation meets is the worse of the two worlds, the one where they ran.
 */
export function apply(schema: Schema, operation: Operation, context: ApplyContext): Schema {
  const handler = handlers[operation.kind] as
    | ((schema: Schema, operation: Operation, context: ApplyContext) => Schema)
    | undefined;
  if (handler === undefined) return schema;
  const after = handler(schema, operation, context);
  if (operation.kind === 'renameTable' || operation.kind === 'setTableSchema') follow(operation, context.touched);
  return after;
}

/** What was born here is still born here under its new name. */
function follow(operation: OperationOf<'renameTable'> | OperationOf<'setTableSchema'>, touched: Set<string>): void {
  if (!touched.has(key(operation.table))) return;
  const { table, to } = operation;
  touched.add(key(operation.kind === 'renameTable' ? renamed(table, to) : { schema: to, name: table.name }));
}

/** The schema once the deploy is over: what was born in it exists like everything else. */
export function settle(schema: Schema, touched: ReadonlySet<string>): Schema {
  let result = schema;
  for (const name of touched) {
    result = name.startsWith('type ') ? settleType(result, name.slice(5)) : settleRelation(result, name);
  }
  return result;
}

function settleRelation(schema: Schema, name: string): Schema {
  return editRelation(schema, name, (relation) => ({
    age: 'existing',
    columns: new Map([...relation.columns].map(([column, value]) => [column, { ...value, addedHere: false }])),
  }));
}

function settleType(schema: Schema, name: string): Schema {
  const type = schema.types.get(name);
  if (type === undefined) return schema;
  const settled = type.kind === 'enum' ? { ...type, bornHere: false, valuesAddedHere: [] } : { ...type, bornHere: false };
  return { ...schema, types: PersistentMap.from(schema.types).with(name, settled) };
}
