import type { OperationOf, QualifiedName } from '../operations/types.js';
import { ownerOfIndex, relationKey, type Index, type Relation, type Schema } from '../postgres/schema.js';
import { dropConstraint } from './apply-constraints.js';
import { editRelation, touch, withEntry } from './edit.js';
import { indexName, truncate } from '../postgres/generated-names.js';
import { dropIndexEntry, putIndex, renameIndexEntry } from './index-entries.js';
import { cloneIndex, hasIndex } from './apply-tables.js';

function indexFrom(operation: OperationOf<'createIndex'>, name: string, valid: boolean): Index {
  return {
    name,
    keys: operation.keys,
    include: operation.include ?? [],
    unique: operation.unique === true,
    method: operation.method ?? 'btree',
    where: operation.where ?? null,
    valid,
    constraint: null,
    nullsNotDistinct: operation.nullsNotDistinct === true,
  };
}

export function createIndex(schema: Schema, operation: OperationOf<'createIndex'>): Schema {
  const key = relationKey(operation.table);
  const touched = touch(schema, operation.table);
  const relation = touched.relations.get(key);
  if (relation === undefined) return schema;
  const name = truncate(operation.index ?? indexName(touched, relation, operation.keys, operation.include ?? []));
  if (operation.guard !== undefined && relation.indexes.has(name)) return schema;
  const alone = operation.only === true && relation.partitionBy !== null;
  const index = indexFrom(operation, name, !alone || relation.children.length === 0);
  return alone ? putIndex(touched, key, index) : fanOut(putIndex(touched, key, index), key, index);
}

/** An index on a partitioned table is built on each partition that has none like it. */
function fanOut(schema: Schema, key: string, index: Index): Schema {
  const relation = schema.relations.get(key);
  if (relation === undefined || relation.partitionBy === null) return schema;
  let result = schema;
  for (const child of relation.children) {
    const table = result.relations.get(child);
    if (table === undefined || isTakenOver(relation, table, index)) continue;
    result = fanOut(cloneIndex(result, child, index), child, index);
  }
  return result;
}

/** The partition has one like it that does not stand for another index of the parent already. */
function isTakenOver(parent: Relation, partition: Relation, index: Index): boolean {
  const others = [...parent.indexes.values()].filter((other) => other.name !== index.name && other.constraint === null);
  return hasIndex(partition, index) && !others.some((other) => hasIndex({ ...parent, indexes: new Map([[other.name, other]]) }, index));
}

/** DROP INDEX; one that backs a constraint is refused by the server unless CASCADE takes the constraint. */
export function dropIndex(schema: Schema, operation: OperationOf<'dropIndex'>): Schema {
  const owner = ownerOfIndex(schema, operation.index);
  const index = owner?.indexes.get(operation.index.name);
  if (owner === undefined || index === undefined) return schema;
  const key = relationKey(owner.name);
  if (index.constraint !== null) {
    return operation.cascade === true ? dropConstraint(schema, key, index.constraint, true) : schema;
  }
  let result = dropIndexEntry(schema, key, index.name);
  if (owner.partitionBy === null) return result;
  for (const child of owner.children) {
    const copies = [...(result.relations.get(child)?.indexes.values() ?? [])].filter((other) => sameKeys(other, index));
    for (const copy of copies.slice(0, 1)) result = dropIndexEntry(result, child, copy.name);
  }
  return result;
}

function sameKeys(a: Index, b: Index): boolean {
  return a.constraint === null && JSON.stringify(a.keys) === JSON.stringify(b.keys) && a.unique === b.unique;
}

export function renameIndex(schema: Schema, index: QualifiedName, to: string): Schema {
  const owner = ownerOfIndex(schema, index);
  if (owner === undefined) return schema;
  const key = relationKey(owner.name);
  const backed = owner.indexes.get(index.name)?.constraint ?? null;
  const result = renameIndexEntry(schema, key, index.name, to);
  const constraint = backed === null ? undefined : owner.constraints.get(backed);
  if (constraint === undefined) return result;
  // The constraint carries the name of its index.
  return editRelation(result, key, ({ constraints, indexes }) => {
    const renamed = new Map(constraints);
    renamed.delete(constraint.name);
    renamed.set(to, { ...constraint, name: to, index: to });
    const current = indexes.get(to);
    return { constraints: renamed, ...(current === undefined ? {} : { indexes: withEntry(indexes, to, { ...current, constraint: to }) }) };
  });
}

/** ALTER INDEX … ATTACH PARTITION: the parent's index becomes valid once every partition has one like it. */
export function attachIndex(schema: Schema, index: QualifiedName): Schema {
  const owner = ownerOfIndex(schema, index);
  const parent = owner?.indexes.get(index.name);
  if (owner === undefined || parent === undefined) return schema;
  const everywhere = owner.children.every((child) => {
    const table = schema.relations.get(child);
    return table !== undefined && hasIndex(table, parent);
  });
  if (!everywhere) return schema;
  return editRelation(schema, relationKey(owner.name), ({ indexes }) => ({
    indexes: withEntry(indexes, parent.name, { ...parent, valid: true }),
  }));
}
