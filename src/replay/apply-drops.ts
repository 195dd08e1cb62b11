import { relationKey, type Relation, type Schema } from '../postgres/schema.js';
import type { QualifiedName } from '../operations/types.js';
import { dropConstraint } from './apply-constraints.js';
import { editRelation, withoutItem } from './edit.js';
import { indexKey } from './index-entries.js';
import { PersistentMap } from './persistent-map.js';

/** Takes a relation out and every mention of it in others. */
function forget(schema: Schema, relation: Relation): Schema {
  const key = relationKey(relation.name);
  let indexes = PersistentMap.from(schema.indexes);
  for (const index of relation.indexes.keys()) indexes = indexes.without(indexKey(schema, key, index));
  let result: Schema = { ...schema, relations: PersistentMap.from(schema.relations).without(key), indexes };
  for (const { definition } of relation.constraints.values()) {
    if (definition.type !== 'foreign key') continue;
    result = editRelation(result, relationKey(definition.references.table), (parent) => ({
      referencedBy: withoutItem(parent.referencedBy, key),
    }));
  }
  for (const read of relation.reads) {
    result = editRelation(result, read, (source) => ({ readBy: withoutItem(source.readBy, key) }));
  }
  for (const parent of [...relation.inherits, ...(relation.partitionOf === null ? [] : [relation.partitionOf.parent])]) {
    result = editRelation(result, parent, ({ children }) => ({ children: withoutItem(children, key) }));
  }
  return result;
}

/** Drops a view with every view on top of it, or a sequence. */
export function dropView(schema: Schema, key: string): Schema {
  const relation = schema.relations.get(key);
  if (relation === undefined) return schema;
  return relation.readBy.reduce(dropView, forget(schema, relation));
}

/**
 * Drops a table: partitions always go with it, inheritance children, views
 * and foreign keys of other tables when CASCADE says so. Without CASCADE the
 * server refuses where such things exist, so taking them along harms nothing.
 */
export function dropTable(schema: Schema, key: string): Schema {
  const relation = schema.relations.get(key);
  if (relation === undefined) return schema;
  let result = schema;
  for (const view of relation.readBy) result = dropView(result, view);
  for (const from of relation.referencedBy) {
    for (const { name, definition } of schema.relations.get(from)?.constraints.values() ?? []) {
      const points = definition.type === 'foreign key' && relationKey(definition.references.table) === key;
      if (points) result = dropConstraint(result, from, name, false);
    }
  }
  for (const child of relation.children) result = dropTable(result, child);
  for (const sequence of ownedSequences(result, relation)) result = dropView(result, sequence);
  const current = result.relations.get(key);
  return current === undefined ? result : forget(result, current);
}

/** Found by the names PostgreSQL gives them: walking every relation would cost too much. */
function ownedSequences(schema: Schema, relation: Relation): string[] {
  const key = relationKey(relation.name);
  return [...relation.columns.keys()]
    .map((column) => relationKey({ ...relation.name, name: `${relation.name.name}_${column}_seq` }))
    .filter((sequence) => schema.relations.get(sequence)?.ownedBy?.table === key);
}

/** DROP SCHEMA … CASCADE. */
export function dropSchema(schema: Schema, name: string): Schema {
  let result = schema;
  for (const [key, relation] of schema.relations) if ((relation.name.schema ?? 'public') === name) result = dropTable(result, key);
  const inside = (item: { name: QualifiedName }): boolean => (item.name.schema ?? 'public') === name;
  let types = PersistentMap.from(result.types);
  for (const [key, type] of types) if (inside(type)) types = types.without(key);
  let routines = PersistentMap.from(result.routines);
  for (const [key, routine] of routines) if (inside(routine)) routines = routines.without(key);
  return { ...result, types, routines };
}
