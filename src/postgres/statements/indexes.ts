import type { CreateIndex, DropIndex, QualifiedName, Reindex } from '../../operations/types.js';
import { columnsIn } from '../expression.js';
import { indexName } from '../generated-names.js';
import type { Outcome } from '../outcome.js';
import { newRelation, ownerOfIndex, relationKey, type Index, type Relation } from '../schema.js';
import { isMutable } from '../volatility.js';
import { incomingForeignKeys, referencedColumns } from './dependants.js';
import { requireTable, type Handlers } from './handler.js';
import { isUnordered, refuseWithoutPartitionKey } from './keys.js';
import { sameIndex } from './partitions.js';

export const indexes: Handlers<'createIndex' | 'dropIndex' | 'reindex'> = {
  createIndex(operation, outcome) {
    if (operation.concurrently && outcome.outsideTransaction()) return;
    if (!requireTable({ table: operation.table }, outcome)) return;
    const { table } = operation;
    const mode = operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE';
    outcome.lock(table, mode);
    if (refused(operation, outcome)) return;
    const members = operation.only ? [table] : outcome.partitionTree(table);
    outcome.lockAll(members, mode);
    if (alreadyThere(operation, outcome)) return;
    for (const member of members) {
      if (member !== table && hasLike(member, operation, outcome)) continue;
      outcome.build(member, nameIn(member, operation, outcome));
      outcome.scan(member);
    }
    if (operation.unique) outcome.failOn(table, '23505', 'duplicates');
  },

  dropIndex(operation, outcome) {
    if (operation.concurrently && refuseConcurrently(outcome)) return;
    const owner = ownerOf(operation, outcome);
    if (owner === null) return missing(operation, outcome);
    const index = outcome.relation(owner)?.indexes.get(operation.index.name);
    if (index !== undefined && isHeld(owner, index, outcome)) return outcome.fail('2BP01', 'always');
    if (operation.concurrently && outcome.isPartitioned(owner)) return outcome.fail('0A000', 'always');
    outcome.lock(owner, operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
    outcome.lockAll(outcome.partitions(owner), 'ACCESS EXCLUSIVE');
    if (index?.unique) dropUnique(owner, index, operation, outcome);
  },

  reindex(operation, outcome) {
    if (operation.concurrently) {
      if (outcome.version < 12) return outcome.fail('42601', 'always');
      if (outcome.outsideTransaction()) return;
    } else if (operation.target !== 'index' && operation.target !== 'table' && outcome.outsideTransaction()) return;
    REINDEX[operation.target](operation, outcome);
  },
};

/** DROP INDEX CONCURRENTLY stands alone and drops one index. */
function refuseConcurrently(outcome: Outcome): boolean {
  if (outcome.outsideTransaction()) return true;
  if (outcome.siblings.length > 1) outcome.fail('0A000', 'always');
  return outcome.refused;
}

/** The table of the index, by what is known of the index or by what the call says; null when the index is not there. */
function ownerOf({ index, table }: DropIndex, outcome: Outcome): QualifiedName | null {
  const known = ownerOfIndex(outcome.schema, index)?.name;
  if (known !== undefined || table === undefined) return known ?? null;
  return outcome.whole(table) === undefined ? table : null;
}

/** Backs a constraint, or is a part of the parent's index, and goes only with that. */
function isHeld(table: QualifiedName, index: Index, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  return index.constraint !== null || (relation !== undefined && isPartOfIndex(relation, index, outcome));
}

/** An index of a partition that goes only with the parent's it is attached to. */
function isPartOfIndex(relation: Relation, index: Index, outcome: Outcome): boolean {
  if (relation.partitionOf === null) return false;
  const parent = outcome.schema.relations.get(relation.partitionOf.parent);
  return [...(parent?.indexes.values() ?? [])].some((other) => sameIndex(index, other) && other.valid);
}

function refused(operation: CreateIndex, outcome: Outcome): boolean {
  const { concurrently, table, nullsNotDistinct } = operation;
  const kind = outcome.relation(table)?.kind;
  if (namesMissing(operation, outcome)) outcome.fail('42703', 'always');
  if (kind === 'view' || kind === 'foreign table') outcome.fail('42809', 'always');
  if (concurrently && outcome.isPartitioned(table)) outcome.fail('0A000', 'always');
  if (nullsNotDistinct && outcome.version < 15) outcome.fail('42601', 'always');
  refuseKeys(operation, outcome);
  refuseMutable(operation, outcome);
  return outcome.refused;
}

function refuseKeys(operation: CreateIndex, outcome: Outcome): void {
  const { keys, table, unique } = operation;
  const whole = outcome.whole(table);
  if (unique) refuseWithoutPartitionKey(table, keys.flatMap(({ column }) => column ?? []), outcome);
  const named = [...keys.flatMap(({ column, expression }) => column ?? columnsIn(expression ?? '')), ...columnsIn(operation.where ?? '')];
  if (whole !== undefined && named.some((column) => !whole.columns.has(column))) outcome.fail('42703', 'always');
  const plain = operation.method === undefined || operation.method === 'btree';
  const unordered = keys.some(({ column, operatorClass }) => column !== undefined && operatorClass === undefined && isUnordered(table, column, outcome));
  if (plain && unordered) outcome.fail('42704', 'always');
}

/** An expression over a column that a view, whose columns are known, does not have. */
function namesMissing({ table, keys, where }: CreateIndex, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation === undefined || relation.query === null || relation.columns.size === 0) return false;
  const named = [...keys.flatMap(({ column, expression }) => column ?? columnsIn(expression ?? '')), ...columnsIn(where ?? '')];
  return named.some((column) => !relation.columns.has(column));
}

