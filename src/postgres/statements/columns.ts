import type { AlterColumnType, DataType, OperationKind, OperationOf, QualifiedName } from '../../operations/types.js';
import { isBuiltIn, isCollatable, isFixedLength, isNumber, isOrdered } from '../casts.js';
import { columnsIn, isNull, tokensOf } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { ownerOfIndex, referencing, relationKey, type Column, type Relation, type TableConstraint } from '../schema.js';
import { baseType, typeChange, type TypeChange } from '../type-change.js';
import {
  constraintColumns,
  drawingFromOwned,
  incomingForeignKeys,
  indexColumns,
  lockReferenced,
  ownForeignKeys,
  readersOf,
  referencedColumns,
  viewsUsing,
} from './dependants.js';
import { isInteger, requireColumn, requireTable, type Handlers } from './handler.js';

type ColumnKinds =
  | 'dropColumn'
  | 'renameColumn'
  | 'alterColumnType'
  | 'setDefault'
  | 'dropDefault'
  | 'setExpression'
  | 'dropExpression'
  | 'addIdentity'
  | 'alterIdentity'
  | 'dropIdentity'
  | 'setStatistics'
  | 'setStorage'
  | 'setCompression'
  | 'setColumnOptions';

/** Actions that stop no writer, and those that this cannot be said of in general. */
const WEAK: ReadonlySet<OperationKind> = new Set<OperationKind>(['setStatistics', 'setColumnOptions', 'setTableOptions', 'setClusterIndex', 'validateConstraint', 'toggleTrigger', 'addConstraint']);

/** Catalogue changes that go down to partitions and children. */
function recursing<O extends { table: QualifiedName; column: string; only?: true }>(operation: O, outcome: Outcome): boolean {
  if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return false;
  outcome.lockAll(outcome.family(operation.table, operation.only), 'ACCESS EXCLUSIVE');
  return true;
}

/** Identity columns of partitions follow their parent since 17. */
function identity<O extends { kind: OperationKind; table: QualifiedName; column: string; only?: true }>(operation: O, outcome: Outcome): boolean {
  if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return false;
  const { table, only, kind } = operation;
  const found = outcome.relation(table)?.columns.get(operation.column)?.type;
  if (kind === 'addIdentity' && found && isBuiltIn(found) && !isInteger(found)) outcome.fail('22023', 'always');
  if (outcome.version >= 17 && outcome.relation(table)?.partitionOf) outcome.fail('42P16', 'always');
  outcome.lock(table, 'ACCESS EXCLUSIVE');
  if (outcome.version >= 17 && !only) outcome.lockAll(outcome.partitions(table), 'ACCESS EXCLUSIVE');
  return true;
}

