import type { Constraint, CreateTable, ForeignKeyConstraint, QualifiedName } from '../../operations/types.js';
import { sameType } from '../../sql/type.js';
import { isOrdered, storedType } from '../casts.js';
import { columnsIn } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { objectKey, relationKey } from '../schema.js';
import { baseType } from '../type-change.js';
import { refuseGenerated } from './add-column.js';
import { lockRead } from './dependants.js';
import { lockReferencedSide, refusePersistence, refusePair, refuseWithoutKey } from './foreign-keys.js';
import { requireTable, type Handlers } from './handler.js';
import { isTaken } from './keys.js';
import { refuseColumn } from './new-column.js';
import { isMutable } from '../volatility.js';
import { lockNewPartition } from './partitions.js';

export const newTables: Handlers<'createTable' | 'createTableAs'> = {
  createTable,

  createTableAs(operation, outcome) {
    if (refuseExisting(operation, outcome)) return outcome.lockAll(operation.query.reads, 'ACCESS SHARE');
    lockRead(outcome, operation.query.reads);
  },
};

/** True when the relation is there already: skipped with IF NOT EXISTS, refused without. */
function refuseExisting(operation: { table: QualifiedName; guard?: string; persistence?: string }, outcome: Outcome): boolean {
  // A temporary table is in a schema of its own.
  if (operation.persistence === 'temporary') return false;
  if (isMissingNamespace(operation.table, outcome)) {
    outcome.fail('3F000', 'always');
    return true;
  }
  if (isTaken(operation.table, outcome)) {
    if (operation.guard !== 'if not exists') outcome.fail('42P07', 'always');
    return true;
  }
  // Types and the row types of tables share their names.
  if (outcome.schema.types.has(relationKey(operation.table))) outcome.fail('42710', 'always');
  return outcome.refused;
}

export function isMissingNamespace({ schema }: QualifiedName, outcome: Outcome): boolean {
  if (schema === undefined || schema === 'public' || schema.startsWith('pg_') || !outcome.schema.complete) return false;
  return !outcome.schema.objects.has(objectKey('schema', { name: schema }));
}

function createTable(operation: CreateTable, outcome: Outcome): void {
  if (refuseExisting(operation, outcome) || refuseDefinition(operation, outcome)) return;
  takeOver(operation, outcome);
  const own = relationKey(operation.table);
  const others = constraintsOf(operation).filter((constraint) => constraint.type === 'foreign key' && relationKey(constraint.references.table) !== own);
  for (const constraint of others) if (constraint.type === 'foreign key') reference(operation, constraint, outcome);
  for (const column of operation.columns) refuseGenerated(column, outcome);
}

/** Columns and constraints that come from elsewhere. */
function takeOver(operation: CreateTable, outcome: Outcome): void {
  for (const parent of operation.inherits ?? []) inherit(operation, parent, outcome);
  for (const { table } of operation.like ?? []) if (requireTable({ table }, outcome)) outcome.lock(table, 'ACCESS SHARE');
  if (operation.partitionOf !== undefined) lockNewPartition(operation, operation.partitionOf, outcome);
}

function reference(operation: CreateTable, constraint: ForeignKeyConstraint, outcome: Outcome): void {
  const { table, columns } = constraint.references;
  lockReferencedSide(table, outcome);
  refusePersistence(operation.persistence ?? 'permanent', table, outcome);
  refuseWithoutKey(constraint, outcome);
  constraint.columns.forEach((name, index) => {
    const own = operation.columns.find((column) => column.name === name)?.type;
    refusePair(own, table, columns[index], outcome);
  });
}

function inherit({ columns }: CreateTable, parent: QualifiedName, outcome: Outcome): void {
  if (!outcome.mayExist(parent)) return outcome.fail('42P01', 'always');
  const above = outcome.relation(parent);
  if (above !== undefined && (above.kind !== 'table' || above.partitionOf !== null)) return outcome.fail('42809', 'always');
  const differs = columns.some(({ name, type }) => {
    const other = above?.columns.get(name)?.type;
    return type !== undefined && other !== undefined && other !== null && !sameType(storedType(type), other);
  });
  if (differs) outcome.fail('42804', 'always');
  outcome.lock(parent, 'SHARE UPDATE EXCLUSIVE');
}