/** What an index holds may not change by itself. */
function refuseMutable({ keys, where }: CreateIndex, outcome: Outcome): void {
  for (const expression of [...keys.flatMap((key) => key.expression ?? []), where ?? []].flat()) {
    if (isMutable(expression, outcome.schema)) outcome.fail('42P17', 'always');
  }
}

function alreadyThere({ index, table, guard }: CreateIndex, outcome: Outcome): boolean {
  if (index === undefined) return false;
  const key = relationKey({ ...table, name: index });
  if (!outcome.schema.indexes.has(key) && !outcome.schema.relations.has(key)) return false;
  if (guard !== 'if not exists') outcome.fail('42P07', 'always');
  return true;
}

/** A partition may have the index already; it is attached then. */
function hasLike(member: QualifiedName, operation: CreateIndex, outcome: Outcome): boolean {
  const { keys, include = [], unique, method = 'btree', where, nullsNotDistinct } = operation;
  const wanted: Index = { name: '', keys, include, unique: unique === true, method, where: where ?? null, valid: true, constraint: null, nullsNotDistinct: nullsNotDistinct === true };
  const relation = outcome.relation(member);
  // One that is part of another index of the parent already is not free.
  return [...(relation?.indexes.values() ?? [])].some((index) => index.valid && sameIndex(index, wanted) && relation !== undefined && !isPartOfIndex(relation, index, outcome));
}

function nameIn(member: QualifiedName, operation: CreateIndex, outcome: Outcome): string {
  if (operation.index !== undefined && member === operation.table) return operation.index;
  return indexName(outcome.schema, outcome.relation(member) ?? newRelation(member), operation.keys, operation.include ?? []);
}

function missing({ index, guard }: { index: QualifiedName; guard?: string }, outcome: Outcome, sqlstate = '42704'): void {
  if (outcome.relation(index) !== undefined) return outcome.fail('42809', 'always');
  if (!outcome.schema.complete) return outcome.assume(`the table of index "${index.name}"`);
  if (guard !== 'if exists') outcome.fail(sqlstate, 'always');
}