export const columns: Handlers<ColumnKinds> = {
  dropColumn(operation, outcome) {
    if (!requireTable(operation, outcome)) return;
    const { table, column } = operation;
    if (outcome.refuseView(table)) return;
    const relation = outcome.relation(table);
    if (operation.only && relation?.kind === 'partitioned table' && relation.children.length > 0) return outcome.fail('42P16', 'always');
    const children = (relation?.children ?? []).map((key) => outcome.nameOf(key));
    // ONLY keeps the column in the children, whose first generation has to be told.
    outcome.lockAll(operation.only ? [table, ...children] : outcome.family(table), 'ACCESS EXCLUSIVE');
    if (requireColumn(operation, outcome) === null) return;
    if (relation === undefined || !relation.complete) outcome.assume(`the foreign keys of "${table.name}"`);
    if (relation !== undefined) dropDependants(relation, operation, outcome);
    dropOwnedSequences(operation, outcome);
    if (!relation?.columns.get(column)?.addedHere) outcome.lose('data', table);
  },

  renameColumn(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    const { table, only, to } = operation;
    if (only && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
    const relation = outcome.relation(table);
    if (relation !== undefined && (isInherited(relation, operation.column, outcome) || hasOtherParents(operation, outcome))) outcome.fail('42P16', 'always');
    if (relation?.columns.has(to)) outcome.fail('42701', 'always');
    outcome.lockAll(outcome.family(table, only), 'ACCESS EXCLUSIVE');
  },

  alterColumnType,
  setDefault(operation, outcome) {
    if (recursing(operation, outcome)) refuseOnGenerated(operation, outcome);
  },
  dropDefault(operation, outcome) {
    if (recursing(operation, outcome)) refuseOnGenerated(operation, outcome);
  },

  setExpression(operation, outcome) {
    if (!recursing(operation, outcome)) return;
    if (outcome.version < 17) return outcome.fail('42601', 'always');
    const { table, column, only } = operation;
    const generated = outcome.relation(table)?.columns.get(column)?.generated;
    if (generated === null) return outcome.fail('55000', 'always');
    if (generated === undefined) outcome.assume(`whether "${column}" is stored`);
    if (generated !== undefined && generated.stored !== true) return;
    for (const member of outcome.family(table, only)) outcome.rewrite(member);
  },
  dropExpression(operation, outcome) {
    if (!recursing(operation, outcome)) return;
    if (outcome.version < 13) outcome.fail('42601', 'always');
    const relation = outcome.relation(operation.table);
    if (relation !== undefined && isInherited(relation, operation.column, outcome)) outcome.fail('42P16', 'always');
    const generated = outcome.relation(operation.table)?.columns.get(operation.column)?.generated;
    if (generated === null && operation.guard !== 'if exists') outcome.fail('55000', 'always');
    if (generated && generated.stored !== true && outcome.version >= 18) outcome.fail('0A000', 'always');
  },

  addIdentity(operation, outcome) {
    if (!identity(operation, outcome)) return;
    const column = outcome.relation(operation.table)?.columns.get(operation.column);
    if (column?.notNull === false) outcome.fail('55000', 'always');
    if (column?.identity || (column?.default !== undefined && column.default !== null)) outcome.fail('55000', 'always');
  },
  alterIdentity(operation, outcome) {
    if (identity(operation, outcome)) refuseWithoutIdentity(operation, outcome);
  },
  dropIdentity(operation, outcome) {
    if (identity(operation, outcome) && operation.guard !== 'if exists') refuseWithoutIdentity(operation, outcome);
  },

  setStatistics(operation, outcome) {
    if (operation.relation === 'index') return refuseStatistics(operation, outcome);
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    // One ALTER TABLE takes every table in the strongest mode that any of its actions asks for.
    const alone = outcome.siblings.every(({ kind }) => WEAK.has(kind));
    outcome.lockAll(outcome.family(operation.table, operation.only), alone ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  },
  setStorage(operation, outcome) {
    if (recursing(operation, outcome) && !/^(?:plain|default)$/i.test(operation.storage)) refuseFixedLength(operation, outcome);
  },
  setCompression(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    if (outcome.version < 14) return outcome.fail('42601', 'always');
    refuseFixedLength(operation, outcome);
    outcome.lock(operation.table, 'ACCESS EXCLUSIVE');
  },
  setColumnOptions(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    outcome.lock(operation.table, 'SHARE UPDATE EXCLUSIVE');
  },
};

/** What is never out of line cannot be compressed or moved there. */
function refuseFixedLength({ table, column }: { table: QualifiedName; column: string }, outcome: Outcome): void {
  const type = outcome.relation(table)?.columns.get(column)?.type;
  if (!type) return;
  const base = baseType(type, outcome.schema);
  const isEnum = (base.dimensions ?? 0) === 0 && outcome.schema.types.get(relationKey(base))?.kind === 'enum';
  if (isEnum || isFixedLength(base)) outcome.fail('0A000', 'always');
}

/** A child that has the column from another parent as well cannot change it for one of them. */
function hasOtherParents({ table, column, only }: { table: QualifiedName; column: string; only?: true }, outcome: Outcome): boolean {
  const family = new Set(outcome.family(table, only).map(relationKey));
  return [...family].some((key) => {
    const inherits = outcome.schema.relations.get(key)?.inherits ?? [];
    const others = key === relationKey(table) ? [] : inherits.filter((parent) => !family.has(parent));
    return others.some((parent) => outcome.schema.relations.get(parent)?.columns.has(column));
  });
}

/** Only the expressions of an index have statistics of their own. */
function refuseStatistics({ table, column }: OperationOf<'setStatistics'>, outcome: Outcome): void {
  const key = ownerOfIndex(outcome.schema, table)?.indexes.get(table.name)?.keys[Number(column) - 1];
  if (key?.column !== undefined) outcome.fail('0A000', 'always');
}

function refuseOnGenerated({ table, column }: { table: QualifiedName; column: string }, outcome: Outcome): void {
  const found = outcome.relation(table)?.columns.get(column);
  if (found?.generated || found?.identity) outcome.fail('42601', 'always');
}

function refuseWithoutIdentity({ table, column }: { table: QualifiedName; column: string }, outcome: Outcome): void {
  if (outcome.relation(table)?.columns.get(column)?.identity === null) outcome.fail('55000', 'always');
}

// --- DROP COLUMN ------------------------------------------------------------

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

export function viewsOver(relation: Relation, column: string, outcome: Outcome): QualifiedName[] {
  const views = viewsUsing(outcome, relation.name, column);
  return views.flatMap((view) => [view, ...readersOf(outcome, view)]).map((key) => outcome.nameOf(key));
}

/** Generated columns, triggers and policies of the table that name the column, and hold it fast. */
function isUsedInside(relation: Relation, column: string, generated = true): boolean {
  return (generated && generatedFrom(relation, column)) || triggerUses(relation, column) || policyUses(relation, column);
}

function generatedFrom(relation: Relation, column: string): boolean {
  return [...relation.columns.values()].some((each) => columnsIn(each.generated?.expression ?? '').includes(column));
}

function triggerUses({ triggerTexts }: Relation, column: string): boolean {
  return [...triggerTexts.values()].some(({ columns: updated, text }) => updated.includes(column) || whenOf(text).includes(column));
}

/** Columns in the WHEN of a trigger, which it writes after `new.` and `old.`. */
function whenOf(text: string): string[] {
  const condition = /\bwhen\s*(\([\s\S]*\))\s*execute\b/i.exec(text)?.[1];
  return condition === undefined ? [] : columnsIn(condition);
}

function policyUses({ policyExpressions }: Relation, column: string): boolean {
  return [...policyExpressions.values()].some((expressions) => expressions.some((each) => columnsIn(each).includes(column)));
}

function partitionColumns(relation: Relation): string[] {
  return relation.partitionBy?.keys.flatMap(({ column, expression }) => (column === undefined ? columnsIn(expression ?? '') : [column])) ?? [];
}

function isInherited(relation: Relation, column: string, outcome: Outcome): boolean {
  const parents = relation.partitionOf === null ? relation.inherits : [relation.partitionOf.parent];
  return parents.some((key) => outcome.schema.relations.get(key)?.columns.has(column));
}

// --- ALTER COLUMN TYPE --------------------------------------------------------

function alterColumnType(operation: AlterColumnType, outcome: Outcome): void {
  if (!requireTable(operation, outcome) || outcome.refuseView(operation.table)) return;
  const found = requireColumn(operation, outcome);
  if (found === null) return;
  const { table, only } = operation;
  const family = outcome.family(table, only);
  outcome.lockAll(family, 'ACCESS EXCLUSIVE');
  if (operation.using !== undefined && found.column?.generated) return outcome.fail('42611', 'always');
  refuseInherited(operation, outcome);
  const change = changeOf(operation, found.column, outcome);
  outcome.assume(change.assumes);
  if (change.fails !== null) return outcome.fail(change.fails, 'always');
  refuseDefault(operation, found.column, outcome);
  if (change.misfits !== null) outcome.failOn(table, change.misfits, change.misfits === '22026' ? 'rows' : 'violations');
  refuseTypeChange(operation, outcome);
  for (const member of family) applyTypeChange(member, operation, change, outcome);
}

function changeOf(operation: AlterColumnType, column: Column | undefined, outcome: Outcome): TypeChange {
  const change = typeChange({
    column: operation.column,
    from: column?.type ?? operation.from ?? null,
    to: operation.type,
    ...(operation.using === undefined ? {} : { using: operation.using }),
    schema: outcome.schema,
    timeZone: outcome.session.settings.get('timezone')?.value,
    version: outcome.version,
  });
  const collation = collationOf(operation.collation);
  const before = collationOf(column?.collation);
  return collation === before ? change : { ...change, rebuildsIndexes: true };
}

/** The collation called `default` is that of the database, which a column without one has. */
function collationOf(collation: QualifiedName | null | undefined): string | null {
  return collation?.name === 'default' ? null : (collation?.name ?? null);
}

/** USING converts the rows; the default has to get to the new type by itself. */
function refuseDefault(operation: AlterColumnType, column: Column | undefined, outcome: Outcome): void {
  if (!column?.default || isNull(column.default) || column.type === null) return;
  const { using, ...plain } = operation;
  if (using === undefined) return;
  const { fails } = changeOf(plain, column, outcome);
  if (fails !== null) outcome.fail(fails, 'always');
}

function refuseInherited({ table, column, only }: AlterColumnType, outcome: Outcome): void {
  const family = outcome.family(table, only).flatMap((name) => outcome.relation(name) ?? []);
  const isPartitionKey = family.some((each) => partitionColumns(each).includes(column));
  const relation = outcome.relation(table);
  const inherited = relation !== undefined && isInherited(relation, column, outcome);
  if (isPartitionKey || inherited || hasOtherParents({ table, column }, outcome)) outcome.fail('42P16', 'always');
}

function refuseTypeChange({ table, column, only, type, collation }: AlterColumnType, outcome: Outcome): void {
  const relation = outcome.relation(table);
  if (relation === undefined) return;
  const base = baseType(type, outcome.schema);
  if (collation !== undefined && isBuiltIn(base) && !isCollatable(base)) outcome.fail('42804', 'always');
  if (relation.columns.get(column)?.identity && isBuiltIn(type) && !isInteger(type)) outcome.fail('22023', 'always');
  // Before 15 a generated column was refused as a mistake of syntax.
  const family = outcome.family(table, only).flatMap((name) => outcome.relation(name) ?? []);
  if (outcome.version < 15 && generatedFrom(relation, column)) outcome.fail('42601', 'always');
  if (family.some((each) => viewsUsing(outcome, each.name, column).length > 0 || isUsedInside(each, column))) outcome.fail('0A000', 'always');
  if (only && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
}

function applyTypeChange(member: QualifiedName, { column, type }: AlterColumnType, change: TypeChange, outcome: Outcome): void {
  if (change.rewrites) outcome.rewrite(member);
  const relation = outcome.relation(member);
  if (relation === undefined) return;
  if (!change.rewrites) rebuildIndexes(relation, column, change, outcome);
  refuseIndexes(relation, column, type, outcome);
  for (const constraint of relation.constraints.values()) {
    if (constraintColumns(constraint, relation).includes(column)) remakeConstraint(relation, constraint, { column, type, change }, outcome);
  }
  revalidateIncoming(relation, column, change, outcome);
}

/** 42704: the new type has no operators for the index there is. */
function refuseIndexes(relation: Relation, column: string, type: DataType, outcome: Outcome): void {
  if (isOrdered(type)) return;
  const ordered = [...relation.indexes.values()].some(({ method, keys }) => method === 'btree' && keys.some((key) => key.column === column && key.operatorClass === undefined));
  if (ordered) outcome.fail('42704', 'always');
}

interface Retyped {
  column: string;
  type: DataType;
  change: TypeChange;
}

/** `c > 0`: only a number compares with that. */
function comparesWithNumber(expression: string, column: string): boolean {
  const tokens = tokensOf(expression);
  return tokens.some(
    ({ value }, index) => value === column && tokens[index + 1]?.kind === 'operator' && tokens[index + 2]?.kind === 'number',
  );
}

/** CHECK constraints and foreign keys are dropped and added again, and with that verified again. */
function remakeConstraint(relation: Relation, constraint: TableConstraint, { column, type, change }: Retyped, outcome: Outcome): void {
  const { definition, validated, enforced } = constraint;
  const verified = validated && enforced;
  if (definition.type === 'check' && comparesWithNumber(definition.expression, column) && isBuiltIn(type) && !isNumber(type)) outcome.fail('42883', 'always');
  if (definition.type === 'check' && verified) {
    outcome.scan(relation.name);
    outcome.failOn(relation.name, '23514', 'violations');
  }
  if (definition.type !== 'foreign key') return;
  lockOtherSide(definition.references.table, outcome);
  if (change.rewrites && verified) outcome.scan(relation.name);
}

/** The foreign key is dropped and made again: the strongest of both on every table it touches. */
function lockOtherSide(target: QualifiedName, outcome: Outcome): void {
  const parts = outcome.partitions(target);
  outcome.lock(target, parts.length > 0 && outcome.version < 15 ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  outcome.lockAll(parts, 'ACCESS EXCLUSIVE');
}

function revalidateIncoming(relation: Relation, column: string, change: TypeChange, outcome: Outcome): void {
  for (const reference of incomingForeignKeys(outcome, relation.name)) {
    if (!referencedColumns(outcome, reference).includes(column)) continue;
    const from = reference.table.name;
    const partitions = outcome.partitions(from);
    outcome.lockAll([from, ...partitions], 'ACCESS EXCLUSIVE');
    if (!change.rewrites || !reference.constraint.validated || !reference.constraint.enforced) continue;
    for (const member of [from, ...partitions]) outcome.scan(member);
  }
}

/** An index with an expression or a predicate is never taken over, a plain one when its operators stay. */
function rebuildIndexes(relation: Relation, column: string, change: TypeChange, outcome: Outcome): void {
  for (const [name, index] of relation.indexes) {
    if (!indexColumns(index).includes(column)) continue;
    const plain = index.where === null && index.keys.every((key) => key.expression === undefined);
    if (plain && !change.rebuildsIndexes) continue;
    outcome.build(relation.name, name);
    outcome.scan(relation.name);
  }
}

