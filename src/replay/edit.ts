import { newRelation, relationKey, type Relation, type Schema } from '../postgres/schema.js';
import type { PostgresVersion } from '../postgres/effects.js';
import type { QualifiedName } from '../operations/types.js';
import { PersistentMap } from './persistent-map.js';

/** What playing an operation needs to know beside the schema. */
export interface ApplyContext {
  version: PostgresVersion;
  /** True while migrations that are not yet deployed are played: what they create is born here. */
  pending: boolean;
  /** Collects keys of relations and types that hold a fact which ends with the deploy; `settle` reads it. */
  touched: Set<string>;
}

export type Change = (relation: Relation) => Partial<Relation>;

export function putRelation(schema: Schema, relation: Relation): Schema {
  return { ...schema, relations: PersistentMap.from(schema.relations).with(relationKey(relation.name), relation) };
}

/** Replaces a relation that is there; the schema itself when it is not. */
export function editRelation(schema: Schema, key: string, change: Change): Schema {
  const relation = schema.relations.get(key);
  if (relation === undefined) return schema;
  const facts = change(relation);
  if (Object.keys(facts).length === 0) return schema;
  return { ...schema, relations: PersistentMap.from(schema.relations).with(key, { ...relation, ...facts }) };
}

/**
 * Makes sure that a relation the operation speaks of is there: one never seen
 * exists, populated, with everything about it unknown. In a complete schema
 * absence is a fact, and the statement fails without changing anything.
 */
export function touch(schema: Schema, name: QualifiedName, facts: Partial<Relation> = {}): Schema {
  if (schema.complete || schema.relations.has(relationKey(name))) return schema;
  return putRelation(schema, newRelation(name, facts));
}

export function withEntry<V>(map: ReadonlyMap<string, V>, key: string, value: V): ReadonlyMap<string, V> {
  return new Map(map).set(key, value);
}

export function withoutEntry<V>(map: ReadonlyMap<string, V>, key: string): ReadonlyMap<string, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/** Renames a key and keeps its place; `rename` changes the value along with it. */
export function renameEntry<V>(
  map: ReadonlyMap<string, V>,
  from: string,
  to: string,
  rename: (value: V) => V,
): ReadonlyMap<string, V> {
  if (!map.has(from)) return map;
  return new Map([...map].map(([key, value]) => (key === from ? [to, rename(value)] : [key, value])));
}

export function withItem(list: readonly string[], item: string): readonly string[] {
  return list.includes(item) ? list : [...list, item];
}

export function withoutItem(list: readonly string[], item: string): readonly string[] {
  return list.includes(item) ? list.filter((other) => other !== item) : list;
}

export function replaceItem(list: readonly string[], from: string, to: string): readonly string[] {
  return list.includes(from) ? list.map((item) => (item === from ? to : item)) : list;
}

export function withName(set: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return set.has(name) ? set : new Set(set).add(name);
}

export function withoutName(set: ReadonlySet<string>, name: string): ReadonlySet<string> {
  return set.has(name) ? new Set([...set].filter((other) => other !== name)) : set;
}

/** A name in the schema of another when it has none of its own. */
export function besides(name: string, neighbour: QualifiedName): QualifiedName {
  return neighbour.schema === undefined ? { name } : { schema: neighbour.schema, name };
}
