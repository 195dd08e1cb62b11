import type {
  AddConstraint,
  Constraint,
  DropConstraint,
  ExclusionConstraint,
  ForeignKeyConstraint,
  OperationKind,
  PrimaryKeyConstraint,
  QualifiedName,
  UniqueConstraint,
  ValidateConstraint,
} from '../../operations/types.js';
import { columnsIn, provenNotNull } from '../expression.js';
import { isComparable, isOrdered, storedType } from '../casts.js';
import { constraintName } from '../generated-names.js';
import { baseType } from '../type-change.js';
import type { Outcome } from '../outcome.js';
import { newRelation, referencing, relationKey, type Index, type Relation, type TableConstraint } from '../schema.js';
import { lockReferenced, referencedColumns } from './dependants.js';
import { requireColumn, requireTable, type Handlers } from './handler.js';

type KeyConstraint = PrimaryKeyConstraint | UniqueConstraint | ExclusionConstraint;

/** A table of which nothing is known, for names that only need its own. */
function known(table: QualifiedName, outcome: Outcome): Relation {
  return outcome.relation(table) ?? newRelation(table);
}

/** Builds the index behind a key, on the table and on every partition, each under the name PostgreSQL gives it. */
export function buildKey(table: QualifiedName, constraint: KeyConstraint, outcome: Outcome): void {
  const { name, ...unnamed } = constraint;
  for (const member of outcome.partitionTree(table)) {
    const generated = constraintName(outcome.schema, known(member, outcome), unnamed, outcome.version);
    outcome.build(member, member === table ? (name ?? generated) : generated);
    outcome.scan(member);
  }
}

export function refuseSecondPrimaryKey(table: QualifiedName, outcome: Outcome): void {
  for (const { definition } of outcome.relation(table)?.constraints.values() ?? []) {
    if (definition.type === 'primary key') outcome.fail('42P16', 'always');
  }
}

/** A new foreign key puts triggers on the other table and on all of its partitions. */
export function lockReferencedSide(target: QualifiedName, outcome: Outcome): void {
  if (!outcome.mayExist(target) && !createdHere(target, outcome)) outcome.fail('42P01', 'always');
  if (outcome.version < 12 && outcome.isPartitioned(target)) outcome.fail('42809', 'always');
  outcome.refuseView(target);
  outcome.lockAll(outcome.partitionTree(target), 'SHARE ROW EXCLUSIVE');
}

function createdHere(target: QualifiedName, { siblings }: Outcome): boolean {
  return siblings.some((each) => each.kind === 'createTable' && relationKey(each.table) === relationKey(target));
}

/** True where a validated CHECK, or the column itself, already says that there is no NULL. */
export function isProvenNotNull(table: QualifiedName, column: string, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation === undefined) return false;
  if (relation.columns.get(column)?.notNull === true && !hasUnvalidatedNotNull(relation, column)) return true;
  if (outcome.version < 12) return false;
  return [...relation.constraints.values()].some(
    ({ definition, validated, enforced }) =>
      definition.type === 'check' && validated && enforced && provenNotNull(definition.expression).includes(column),
  );
}

export function hasUnvalidatedNotNull(relation: Relation, column: string): boolean {
  return [...relation.constraints.values()].some(
    ({ definition, validated }) => definition.type === 'not null' && definition.column === column && !validated,
  );
}

/** Marks columns NOT NULL in every member: a scan and a failure on NULL where nothing proves them full. */
export function checkNotNull(members: readonly QualifiedName[], column: string, outcome: Outcome): void {
  for (const member of members) {
    if (isProvenNotNull(member, column, outcome)) continue;
    outcome.scan(member);
    if (outcome.hasStorage(member)) outcome.failOn(member, '23502', 'nulls');
  }
}

function duplicateName(table: QualifiedName, constraint: Constraint, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (constraint.name === undefined || !relation?.constraints.has(constraint.name)) return false;
  outcome.fail('42710', 'always');
  return true;
}

function missingColumns(table: QualifiedName, columns: readonly string[], outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation === undefined || !relation.complete) return false;
  if (columns.every((column) => relation.columns.has(column))) return false;
  outcome.fail('42703', 'always');
  return true;
}