/** The constraints of the table and of its columns, each with the columns it is about. */
function constraintsOf({ constraints, columns }: CreateTable): Constraint[] {
  return [...constraints, ...columns.flatMap((column) => (column.constraints ?? []).map((constraint) => about(constraint, column.name)))];
}

function about(constraint: Constraint, column: string): Constraint {
  return 'columns' in constraint && constraint.columns.length === 0 ? { ...constraint, columns: [column] } : constraint;
}

/** True when the definition contradicts itself or names what is not there. */
function refuseDefinition(operation: CreateTable, outcome: Outcome): boolean {
  const { columns } = operation;
  const constraints = constraintsOf(operation);
  if (new Set(columns.map(({ name }) => name)).size < columns.length) outcome.fail('42701', 'always');
  if (constraints.filter(({ type }) => type === 'primary key').length > 1) outcome.fail('42P16', 'always');
  refuseOfType(operation, outcome);
  for (const column of columns) refuseColumn(column, outcome);
  refuseUnknownColumns(operation, constraints, outcome);
  refuseParting(operation, outcome);
  refuseKeys(operation, constraints, outcome);
  return outcome.refused;
}

function refuseOfType({ ofType }: CreateTable, outcome: Outcome): void {
  if (ofType === undefined || !outcome.schema.complete) return;
  const kind = outcome.schema.types.get(relationKey(ofType))?.kind;
  if (kind === undefined && outcome.relation(ofType) === undefined) outcome.fail('42704', 'always');
  else if (kind !== 'composite') outcome.fail('42809', 'always');
}

/** What rows may be parted by. */
function refuseParting({ partitionBy, columns, inherits, persistence }: CreateTable, outcome: Outcome): void {
  if (partitionBy === undefined) return;
  if (persistence === 'unlogged' && outcome.version >= 18) outcome.fail('0A000', 'always');
  const { strategy, keys } = partitionBy;
  if ((inherits ?? []).length > 0 || (strategy === 'list' && keys.length > 1)) outcome.fail('42P17', 'always');
  if (keys.some(({ expression }) => expression !== undefined && isMutable(expression, outcome.schema))) outcome.fail('42P17', 'always');
  const types = keys.flatMap(({ column, operatorClass }) => (operatorClass === undefined ? (columns.find(({ name }) => name === column)?.type ?? []) : []));
  if (types.some((type) => !isOrdered(baseType(type, outcome.schema)))) outcome.fail('42704', 'always');
}

/** Only a table that takes no column from elsewhere tells all of them. */
function refuseUnknownColumns({ columns, inherits, like, ofType, partitionOf, partitionBy }: CreateTable, constraints: readonly Constraint[], outcome: Outcome): void {
  if ((inherits ?? []).length > 0 || (like ?? []).length > 0 || ofType !== undefined || partitionOf !== undefined) return;
  const known = new Set(columns.map(({ name }) => name));
  const named = [...(partitionBy?.keys.flatMap(({ column }) => column ?? []) ?? []), ...constraints.flatMap(columnsNamed), ...columns.flatMap(({ generated }) => columnsIn(generated?.expression ?? ''))];
  if (named.some((name) => !known.has(name))) outcome.fail('42703', 'always');
}

function columnsNamed(constraint: Constraint): string[] {
  if (constraint.type === 'check') return columnsIn(constraint.expression);
  if (constraint.type === 'not null') return [constraint.column];
  return 'columns' in constraint ? constraint.columns : [];
}

/** Keys are in an order, and in a partitioned table they hold what the rows are parted by. */
function refuseKeys({ columns, partitionBy }: CreateTable, constraints: readonly Constraint[], outcome: Outcome): void {
  for (const constraint of constraints) {
    if (constraint.type !== 'primary key' && constraint.type !== 'unique') continue;
    const types = columns.filter(({ name }) => constraint.columns.includes(name)).flatMap(({ type }) => type ?? []);
    if (types.some((type) => !isOrdered(baseType(type, outcome.schema)))) outcome.fail('42704', 'always');
    const parted = partitionBy?.keys ?? [];
    if (parted.some(({ column }) => column === undefined || !constraint.columns.includes(column))) outcome.fail('0A000', 'always');
  }
}
