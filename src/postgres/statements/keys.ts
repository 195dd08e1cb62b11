import type { AddConstraint, ExclusionConstraint, PrimaryKeyConstraint, QualifiedName, UniqueConstraint } from '../../operations/types.js';
import { isOrdered } from '../casts.js';
import { columnNamed } from '../expression.js';
import { constraintName } from '../generated-names.js';
import { lacksOperatorClass } from '../operator-class.js';
import type { Outcome } from '../outcome.js';
import { newRelation, relationKey, type Index, type Relation } from '../schema.js';
import { baseType } from '../type-change.js';
import { missingColumns } from './handler.js';
import { checkNotNull, hasUnvalidatedNotNull, isProvenNotNull } from './not-null.js';

type KeyConstraint = PrimaryKeyConstraint | UniqueConstraint | ExclusionConstraint;

/** A table of which nothing is known, for names that only need its own. */
function known(table: QualifiedName, outcome: Outcome): Relation {
  return outcome.relation(table) ?? newRelation(table);
}

/** Builds the index behind a key, on the table and on every partition, each under the name PostgreSQL gives it. */
export function buildKey(table: QualifiedName, constraint: KeyConstraint, outcome: Outcome, only?: true): void {
  const { name, ...unnamed } = constraint;
  for (const member of only ? [table] : outcome.partitionTree(table)) {
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

/** Partitions are unique each on its own, so that the key of the table has to be in it. */
export function refuseWithoutPartitionKey(table: QualifiedName, columns: readonly string[], outcome: Outcome): void {
  const keys = outcome.partitionTree(table).flatMap((member) => outcome.relation(member)?.partitionBy?.keys ?? []);
  if (keys.some(({ column }) => column === undefined || !columns.includes(column))) outcome.fail('0A000', 'always');
}

export function addKey(operation: AddConstraint, constraint: PrimaryKeyConstraint | UniqueConstraint, outcome: Outcome): void {
  const { table, only } = operation;
  if (!only) outcome.lockAll(outcome.partitions(table), 'SHARE');
  if (constraint.type === 'primary key') refuseSecondPrimaryKey(table, outcome);
  if (constraint.usingIndex !== undefined) return adoptIndex(operation, constraint, constraint.usingIndex, outcome);
  if (missingColumns(table, constraint.columns, outcome)) return;
  refuseWithoutPartitionKey(table, constraint.columns, outcome);
  if (constraint.type === 'unique' && constraint.nullsNotDistinct && outcome.version < 15) outcome.fail('42601', 'always');
  if (constraint.name !== undefined && isTaken({ ...table, name: constraint.name }, outcome)) return outcome.fail('42P07', 'always');
  if (refuseColumns(table, constraint.columns, outcome)) return;
  buildKey(table, constraint, outcome, only);
  if (constraint.type === 'primary key') primaryKeyNotNull(operation, constraint.columns, outcome);
  outcome.failOn(table, '23505', 'duplicates');
}

function refuseColumns(table: QualifiedName, columns: readonly string[], outcome: Outcome): boolean {
  const unordered = columns.some((column) => isUnordered(table, column, outcome));
  if (unordered) outcome.fail('42704', 'always');
  else if (columns.some((column) => isVirtual(table, column, outcome))) outcome.fail('0A000', 'always');
  return unordered;
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

export function addExclusion({ table }: AddConstraint, constraint: ExclusionConstraint, outcome: Outcome): void {
  outcome.lockAll(outcome.partitions(table), 'SHARE');
  const columns = constraint.elements.flatMap((element) => columnNamed(element.replace(/\s+with\s+\S+\s*$/i, '')) ?? []);
  const types = columns.flatMap((column) => outcome.relation(table)?.columns.get(column)?.type ?? []);
  if (types.some((type) => lacksOperatorClass(type, constraint.method ?? 'btree', outcome.schema))) return outcome.fail('42704', 'always');
  buildKey(table, constraint, outcome);
  outcome.failOn(table, '23P01', 'violations');
}