const ADD: { readonly [T in Constraint['type']]: (operation: AddConstraint, constraint: Extract<Constraint, { type: T }>, outcome: Outcome) => void } = {
  'primary key': addKey,
  unique: addKey,
  exclude: addExclusion,

  check({ table, only }, constraint, outcome) {
    const family = outcome.family(table, only);
    if (constraint.noInherit && outcome.isPartitioned(table)) outcome.fail('42P16', 'always');
    if (missingColumns(table, columnsIn(constraint.expression), outcome)) return;
    if (!constraint.noInherit) outcome.lockAll(family, 'ACCESS EXCLUSIVE');
    if (only && !constraint.noInherit && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
    if (constraint.notEnforced && outcome.version < 18) outcome.fail('42601', 'always');
    if (constraint.notValid || constraint.notEnforced) return;
    for (const member of constraint.noInherit ? [table] : family) {
      outcome.scan(member);
      if (outcome.hasStorage(member)) outcome.failOn(member, '23514', 'violations');
    }
  },

  'not null'({ table, only }, constraint, outcome) {
    if (outcome.version < 18) return outcome.fail('42601', 'always');
    if (missingColumns(table, [constraint.column], outcome)) return;
    if (constraint.noInherit && outcome.isPartitioned(table)) return outcome.fail('0A000', 'always');
    if (only && outcome.partitions(table).length > 0) outcome.fail('42P16', 'always');
    const family = outcome.family(table, only);
    const column = outcome.relation(table)?.columns.get(constraint.column);
    if (column?.notNull === true) {
      // One per column: what is there stays, under its own name.
      if (constraint.name !== undefined) outcome.fail('55000', 'always');
      return;
    }
    if (!constraint.notValid) checkNotNull(constraint.noInherit ? [table] : family, constraint.column, outcome);
  },

  'foreign key'({ table, only }, constraint, outcome) {
    const partitions = outcome.partitions(table);
    if (partitions.length > 0 && (only || (constraint.notValid && outcome.version < 18))) outcome.fail('42809', 'always');
    if (missingColumns(table, constraint.columns, outcome)) return;
    refuseOwnPartition(table, constraint, outcome);
    outcome.lockAll(partitions, 'SHARE ROW EXCLUSIVE');
    lockReferencedSide(constraint.references.table, outcome);
    refusePersistence(outcome.relation(table)?.persistence ?? 'permanent', constraint.references.table, outcome);
    if (constraint.notEnforced && outcome.version < 18) outcome.fail('42601', 'always');
    refuseWithoutKey(constraint, outcome);
    refuseTypes(table, constraint, outcome);
    if (constraint.notValid || constraint.notEnforced) return;
    for (const member of [table, ...partitions]) outcome.scan(member);
    outcome.failOn(table, '23503', 'violations');
  },
};

/** 55006: a partition of the table is in use by the statement itself. */
export function refuseOwnPartition(table: QualifiedName, { references }: ForeignKeyConstraint, outcome: Outcome): void {
  if (outcome.partitions(table).some((member) => relationKey(member) === relationKey(references.table))) outcome.fail('55006', 'always');
}

/** Rows that stay may not point at rows that a crash or the end of the session takes away. */
export function refusePersistence(own: Relation['persistence'], target: QualifiedName, outcome: Outcome): void {
  const other = outcome.relation(target)?.persistence;
  if (other === undefined || own === other || (own === 'unlogged' && other === 'permanent')) return;
  outcome.fail('42P16', 'always');
}

/** 42830: the columns pointed at are no key of the other table. */
export function refuseWithoutKey({ references }: ForeignKeyConstraint, outcome: Outcome): void {
  const target = outcome.relation(references.table);
  if (target === undefined || !target.complete) return;
  const keys = [...target.constraints.values()].filter(({ definition }) => definition.type === 'primary key' || definition.type === 'unique');
  const wanted = [...references.columns].sort().join();
  const found =
    references.columns.length === 0
      ? keys.some(({ definition }) => definition.type === 'primary key')
      : [...target.indexes.values()].some(
          (index) => index.unique && index.where === null && index.keys.map(({ column }) => column ?? '').sort().join() === wanted,
        ) || keys.some(({ definition }) => 'columns' in definition && [...definition.columns].sort().join() === wanted);
  if (!found) outcome.fail(references.columns.length === 0 ? '42704' : '42830', 'always');
}

/** 42804: no operator compares the two columns. Numbers compare with each other, everything else needs an implicit cast. */
function refuseTypes(table: QualifiedName, { columns, references }: ForeignKeyConstraint, outcome: Outcome): void {
  columns.forEach((column, index) => {
    const from = outcome.relation(table)?.columns.get(column)?.type;
    const to = outcome.relation(references.table)?.columns.get(references.columns[index] ?? '')?.type;
    if (from && to && !isComparable(storedType(baseType(from, outcome.schema)), storedType(baseType(to, outcome.schema)))) {
      outcome.fail('42804', 'always');
    }
  });
}

/** Partitions are unique each on its own, so that the key of the table has to be in it. */
export function refuseWithoutPartitionKey(table: QualifiedName, columns: readonly string[], outcome: Outcome): void {
  const keys = outcome.partitionTree(table).flatMap((member) => outcome.relation(member)?.partitionBy?.keys ?? []);
  if (keys.some(({ column }) => column === undefined || !columns.includes(column))) outcome.fail('0A000', 'always');
}

function addKey(operation: AddConstraint, constraint: PrimaryKeyConstraint | UniqueConstraint, outcome: Outcome): void {
  const { table } = operation;
  outcome.lockAll(outcome.partitions(table), 'SHARE');
  if (constraint.type === 'primary key') refuseSecondPrimaryKey(table, outcome);
  if (constraint.usingIndex !== undefined) return adoptIndex(operation, constraint, constraint.usingIndex, outcome);
  if (missingColumns(table, constraint.columns, outcome)) return;
  refuseWithoutPartitionKey(table, constraint.columns, outcome);
  if (constraint.type === 'unique' && constraint.nullsNotDistinct && outcome.version < 15) outcome.fail('42601', 'always');
  if (constraint.name !== undefined && isTaken({ ...table, name: constraint.name }, outcome)) return outcome.fail('42P07', 'always');
  if (constraint.columns.some((column) => isUnordered(table, column, outcome))) return outcome.fail('42704', 'always');
  if (constraint.columns.some((column) => isVirtual(table, column, outcome))) outcome.fail('0A000', 'always');
  buildKey(table, constraint, outcome);
  if (constraint.type === 'primary key') primaryKeyNotNull(operation, constraint.columns, outcome);
  outcome.failOn(table, '23505', 'duplicates');
}

/** The name of an index is that of a relation, and taken by any. */
export function isTaken(name: QualifiedName, outcome: Outcome): boolean {
  return outcome.schema.indexes.has(relationKey(name)) || outcome.relation(name) !== undefined;
}

/** No index of the default method can be on it. */
export function isUnordered(table: QualifiedName, column: string, outcome: Outcome): boolean {
  const type = outcome.relation(table)?.columns.get(column)?.type;
  return type !== null && type !== undefined && !isOrdered(baseType(type, outcome.schema));
}

function isVirtual(table: QualifiedName, column: string, outcome: Outcome): boolean {
  const generated = outcome.relation(table)?.columns.get(column)?.generated;
  return Boolean(generated && generated.stored !== true);
}

function primaryKeyNotNull({ table }: AddConstraint, columns: readonly string[], outcome: Outcome): void {
  const relation = outcome.relation(table);
  for (const column of columns) {
    if (relation !== undefined && hasUnvalidatedNotNull(relation, column)) return outcome.fail('55000', 'always');
    const family = outcome.family(table);
    // Children of plain inheritance may hold NULL all the same, until 18.
    if (!outcome.isPartitioned(table) && outcome.version < 18) outcome.lockAll(family, 'ACCESS EXCLUSIVE');
    if (isProvenNotNull(table, column, outcome)) continue;
    outcome.lockAll(family, 'ACCESS EXCLUSIVE');
    checkNotNull(family, column, outcome);
  }
}

/** The index is there already; a primary key may still have to look for NULLs. */
function adoptIndex(
  { table }: AddConstraint,
  constraint: PrimaryKeyConstraint | UniqueConstraint,
  name: string,
  outcome: Outcome,
): void {
  const index = outcome.relation(table)?.indexes.get(name);
  const elsewhere = outcome.schema.indexes.has(relationKey({ ...table, name }));
  if (index === undefined && outcome.whole(table) !== undefined) return outcome.fail(elsewhere ? '55000' : '42704', 'always');
  if (index !== undefined) refuseIndex(index, outcome);
  if (outcome.isPartitioned(table)) outcome.fail('0A000', 'always');
  if (constraint.type === 'primary key') keyNotNull(table, name, outcome);
}

/** A primary key means NOT NULL for every column of its index. */
function keyNotNull(table: QualifiedName, name: string, outcome: Outcome): void {
  const index = outcome.relation(table)?.indexes.get(name);
  for (const { column } of index?.keys ?? []) if (column !== undefined) checkNotNull([table], column, outcome);
  if (index !== undefined) return;
  outcome.scan(table);
  outcome.failOn(table, '23502', 'nulls');
  outcome.assume(`whether the columns of index "${name}" are NOT NULL`);
}

/** Only a valid, complete, unique index over columns that backs nothing yet can back a key. */
function refuseIndex(index: Index, outcome: Outcome): void {
  if (index.constraint !== null || !index.valid) outcome.fail('55000', 'always');
  else if (!index.unique || index.where !== null || index.keys.some(({ expression }) => expression !== undefined)) outcome.fail('42809', 'always');
}

function addExclusion({ table }: AddConstraint, constraint: ExclusionConstraint, outcome: Outcome): void {
  outcome.lockAll(outcome.partitions(table), 'SHARE');
  buildKey(table, constraint, outcome);
  outcome.failOn(table, '23P01', 'violations');
}

export function constraintOf(operation: { table: QualifiedName; constraint: string }, outcome: Outcome): TableConstraint | undefined {
  return outcome.relation(operation.table)?.constraints.get(operation.constraint);
}

/** False when the constraint is known not to be there. */
function requireConstraint(operation: { kind: OperationKind; table: QualifiedName; constraint: string; guard?: string }, outcome: Outcome): boolean {
  const relation = outcome.relation(operation.table);
  if (relation === undefined || !(relation.complete || relation.query !== null) || relation.constraints.has(operation.constraint)) return true;
  if (operation.guard !== 'if exists' || operation.kind !== 'dropConstraint') outcome.fail('42704', 'always');
  return false;
}

export const constraints: Handlers<
  'addConstraint' | 'alterConstraint' | 'validateConstraint' | 'dropConstraint' | 'renameConstraint' | 'setNotNull' | 'dropNotNull'
> = {
  addConstraint(operation, outcome) {
    if (!requireTable(operation, outcome)) return;
    if (duplicateName(operation.table, operation.constraint, outcome)) return;
    const mode = operation.constraint.type === 'foreign key' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE';
    // Since 18 every child is taken first, whether the constraint goes down to it or not.
    outcome.lockAll(outcome.family(operation.table, outcome.version >= 18 ? operation.only : true), mode);
    const add = ADD[operation.constraint.type] as (a: AddConstraint, c: Constraint, o: Outcome) => void;
    add(operation, operation.constraint, outcome);
  },

  setNotNull(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    const { table, only, column } = operation;
    const missing = outcome.partitions(table).some((member) => !isProvenNotNull(member, column, outcome));
    if (only && missing) outcome.fail('42P16', 'always');
    const relation = outcome.relation(table);
    const settled = relation?.columns.get(column)?.notNull === true && !hasUnvalidatedNotNull(relation, column);
    // What is NOT NULL already is so in every partition, and since 18 in every child.
    const stays = settled && (outcome.isPartitioned(table) || outcome.version >= 18);
    const family = outcome.family(table, stays ? true : only);
    outcome.lockAll(family, 'ACCESS EXCLUSIVE');
    checkNotNull(family, column, outcome);
    if (outcome.relation(table) === undefined) outcome.assume(`whether "${column}" is proven to hold no NULL`);
  },

  dropNotNull(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    const { table, column } = operation;
    const relation = outcome.relation(table);
    const nullable = outcome.version >= 18 && relation?.columns.get(column)?.notNull === false;
    outcome.lockAll(outcome.family(table, nullable ? true : operation.only), 'ACCESS EXCLUSIVE');
    if (primaryKeyOf(relation).includes(column) || notNullAbove(relation, column, outcome)) outcome.fail('42P16', 'always');
    if (relation?.columns.get(column)?.identity) outcome.fail('42601', 'always');
  },

  alterConstraint(operation, outcome) {
    if (!requireTable(operation, outcome) || !requireConstraint(operation, outcome)) return;
    outcome.lock(operation.table, 'ACCESS EXCLUSIVE');
    const constraint = constraintOf(operation, outcome);
    const inherits = /\bINHERIT\b/i.test(operation.options);
    if (constraint !== undefined && constraint.definition.type !== (inherits ? 'not null' : 'foreign key')) return outcome.fail('42809', 'always');
    if (!inherits) outcome.lockAll(outcome.partitions(operation.table), 'ACCESS EXCLUSIVE');
    const enforcement = /\bENFORCED\b/i.exec(operation.options);
    if (enforcement === null) return;
    if (outcome.version < 18) return outcome.fail('42601', 'always');
    if (constraint?.enforced === !/\bNOT\s+ENFORCED\b/i.test(operation.options)) return;
    if (constraint?.definition.type === 'foreign key' && constraint.enforced === false) lockReferencedSide(constraint.definition.references.table, outcome);
    else if (constraint !== undefined) lockReferenced(outcome, constraint, true);
    if (/\bNOT\s+ENFORCED\b/i.test(operation.options)) return outcome.lose('integrity', operation.table);
    if (constraint?.enforced === false) outcome.scan(operation.table);
    outcome.failOn(operation.table, '23503', 'violations');
  },

  validateConstraint(operation, outcome) {
    if (!requireTable(operation, outcome) || !requireConstraint(operation, outcome)) return;
    const constraint = constraintOf(operation, outcome);
    outcome.lock(operation.table, 'SHARE UPDATE EXCLUSIVE');
    if (constraint === undefined) outcome.assume(`what constraint "${operation.constraint}" is`);
    if (constraint?.enforced === false) outcome.fail('55000', 'always');
    if (constraint !== undefined && constraint.index !== null) outcome.fail('42809', 'always');
    if (constraint?.validated !== true) validate(operation, constraint, outcome);
  },

  dropConstraint(operation, outcome) {
    if (!requireTable(operation, outcome)) return;
    const { table, constraint: name } = operation;
    // Nobody may be in the middle of using a partition, so all are taken before anything is looked up.
    outcome.lockAll(outcome.partitionTree(table), 'ACCESS EXCLUSIVE');
    if (!requireConstraint(operation, outcome)) return;
    const constraint = constraintOf(operation, outcome);
    if (constraint !== undefined && (isFromParent(table, constraint, outcome) || isKeysNotNull(table, constraint, outcome))) return outcome.fail('42P16', 'always');
    outcome.lockAll(inheriting(operation, constraint, outcome), 'ACCESS EXCLUSIVE');
    if (constraint === undefined) {
      if (operation.type === undefined || operation.type === 'foreign key') outcome.assume(`what constraint "${name}" is`);
    } else {
      lockReferenced(outcome, constraint, true);
      if (constraint.index !== null) dropKey(operation, constraint, outcome);
    }
    outcome.lose('integrity', table);
  },

  renameConstraint(operation, outcome) {
    if (!requireTable(operation, outcome) || !requireConstraint(operation, outcome)) return;
    const constraint = constraintOf(operation, outcome);
    const { table, to } = operation;
    if (constraint !== undefined && isFromParent(table, constraint, outcome)) outcome.fail('42P16', 'always');
    else if (outcome.relation(table)?.constraints.has(to)) outcome.fail('42710', 'always');
    const inherited = constraint?.definition.type === 'check' || constraint?.definition.type === 'not null';
    outcome.lockAll(inherited ? outcome.family(operation.table, operation.only) : [operation.table], 'ACCESS EXCLUSIVE');
  },
};

/** A constraint that a parent passed on changes only with the parent's. */
function isFromParent(table: QualifiedName, { name, definition }: TableConstraint, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation === undefined) return false;
  const parents = relation.partitionOf === null ? relation.inherits : [relation.partitionOf.parent];
  return parents.some((key) => {
    const constraints = [...(outcome.schema.relations.get(key)?.constraints.values() ?? [])];
    return constraints.some((each) => isSame(each, { name, definition }, relation.partitionOf !== null));
  });
}

