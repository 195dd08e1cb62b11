import { relationKey, type Index, type Schema } from '../postgres/schema.js';
import { besides, editRelation, renameEntry, withEntry, withoutEntry } from './edit.js';
import { PersistentMap } from './persistent-map.js';

/** An index lives in the schema of its table. */
export function indexKey(schema: Schema, table: string, index: string): string {
  const relation = schema.relations.get(table);
  return relation === undefined ? relationKey({ name: index }) : relationKey(besides(index, relation.name));
}

export function putIndex(schema: Schema, table: string, index: Index): Schema {
  const indexes = PersistentMap.from(schema.indexes).with(indexKey(schema, table, index.name), table);
  return editRelation({ ...schema, indexes }, table, (relation) => ({
    indexes: withEntry(relation.indexes, index.name, index),
  }));
}

export function dropIndexEntry(schema: Schema, table: string, index: string): Schema {
  const indexes = PersistentMap.from(schema.indexes).without(indexKey(schema, table, index));
  return editRelation({ ...schema, indexes }, table, (relation) => ({
    indexes: withoutEntry(relation.indexes, index),
    clusterIndex: relation.clusterIndex === index ? null : relation.clusterIndex,
  }));
}

export function renameIndexEntry(schema: Schema, table: string, from: string, to: string): Schema {
  if (from === to) return schema;
  const indexes = PersistentMap.from(schema.indexes)
    .without(indexKey(schema, table, from))
    .with(indexKey(schema, table, to), table);
  return editRelation({ ...schema, indexes }, table, (relation) => ({
    indexes: renameEntry(relation.indexes, from, to, (index) => ({ ...index, name: to })),
    clusterIndex: relation.clusterIndex === from ? to : relation.clusterIndex,
  }));
}
