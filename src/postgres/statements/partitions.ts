import type { AttachPartition, CreateTable, DetachPartition, QualifiedName } from '../../operations/types.js';
import { sameType } from '../../sql/type.js';
import { tokensOf } from '../expression.js';
import { constraintName, indexName } from '../generated-names.js';
import type { Outcome } from '../outcome.js';
import { ownerOfIndex, relationKey, type Index, type Relation } from '../schema.js';
import { impliesPartition, isEmptyRange, misfitOf, overlaps } from './partition-bounds.js';
import { defaultPartition, incomingForeignKeys, ownForeignKeys, ownReferences } from './dependants.js';
import { requireTable, type Handlers } from './handler.js';

/** CREATE TABLE … PARTITION OF: the parent is shut, and the default partition searched for rows that now belong elsewhere. */
export function lockNewPartition(
  operation: CreateTable,
  { parent, bounds }: NonNullable<CreateTable['partitionOf']>,
  outcome: Outcome,
): void {
  if (!outcome.mayExist(parent)) return outcome.fail('42P01', 'always');
  if (outcome.refuseView(parent)) return;
  if (outcome.relation(parent)?.complete && !outcome.isPartitioned(parent)) return outcome.fail('42P17', 'always');
  refuseOverlap(parent, bounds, outcome);
  refuseSecondKey(operation, parent, outcome);
  outcome.lock(parent, 'ACCESS EXCLUSIVE');
  if (bounds !== undefined) checkDefault(parent, bounds, outcome);
  lockInherited(parent, outcome);
  if (outcome.relation(parent) === undefined) outcome.assume(`the partitions of "${parent.name}"`);
}

/** The parent's primary key is the partition's as well. */
function refuseSecondKey({ constraints, columns }: CreateTable, parent: QualifiedName, outcome: Outcome): void {
  const own = [...constraints, ...columns.flatMap((column) => column.constraints ?? [])].some(({ type }) => type === 'primary key');
  const above = [...(outcome.relation(parent)?.constraints.values() ?? [])].some(({ definition }) => definition.type === 'primary key');
  if (own && above) outcome.fail('42P16', 'always');
}

/** Two partitions never have room for the same row, and one default is enough. */
function refuseOverlap(parent: QualifiedName, bounds: string | undefined, outcome: Outcome): void {
  const relation = outcome.relation(parent);
  const strategy = relation?.partitionBy?.strategy;
  const siblings = (relation?.children ?? []).flatMap((key) => outcome.schema.relations.get(key)?.partitionOf?.bounds ?? []);
  const wrong = strategy === undefined ? null : misfitOf(strategy, bounds, siblings);
  if (wrong !== null) outcome.fail(wrong, 'always');
  if (bounds !== undefined && isEmptyRange(bounds)) outcome.fail('42P17', 'always');
  if (siblings.some((other) => overlaps(bounds ?? 'default', other))) outcome.fail('42P17', 'always');
}

function checkDefault(parent: QualifiedName, bounds: string, outcome: Outcome): void {
  const fallback = defaultPartition(outcome, parent);
  if (fallback === null) return;
  for (const member of outcome.family(fallback)) {
    outcome.lock(member, 'ACCESS EXCLUSIVE');
    if (excludes(member, parent, bounds, outcome)) continue;
    outcome.scan(member);
    if (outcome.hasStorage(member)) outcome.failOn(member, '23514', 'violations');
  }
}

/** A validated CHECK of the default partition that says NOT (…) of the new bounds spares the scan; nothing else is recognised. */
function excludes(member: QualifiedName, parent: QualifiedName, bounds: string, outcome: Outcome): boolean {
  const relation = outcome.relation(member);
  const strategy = outcome.relation(parent)?.partitionBy ?? null;
  return relation !== undefined && strategy !== null && impliesPartition(relation, strategy, bounds, 'outside');
}

/** The partitioned tables above. */
function ancestorsOf(table: QualifiedName, outcome: Outcome): QualifiedName[] {
  const parent = outcome.relation(table)?.partitionOf?.parent;
  return parent === undefined ? [] : [outcome.nameOf(parent), ...ancestorsOf(outcome.nameOf(parent), outcome)];
}

