import type { CheckConstraint, Constraint, ForeignKeyConstraint } from '../operations/types.js';
import {
  descendants,
  newColumn,
  relationKey,
  type Column,
  type Index,
  type Relation,
  type Schema,
  type TableConstraint,
} from '../postgres/schema.js';
import {
  editRelation,
  touch,
  withEntry,
  withItem,
  withoutEntry,
  withoutItem,
  type ApplyContext,
} from './edit.js';
import { putIndex, dropIndexEntry, renameIndexEntry } from './index-entries.js';
import { constraintName, exclusionKeys, truncate } from '../postgres/generated-names.js';

/** Sets facts of a column; one never seen becomes known by them. */
export function editColumn(schema: Schema, key: string, column: string, facts: Partial<Column>): Schema {
  return editRelation(schema, key, (relation) => {
    const known = relation.columns.get(column);
    if (known === undefined && relation.complete) return {};
    return { columns: withEntry(relation.columns, column, { ...(known ?? newColumn(column)), ...facts }) };
  });
}

function backingIndex(constraint: Constraint, name: string): Index | null {
  const facts = { name, valid: true, constraint: name, include: [] as readonly string[], where: null };
  switch (constraint.type) {
    case 'primary key':
    case 'unique':
      return {
        ...facts,
        keys: constraint.columns.map((column) => ({ column })),
        include: constraint.include ?? [],
        unique: true,
        method: 'btree',
        nullsNotDistinct: constraint.type === 'unique' && constraint.nullsNotDistinct === true,
      };
    case 'exclude':
      return {
        ...facts,
        keys: exclusionKeys(constraint.elements),
        include: constraint.include ?? [],
        unique: false,
        method: constraint.method ?? 'gist',
        where: constraint.where ?? null,
        nullsNotDistinct: false,
      };
    default:
      return null;
  }
}

/** `USING INDEX i`: the constraint takes the index over, and the index takes its name. */
function adoptIndex(schema: Schema, key: string, index: string, name: string): Schema {
  const renamed = renameIndexEntry(schema, key, index, name);
  return editRelation(renamed, key, (relation) => {
    const adopted = relation.indexes.get(name);
    if (adopted === undefined) return {};
    return { indexes: withEntry(relation.indexes, name, { ...adopted, constraint: name }) };
  });
}

function columnsOfIndex(relation: Relation, index: string): string[] {
  return (relation.indexes.get(index)?.keys ?? []).flatMap((key) => (key.column === undefined ? [] : [key.column]));
}

function withColumns(constraint: Constraint, relation: Relation): Constraint {
  if (!('usingIndex' in constraint) || constraint.usingIndex === undefined) return constraint;
  return { ...constraint, columns: columnsOfIndex(relation, constraint.usingIndex) };
}

/** Columns that the constraint makes NOT NULL by itself. */
function impliedNotNull(constraint: Constraint): readonly string[] {
  if (constraint.type === 'primary key') return constraint.columns;
  return constraint.type === 'not null' && constraint.notValid !== true ? [constraint.column] : [];
}

/** REFERENCES t without columns means its primary key. */
function resolveReference(schema: Schema, constraint: ForeignKeyConstraint): ForeignKeyConstraint {
  if (constraint.references.columns.length > 0) return constraint;
  const parent = schema.relations.get(relationKey(constraint.references.table));
  for (const { definition } of parent?.constraints.values() ?? []) {
    if (definition.type === 'primary key' && definition.columns.length > 0) {
      return { ...constraint, references: { ...constraint.references, columns: definition.columns } };
    }
  }
  return constraint;
}

function linkReference(schema: Schema, key: string, constraint: Constraint): Schema {
  if (constraint.type !== 'foreign key') return schema;
  const parent = relationKey(constraint.references.table);
  if (parent === key) return schema;
  const touched = touch(schema, constraint.references.table);
  return editRelation(touched, parent, (relation) => ({ referencedBy: withItem(relation.referencedBy, key) }));
}

function flag(constraint: Constraint, name: 'notValid' | 'notEnforced'): boolean {
  return name in constraint && (constraint as CheckConstraint)[name] === true;
}

/** Children receive checks, NOT NULL and, when they are partitions, every other constraint but a foreign key's own index. */
function inheritedBy(schema: Schema, key: string, constraint: Constraint): readonly string[] {
  const relation = schema.relations.get(key);
  if (relation === undefined || ('noInherit' in constraint && constraint.noInherit === true)) return [];
  const always = constraint.type === 'check' || constraint.type === 'not null';
  return always || relation.partitionBy !== null ? relation.children : [];
}

function describe(constraint: Constraint, definition: Constraint, name: string, index: Index | null): TableConstraint {
  const enforced = !flag(constraint, 'notEnforced');
  return {
    name,
    generatedName: constraint.name === undefined,
    definition,
    validated: enforced && !flag(constraint, 'notValid'),
    enforced,
    index: index === null ? null : name,
  };
}

/** The index a constraint rests on: built for it, or taken over from `USING INDEX`. */
function withIndex(schema: Schema, key: string, constraint: Constraint, index: Index | null): Schema {
  if (index === null) return schema;
  const adopted = 'usingIndex' in constraint ? constraint.usingIndex : undefined;
  return adopted === undefined ? putIndex(schema, key, index) : adoptIndex(schema, key, adopted, index.name);
}