function isSame(parent: TableConstraint, child: Pick<TableConstraint, 'name' | 'definition'>, partition: boolean): boolean {
  const [above, own] = [parent.definition, child.definition];
  if (above.type !== own.type || ('noInherit' in above && above.noInherit === true)) return false;
  if (own.type === 'check') return parent.name === child.name;
  if (own.type === 'not null') return above.type === 'not null' && above.column === own.column;
  if (own.type === 'foreign key') return partition && parent.name === child.name;
  return partition && 'columns' in above && 'columns' in own && above.columns.join() === own.columns.join();
}

/** NOT NULL of a column that a primary key or an identity needs. */
function isKeysNotNull(table: QualifiedName, { definition }: TableConstraint, outcome: Outcome): boolean {
  if (definition.type !== 'not null') return false;
  const relation = outcome.relation(table);
  return primaryKeyOf(relation).includes(definition.column) || Boolean(relation?.columns.get(definition.column)?.identity);
}

/** Children that have the constraint from here; ONLY leaves it to them but has to tell the first generation. */
function inheriting({ table, only }: DropConstraint, constraint: TableConstraint | undefined, outcome: Outcome): QualifiedName[] {
  const type = constraint?.definition.type ?? 'check';
  if (only && outcome.version < 18 && type === 'check' && outcome.partitions(table).length > 0) outcome.fail('42P16', 'always');
  if (type !== 'check' && type !== 'not null') return outcome.partitions(table);
  if (!only || outcome.isPartitioned(table)) return outcome.below(table);
  return (outcome.relation(table)?.children ?? []).map((key) => outcome.nameOf(key));
}