/** A partition takes over the parent's foreign keys in both directions. */
function lockInherited(parent: QualifiedName, outcome: Outcome): void {
  const relation = outcome.relation(parent);
  if (relation === undefined) return;
  // Those that the parent has from above are the partition's as well.
  for (const { definition } of relation.constraints.values()) {
    if (definition.type !== 'foreign key') continue;
    outcome.lock(definition.references.table, 'SHARE ROW EXCLUSIVE');
    outcome.lockAll(outcome.partitions(definition.references.table), 'SHARE ROW EXCLUSIVE');
  }
  const mode = outcome.version < 15 ? 'ACCESS SHARE' : 'SHARE ROW EXCLUSIVE';
  const above = ancestorsOf(parent, outcome);
  for (const name of [parent, ...above]) {
    for (const reference of ownReferences(outcome, incomingForeignKeys(outcome, name))) outcome.lock(reference.table.name, mode);
  }
}

export const partitions: Handlers<'attachPartition' | 'detachPartition'> = {
  attachPartition(operation, outcome) {
    if (operation.relation === 'index') return attachIndex(operation, outcome);
    if (!requireTable(operation, outcome)) return;
    if (!outcome.mayExist(operation.partition)) return outcome.fail('42P01', 'always');
    const { table, partition, bounds } = operation;
    if (refuseAttach(operation, outcome)) return;
    outcome.lock(table, outcome.version < 12 ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE');
    outcome.lockAll(outcome.family(partition), 'ACCESS EXCLUSIVE');
    if (bounds !== undefined) checkDefault(table, bounds, outcome);
    checkAttached(operation, outcome);
    lockInherited(table, outcome);
    const parent = outcome.relation(table);
    if (parent === undefined) return outcome.assume(`the indexes and the default partition of "${table.name}"`);
    for (const member of outcome.family(partition)) {
      for (const index of parent.indexes.values()) buildMissing(member, index, parent, outcome);
      if (ownForeignKeys(outcome, parent).length > 0) outcome.scan(member);
    }
  },

  detachPartition(operation, outcome) {
    if (!requireTable(operation, outcome) || refuseDetach(operation, outcome)) return;
    const { table, partition, concurrently, finalize } = operation;
    outcome.lock(table, concurrently || finalize ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
    const referenced = incomingForeignKeys(outcome, table).length > 0;
    outcome.lock(partition, outcome.version < 14 && !referenced ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
    outcome.lockAll(outcome.below(partition), 'ACCESS EXCLUSIVE');
    const fallback = defaultPartition(outcome, table);
    if (fallback !== null) outcome.lock(fallback, 'ACCESS EXCLUSIVE');
    detachForeignKeys(table, outcome);
    if (outcome.relation(table) === undefined) outcome.assume(`the default partition of "${table.name}"`);
  },
};

function refuseDetach({ table, partition, concurrently, finalize }: DetachPartition, outcome: Outcome): boolean {
  const child = outcome.whole(partition);
  if ((concurrently || finalize) && outcome.version < 14) outcome.fail('42601', 'always');
  else if (isNoParent(table, outcome)) outcome.fail('42809', 'always');
  else if (!outcome.mayExist(partition) || (child !== undefined && child.partitionOf?.parent !== relationKey(table))) outcome.fail('42P01', 'always');
  else if (concurrently && !outcome.outsideTransaction() && defaultPartition(outcome, table) !== null) outcome.fail('55000', 'always');
  return outcome.refused;
}

function isNoParent(table: QualifiedName, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  return relation !== undefined && relation.complete && relation.kind !== 'partitioned table';
}

function refuseAttach({ table, partition, bounds }: AttachPartition, outcome: Outcome): boolean {
  const parent = outcome.relation(table);
  const child = outcome.relation(partition);
  // Until 18 the bounds were read before the kind of the table was looked at.
  if (isItself(child, parent)) outcome.fail('42P07', 'always');
  else if (isNoParent(table, outcome)) outcome.fail(outcome.version >= 18 || parent?.kind !== 'table' ? '42809' : '42P17', 'always');
  else if (child !== undefined && isNoChild(child, parent)) outcome.fail('42809', 'always');
  if (!outcome.refused && outcome.mayExist(partition)) refuseOverlap(table, bounds, outcome);
  if (parent !== undefined && child !== undefined) refuseUnlike(child, parent, outcome);
  return outcome.refused;
}

const isItself = (child: Relation | undefined, parent: Relation | undefined): boolean => child !== undefined && child === parent && child.kind === 'partitioned table';

/** What is a partition already, the parent itself, or nothing that keeps rows. */
function isNoChild(child: Relation, parent: Relation | undefined): boolean {
  return child.partitionOf !== null || child === parent || child.kind === 'view' || child.kind === 'materialized view';
}

/** 42804: a child has every column of its parent, of the same type and as full, and every check. */
export function refuseUnlike(child: Relation, parent: Relation, outcome: Outcome): void {
  if (!child.complete) return;
  const columns = [...parent.columns.values()].every((column) => {
    const own = child.columns.get(column.name);
    if (own === undefined || (column.notNull === true && own.notNull === false)) return false;
    return own.type === null || column.type === null || sameType(own.type, column.type);
  });
  const checks = [...parent.constraints.values()].every(
    ({ name, definition }) => definition.type !== 'check' || definition.noInherit === true || child.constraints.get(name)?.definition.type === 'check',
  );
  if (!columns || !checks) outcome.fail('42804', 'always');
}

function detachForeignKeys(table: QualifiedName, outcome: Outcome): void {
  const relation = outcome.relation(table);
  if (relation === undefined) return;
  // Those that the parent has from above are the partition's as well.
  for (const { definition } of relation.constraints.values()) {
    if (definition.type !== 'foreign key') continue;
    const target = definition.references.table;
    if (outcome.version >= 15 || !outcome.isPartitioned(target)) outcome.lockAll(outcome.partitionTree(target), 'SHARE ROW EXCLUSIVE');
  }
  for (const reference of incomingForeignKeys(outcome, table)) {
    outcome.lock(reference.table.name, 'ACCESS EXCLUSIVE');
    // The rows that stay must not be pointed at from outside: each is looked up.
    outcome.fail('23503', 'violations');
  }
}

function checkAttached({ table, partition, bounds }: AttachPartition, outcome: Outcome): void {
  const parent = outcome.relation(table);
  // A default partition takes what no other does: with no other, everything.
  if (bounds === undefined && parent?.children.length === 0) return;
  for (const member of outcome.family(partition)) {
    if (isInside(member, parent, bounds, outcome)) continue;
    outcome.scan(member);
    if (outcome.hasStorage(member)) outcome.failOn(member, '23514', 'violations');
  }
  if (outcome.relation(partition) === undefined) outcome.assume(`the constraints of "${partition.name}"`);
}

function isInside(member: QualifiedName, parent: Relation | undefined, bounds: string | undefined, outcome: Outcome): boolean {
  const relation = outcome.relation(member);
  if (relation === undefined || bounds === undefined || !parent?.partitionBy) return false;
  return impliesPartition(relation, parent.partitionBy, bounds, 'inside');
}

/** An index of the parent is built on the partition unless one like it is there. */
function buildMissing(member: QualifiedName, index: Index, parent: Relation, outcome: Outcome): void {
  const relation = outcome.relation(member);
  if (relation === undefined) return;
  if ([...relation.indexes.values()].some((other) => sameIndex(other, index))) return;
  const definition = index.constraint === null ? undefined : parent.constraints.get(index.constraint)?.definition;
  if (definition === undefined) outcome.build(member, indexName(outcome.schema, relation, index.keys, index.include));
  else {
    const { name: _, ...unnamed } = definition;
    outcome.build(member, constraintName(outcome.schema, relation, unnamed, outcome.version));
  }
  outcome.scan(member);
}

/** Whether an index of a partition can stand for one of its parent. */
export function sameIndex(a: Index, b: Index): boolean {
  const spell = (index: Index): string =>
    JSON.stringify([
      index.keys.map(({ column, expression, operatorClass, collation }) => [
        column,
        expression === undefined ? null : tokensOf(expression).map(({ value }) => value),
        operatorClass,
        collation?.name,
      ]),
      index.include,
      index.unique,
      index.method,
      index.where === null ? null : tokensOf(index.where).map(({ value }) => value),
    ]);
  return spell(a) === spell(b) && (b.constraint === null || a.constraint !== null);
}

/** ALTER INDEX … ATTACH PARTITION looks at both tables and stops nobody. */
function attachIndex({ table, partition }: AttachPartition, outcome: Outcome): void {
  const parent = ownerOfIndex(outcome.schema, table)?.indexes.get(table.name);
  const own = ownerOfIndex(outcome.schema, partition)?.indexes.get(partition.name);
  if (parent !== undefined && own !== undefined && !sameIndex(own, parent)) return outcome.fail('55000', 'always');
  for (const name of [table, partition]) {
    const owner = outcome.schema.indexes.get(`${name.schema ?? 'public'}.${name.name}`);
    if (owner !== undefined) outcome.lock(outcome.nameOf(owner), 'ACCESS SHARE');
  }
}