/** Rows may repeat from now on; a foreign key may hang on the index though it backs no constraint. */
function dropUnique(table: QualifiedName, index: Index, { cascade }: DropIndex, outcome: Outcome): void {
  outcome.lose('integrity', table);
  const wanted = columnsOf(index);
  const same = [...(outcome.relation(table)?.indexes.values() ?? [])].filter((other) => other.unique && columnsOf(other) === wanted);
  if (same.length > 1) return;
  for (const reference of incomingForeignKeys(outcome, table)) {
    if ([...referencedColumns(outcome, reference)].sort().join() !== wanted) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(reference.table.name, 'ACCESS EXCLUSIVE');
  }
}

const columnsOf = ({ keys }: Index): string =>
  keys
    .map(({ column }) => column ?? '')
    .sort()
    .join();

const REINDEX: { readonly [T in Reindex['target']]: (operation: Reindex, outcome: Outcome) => void } = {
  index({ name, concurrently }, outcome) {
    if (name === undefined) return;
    const owner = ownerOfIndex(outcome.schema, name);
    if (owner === undefined) return missing({ index: name }, outcome, '42P01');
    if (owner.kind === 'partitioned table' && refusePartitioned(outcome)) return;
    outcome.lock(owner.name, concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE');
    outcome.build(owner.name, name.name);
    outcome.scan(owner.name);
    const index = owner.indexes.get(name.name);
    if (owner.kind === 'partitioned table' && index !== undefined) reindexParts(owner, index, concurrently, outcome);
  },
  table({ name, concurrently }, outcome) {
    if (name === undefined || !requireTable({ table: name }, outcome)) return;
    if (outcome.relation(name)?.kind === 'view') return outcome.fail('42809', 'always');
    if (outcome.isPartitioned(name) && outcome.version >= 14) {
      if (outcome.outsideTransaction()) return;
      for (const member of outcome.partitions(name)) reindexTable(member, concurrently, outcome);
      return;
    }
    reindexTable(name, concurrently, outcome);
  },
  schema({ name, concurrently }, outcome) {
    reindexEvery((relation) => (relation.name.schema ?? 'public') === name?.name, concurrently, outcome);
  },
  database({ concurrently }, outcome) {
    reindexEvery(() => true, concurrently, outcome);
  },
  system() {
    // Only system catalogues.
  },
};

/** The indexes of the partitions that stand for the parent's. */
function reindexParts(owner: Relation, index: Index, concurrently: true | undefined, outcome: Outcome): void {
  for (const member of outcome.partitions(owner.name)) {
    const own = [...(outcome.relation(member)?.indexes.values() ?? [])].find((other) => sameIndex(other, index));
    if (own === undefined) continue;
    outcome.lock(member, concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE');
    outcome.build(member, own.name);
    outcome.scan(member);
  }
}

function reindexEvery(isMeant: (relation: Relation) => boolean, concurrently: true | undefined, outcome: Outcome): void {
  for (const relation of outcome.schema.relations.values()) {
    if (isMeant(relation)) reindexTable(relation.name, concurrently, outcome);
  }
  if (!outcome.schema.complete) outcome.assume('which tables there are');
}

/** Indexes of a partitioned table are done one partition at a time, each in its own transaction, since 14. */
function refusePartitioned(outcome: Outcome): boolean {
  if (outcome.version < 14) outcome.fail('0A000', 'always');
  else outcome.outsideTransaction();
  return outcome.refused;
}

function reindexTable(table: QualifiedName, concurrently: true | undefined, outcome: Outcome): void {
  const relation = outcome.relation(table);
  if (relation?.kind === 'view' || relation?.kind === 'sequence') return;
  outcome.lock(table, concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE');
  if (relation === undefined) outcome.assume(`the indexes of "${table.name}"`);
  if (relation?.indexes.size !== 0) outcome.scan(table);
  outcome.buildAll(table);
}