/** A weak lock and a read of every row; the other table of a foreign key is only kept from losing rows. */
function validate(operation: ValidateConstraint, constraint: TableConstraint | undefined, outcome: Outcome): void {
  const { table, only } = operation;
  const foreignKey = constraint?.definition.type === 'foreign key' ? constraint.definition : null;
  if (only && foreignKey === null && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
  const members = foreignKey === null ? outcome.family(table) : outcome.partitionTree(table);
  outcome.lockAll(members, 'SHARE UPDATE EXCLUSIVE');
  for (const member of members) if (!isValidated(member, operation.constraint, outcome)) outcome.scan(member);
  if (foreignKey !== null) outcome.lockAll(outcome.partitionTree(foreignKey.references.table), 'ROW SHARE');
  outcome.failOn(table, failureOf(constraint), constraint?.definition.type === 'not null' ? 'nulls' : 'violations');
}

function isValidated(table: QualifiedName, constraint: string, outcome: Outcome): boolean {
  return outcome.relation(table)?.constraints.get(constraint)?.validated === true;
}

/** A column that a parent marks NOT NULL; plain inheritance keeps to it since 18. */
function notNullAbove(relation: Relation | undefined, column: string, outcome: Outcome): boolean {
  if (relation === undefined || relation.columns.get(column)?.notNull === false) return false;
  const inherited = outcome.version >= 18 ? relation.inherits : [];
  const parents = relation.partitionOf === null ? inherited : [relation.partitionOf.parent];
  return parents.some((key) => outcome.schema.relations.get(key)?.columns.get(column)?.notNull === true);
}

function primaryKeyOf(relation: Relation | undefined): string[] {
  for (const { definition } of relation?.constraints.values() ?? []) if (definition.type === 'primary key') return definition.columns;
  return [];
}

function failureOf(constraint: TableConstraint | undefined): string {
  switch (constraint?.definition.type) {
    case 'foreign key':
      return '23503';
    case 'not null':
      return '23502';
    default:
      return '23514';
  }
}

/** Foreign keys hang on the key they point at, not only on its columns. */
function dropKey(operation: { table: QualifiedName; cascade?: true }, constraint: TableConstraint, outcome: Outcome): void {
  for (const table of outcome.partitions(operation.table)) dropKeyOf({ ...operation, table }, constraint, outcome);
  dropKeyOf(operation, constraint, outcome);
}

function dropKeyOf(operation: { table: QualifiedName; cascade?: true }, constraint: TableConstraint, outcome: Outcome): void {
  const { definition } = constraint;
  const columns = 'columns' in definition ? [...definition.columns].sort().join() : '';
  for (const reference of referencing(outcome.schema, operation.table)) {
    if ([...referencedColumns(outcome, reference)].sort().join() !== columns) continue;
    if (!operation.cascade) outcome.fail('2BP01', 'always');
    outcome.lock(reference.table.name, 'ACCESS EXCLUSIVE');
    outcome.lockAll(outcome.partitions(reference.table.name), 'ACCESS EXCLUSIVE');
  }
}

