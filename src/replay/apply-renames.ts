import { truncate } from '../postgres/generated-names.js';
import { relationKey, type Relation, type Schema, type TableConstraint, type UserType } from '../postgres/schema.js';
import type { QualifiedName } from '../operations/types.js';
import { editRelation, putRelation, replaceItem } from './edit.js';
import { PersistentMap } from './persistent-map.js';

function repointed(constraint: TableConstraint, from: string, to: QualifiedName): TableConstraint {
  const { definition } = constraint;
  if (definition.type !== 'foreign key' || relationKey(definition.references.table) !== from) return constraint;
  return { ...constraint, definition: { ...definition, references: { ...definition.references, table: to } } };
}

/** Relations that mention `relation` by key. */
function neighbours(relation: Relation): Set<string> {
  const near = new Set([...relation.referencedBy, ...relation.readBy, ...relation.reads]);
  for (const key of [...relation.children, ...relation.inherits]) near.add(key);
  if (relation.partitionOf !== null) near.add(relation.partitionOf.parent);
  for (const { definition } of relation.constraints.values()) {
    if (definition.type === 'foreign key') near.add(relationKey(definition.references.table));
  }
  return near;
}

/** Gives a relation another name, another schema or both; foreign keys, views, partitions and indexes follow. */
export function moveRelation(schema: Schema, from: string, to: QualifiedName): Schema {
  const relation = schema.relations.get(from);
  const key = relationKey(to);
  if (relation === undefined || key === from) return schema;
  let indexes = PersistentMap.from(schema.indexes);
  for (const index of relation.indexes.keys()) {
    indexes = indexes.without(relationKey({ ...relation.name, name: index })).with(relationKey({ ...to, name: index }), key);
  }
  const relations = PersistentMap.from(schema.relations).without(from);
  const constraints = new Map([...relation.constraints].map(([name, constraint]) => [name, repointed(constraint, from, to)]));
  let result = putRelation({ ...schema, relations, indexes }, { ...relation, name: to, constraints });
  for (const neighbour of neighbours(relation)) {
    result = editRelation(result, neighbour, (other) => ({
      referencedBy: replaceItem(other.referencedBy, from, key),
      readBy: replaceItem(other.readBy, from, key),
      reads: replaceItem(other.reads, from, key),
      children: replaceItem(other.children, from, key),
      inherits: replaceItem(other.inherits, from, key),
      partitionOf: other.partitionOf?.parent === from ? { ...other.partitionOf, parent: key } : other.partitionOf,
      constraints: new Map([...other.constraints].map(([name, constraint]) => [name, repointed(constraint, from, to)])),
    }));
  }
  return result;
}

/** A type under its new name, in every column of that type too. */
export function moveType(schema: Schema, from: string, to: QualifiedName): Schema {
  const type = schema.types.get(from);
  if (type === undefined) return schema;
  const moved: UserType = { ...type, name: to };
  const types = PersistentMap.from(schema.types).without(from).with(relationKey(to), moved);
  let result: Schema = { ...schema, types };
  for (const [key, relation] of schema.relations) {
    const uses = [...relation.columns.values()].some((column) => column.type !== null && relationKey(column.type) === from);
    if (!uses) continue;
    result = editRelation(result, key, ({ columns }) => ({
      columns: new Map(
        [...columns].map(([name, column]) =>
          column.type === null || relationKey(column.type) !== from
            ? [name, column]
            : [name, { ...column, type: { ...column.type, name: to.name, ...(to.schema === undefined ? {} : { schema: to.schema }) } }],
        ),
      ),
    }));
  }
  return result;
}

export function renamed(name: QualifiedName, to: string): QualifiedName {
  return { ...name, name: truncate(to) };
}

/** RENAME SCHEMA moves everything inside it. */
export function renameSchema(schema: Schema, from: string, to: string): Schema {
  let result = schema;
  for (const [key, { name }] of schema.relations) {
    if ((name.schema ?? 'public') === from) result = moveRelation(result, key, { schema: to, name: name.name });
  }
  for (const [key, { name }] of schema.types) {
    if ((name.schema ?? 'public') === from) result = moveType(result, key, { schema: to, name: name.name });
  }
  return result;
}
