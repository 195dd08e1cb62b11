import type { DropColumn, QualifiedName } from '../../operations/types.js';
import { columnsIn, tokensOf } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { referencing, relationKey, type Relation } from '../schema.js';
import { isInherited, isUsedInside, partitionColumns, ruledOver, viewsOver } from './column-uses.js';
import { constraintColumns, drawingFromOwned, lockReferenced, ownForeignKeys, referencedColumns } from './dependants.js';
import { requireColumn, requireTable } from './handler.js';

/** Everything that rests on the column goes with it, and what belongs to others only with CASCADE. */
export function dropColumn(operation: DropColumn, outcome: Outcome): void {
  if (!requireTable(operation, outcome) || outcome.refuseView(operation.table) || outcome.refuseTyped(operation.table)) return;
  lockFamily(operation, outcome);
  if (outcome.refused || requireColumn(operation, outcome) === null) return;
  const { table, column } = operation;
  const relation = outcome.relation(table);
  if (outcome.whole(table) === undefined) outcome.assume(`the foreign keys of "${table.name}"`);
  if (relation !== undefined) dropDependants(relation, operation, outcome);
  dropOwnedSequences(operation, outcome);
  if (!isAddedHere(relation, column)) outcome.lose('data', table);
}

/** ONLY keeps the column in the children, whose first generation has to be told. */
function lockFamily({ table, only }: DropColumn, outcome: Outcome): void {
  const children = (outcome.relation(table)?.children ?? []).map((key) => outcome.nameOf(key));
  if (only && outcome.partitions(table).length > 0) outcome.fail('42P16', 'always');
  outcome.lockAll(only ? [table, ...children] : outcome.family(table), 'ACCESS EXCLUSIVE');
}

function isAddedHere(relation: Relation | undefined, column: string): boolean {
  return relation?.columns.get(column)?.addedHere === true;
}

function dropDependants(top: Relation, operation: { table: QualifiedName; column: string; cascade?: true; only?: true }, outcome: Outcome): void {
  const family = outcome.family(operation.table, operation.only).flatMap((name) => outcome.relation(name) ?? []);
  if (family.some((each) => partitionColumns(each).includes(operation.column)) || isInherited(top, operation.column, outcome)) {
    return outcome.fail('42P16', 'always');
  }
  for (const relation of family) dropDependantsOf(relation, operation, outcome);
}

function dropDependantsOf(relation: Relation, operation: { column: string; cascade?: true }, outcome: Outcome): void {
  const { column } = operation;
  for (const key of ownForeignKeys(outcome, relation)) {
    if (constraintColumns(key, relation).includes(column)) lockReferenced(outcome, key, false);
  }
  const generated = [...relation.columns.values()].filter((each) => columnsIn(each.generated?.expression ?? '').includes(column));
  const dependants = [
    ...keysPointingAt(relation, column, outcome),
    ...[column, ...generated.map(({ name }) => name)].flatMap((name) => viewsOver(relation, name, outcome)),
    ...policiesReading(relation, column, outcome),
    ...ruledOver(relation, outcome, column),
  ];
  outcome.lockAll(dependants, 'ACCESS EXCLUSIVE');
  if (dependants.length === 0 && !isUsedInside(relation, column, outcome.version >= 15)) return;
  if (!operation.cascade) outcome.fail('2BP01', 'always');
}

/** Tables whose foreign keys point at the column; the table's own key goes silently when it hangs on the column as well. */
function keysPointingAt(relation: Relation, column: string, outcome: Outcome): QualifiedName[] {
  return referencing(outcome.schema, relation.name)
    .filter((reference) => referencedColumns(outcome, reference).includes(column))
    .filter(({ table, constraint }) => table !== relation || !constraintColumns(constraint, relation).includes(column))
    .flatMap(({ table }) => [table.name, ...outcome.partitions(table.name)]);
}

/** Other tables whose policies read the column. */
function policiesReading(relation: Relation, column: string, outcome: Outcome): QualifiedName[] {
  const key = relationKey(relation.name);
  return [...outcome.schema.relations.values()]
    .filter((other) => other !== relation && [...other.policyReads].some(([policy, reads]) => reads.includes(key) && readsColumn(other, policy, column)))
    .map(({ name }) => name);
}

function readsColumn({ policyExpressions }: Relation, policy: string, column: string): boolean {
  return (policyExpressions.get(policy) ?? []).some((expression) => tokensOf(expression).some(({ value }) => value === column));
}

/** The sequence of a serial column goes with it, and may be drawn from elsewhere. */
function dropOwnedSequences({ table, column, cascade }: { table: QualifiedName; column: string; cascade?: true }, outcome: Outcome): void {
  for (const other of drawingFromOwned(outcome, table, column)) {
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(other, 'ACCESS EXCLUSIVE');
  }
}