/** Adds a constraint and all that comes with it: its name, its index, NOT NULL, the same on children. */
export function addConstraint(
  schema: Schema,
  key: string,
  constraint: Constraint,
  context: ApplyContext,
  only = false,
): Schema {
  const relation = schema.relations.get(key);
  if (relation === undefined) return schema;
  const name = truncate(constraint.name ?? constraintName(schema, relation, constraint, context.version));
  const written = withColumns(constraint, relation);
  const definition = written.type === 'foreign key' ? resolveReference(schema, written) : written;
  const index = backingIndex(definition, name);
  const added = describe(constraint, definition, name, index);
  let result = editRelation(schema, key, () => ({ constraints: withEntry(relation.constraints, name, added) }));
  result = withIndex(result, key, constraint, index);
  for (const column of impliedNotNull(definition)) {
    for (const member of [key, ...descendants(result, key)]) result = editColumn(result, member, column, { notNull: true });
  }
  if (definition.type === 'primary key') result = addImpliedNotNull(result, key, definition.columns, context);
  result = linkReference(result, key, definition);
  if (only) return result;
  for (const child of inheritedBy(result, key, definition)) {
    result = addConstraint(result, child, childConstraint(definition, name), context);
  }
  return result;
}

/** Since 18 NOT NULL is a constraint with a name, also where only a primary key asked for it. */
function addImpliedNotNull(schema: Schema, key: string, columns: readonly string[], context: ApplyContext): Schema {
  if (context.version < 18) return schema;
  return columns.reduce((result, column) => {
    const constraints = [...(result.relations.get(key)?.constraints.values() ?? [])];
    const there = constraints.some(({ definition }) => definition.type === 'not null' && definition.column === column);
    return there ? result : addConstraint(result, key, { type: 'not null', column }, context);
  }, schema);
}

/** Checks and foreign keys keep the parent's name; an index needs one of its own. */
function childConstraint(definition: Constraint, name: string): Constraint {
  const { name: _name, ...rest } = { ...definition };
  const indexed = definition.type === 'primary key' || definition.type === 'unique' || definition.type === 'exclude';
  return indexed ? (rest) : { ...(rest as Constraint), name };
}

export function dropConstraint(schema: Schema, key: string, name: string, cascade: boolean): Schema {
  const relation = schema.relations.get(key);
  const constraint = relation?.constraints.get(name);
  if (relation === undefined || constraint === undefined) return schema;
  let result = editRelation(schema, key, () => ({ constraints: withoutEntry(relation.constraints, name) }));
  if (constraint.index !== null) result = dropIndexEntry(result, key, constraint.index);
  const { definition } = constraint;
  if (definition.type === 'foreign key') result = unlinkReference(result, key, relationKey(definition.references.table));
  if (definition.type === 'not null') result = editColumn(result, key, definition.column, { notNull: false });
  if (cascade && constraint.index !== null) result = dropDependentKeys(result, key, definition);
  for (const child of relation.children) {
    if (definition.type === 'check' || relation.partitionBy !== null) result = dropConstraint(result, child, name, cascade);
  }
  return result;
}

/** CASCADE on a key takes the foreign keys that rest on it. */
function dropDependentKeys(schema: Schema, key: string, dropped: Constraint): Schema {
  if (dropped.type !== 'primary key' && dropped.type !== 'unique') return schema;
  const columns = [...dropped.columns].sort().join();
  let result = schema;
  for (const from of [key, ...(schema.relations.get(key)?.referencedBy ?? [])]) {
    for (const { name, definition } of schema.relations.get(from)?.constraints.values() ?? []) {
      if (definition.type !== 'foreign key' || relationKey(definition.references.table) !== key) continue;
      if ([...definition.references.columns].sort().join() === columns) result = dropConstraint(result, from, name, true);
    }
  }
  return result;
}

/** Takes `key` off the list of the referenced table once no foreign key of it points there any more. */
export function unlinkReference(schema: Schema, key: string, parent: string): Schema {
  for (const { definition } of schema.relations.get(key)?.constraints.values() ?? []) {
    if (definition.type === 'foreign key' && relationKey(definition.references.table) === parent) return schema;
  }
  return editRelation(schema, parent, (relation) => ({ referencedBy: withoutItem(relation.referencedBy, key) }));
}

export function editConstraint(schema: Schema, key: string, name: string, facts: Partial<TableConstraint>): Schema {
  return editRelation(schema, key, (relation) => {
    const constraint = relation.constraints.get(name);
    return constraint === undefined
      ? {}
      : { constraints: withEntry(relation.constraints, name, { ...constraint, ...facts }) };
  });
}

/** A validated NOT NULL constraint makes its column NOT NULL for good. */
export function validateConstraint(schema: Schema, key: string, name: string): Schema {
  const definition = schema.relations.get(key)?.constraints.get(name)?.definition;
  let result = editConstraint(schema, key, name, { validated: true });
  if (definition?.type === 'not null') result = editColumn(result, key, definition.column, { notNull: true });
  for (const child of schema.relations.get(key)?.children ?? []) result = validateConstraint(result, child, name);
  return result;
}

export function renameConstraint(schema: Schema, key: string, from: string, to: string): Schema {
  const relation = schema.relations.get(key);
  const constraint = relation?.constraints.get(from);
  if (relation === undefined || constraint === undefined) return schema;
  const index = constraint.index === null ? null : to;
  const renamed = { ...constraint, name: to, index, generatedName: false };
  const result = editRelation(schema, key, () => ({
    constraints: withEntry(withoutEntry(relation.constraints, from), to, renamed),
  }));
  if (constraint.index === null) return result;
  return renameIndexEntry(result, key, constraint.index, to);
}
