import type { AddConstraint, DataType, ForeignKeyConstraint, QualifiedName } from '../../operations/types.js';
import { isComparable, storedType } from '../casts.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type Relation } from '../schema.js';
import { baseType } from '../type-change.js';
import { missingColumns } from './handler.js';
import { primaryKeyOf } from './not-null.js';

export function addForeignKey({ table, only }: AddConstraint, constraint: ForeignKeyConstraint, outcome: Outcome): void {
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
  if (!constraint.notValid && !constraint.notEnforced) verify(table, partitions, outcome);
}

function verify(table: QualifiedName, partitions: readonly QualifiedName[], outcome: Outcome): void {
  for (const member of [table, ...partitions]) outcome.scan(member);
  outcome.failOn(table, '23503', 'violations');
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

/** Keys of the same ALTER TABLE are made before its foreign keys. */
function isKeyedHere(table: QualifiedName, { siblings }: Outcome): boolean {
  return siblings.some((each) => each.kind === 'addConstraint' && relationKey(each.table) === relationKey(table) && (each.constraint.type === 'primary key' || each.constraint.type === 'unique'));
}

/** 42830: the columns pointed at are no key of the other table. */
export function refuseWithoutKey({ references }: ForeignKeyConstraint, outcome: Outcome): void {
  const target = outcome.relation(references.table);
  if (target === undefined || !target.complete || isKeyedHere(references.table, outcome)) return;
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
  columns.forEach((column, index) => refusePair(outcome.relation(table)?.columns.get(column)?.type, references.table, references.columns[index] ?? keyColumn(references.table, index, outcome), outcome));
}

/** The primary key is meant where no columns are named. */
function keyColumn(table: QualifiedName, index: number, outcome: Outcome): string | undefined {
  return primaryKeyOf(outcome.relation(table))[index];
}

export function refusePair(from: DataType | null | undefined, target: QualifiedName, column: string | undefined, outcome: Outcome): void {
  const to = outcome.relation(target)?.columns.get(column ?? primaryKeyOf(outcome.relation(target))[0] ?? '')?.type;
  if (!from || !to || isComparable(storedType(baseType(from, outcome.schema)), storedType(baseType(to, outcome.schema)))) return;
  outcome.fail('42804', 'always');
}
