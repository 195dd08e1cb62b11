import type { CreateIndex, QualifiedName, Reindex } from '../../operations/types.js';
import { indexName } from '../generated-names.js';
import type { Outcome } from '../outcome.js';
import { newRelation, ownerOfIndex, relationKey, type Index, type Relation } from '../schema.js';
import { volatilityOf } from '../volatility.js';
import { refuseWithoutPartitionKey } from './constraints.js';
import { incomingForeignKeys, referencedColumns } from './dependants.js';
import { requireTable, type Handlers } from './handler.js';
import { sameIndex } from './partitions.js';

export const indexes: Handlers<'createIndex' | 'dropIndex' | 'reindex'> = {
  createIndex(operation, outcome) {
    if (operation.concurrently && outcome.outsideTransaction()) return;
    if (!requireTable({ table: operation.table }, outcome)) return;
    const { table } = operation;
    outcome.lock(table, operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE');
    if (refused(operation, outcome) || alreadyThere(operation, outcome)) return;
    const members = operation.only ? [table] : [table, ...outcome.partitions(table)];
    outcome.lockAll(members, operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE');
    for (const member of members) {
      outcome.build(member, nameIn(member, operation, outcome));
      outcome.scan(member);
    }
    if (operation.unique) outcome.failOn(table, '23505', 'duplicates');
  },

  dropIndex(operation, outcome) {
    if (operation.concurrently && outcome.outsideTransaction()) return;
    const { index } = operation;
    const relation = ownerOfIndex(outcome.schema, index) ?? (operation.table && outcome.relation(operation.table));
    const owner = relation?.name ?? operation.table;
    if (owner === undefined) return missing(operation, outcome);
    const found = relation?.indexes.get(index.name);
    if (relation?.complete && found === undefined) return missing(operation, outcome);
    if (found !== undefined && found.constraint !== null) return outcome.fail('2BP01', 'always');
    if (relation !== undefined && found !== undefined && isPartOfIndex(relation, found, outcome)) return outcome.fail('2BP01', 'always');
    const partitioned = relation?.kind === 'partitioned table';
    if (operation.concurrently && partitioned) return outcome.fail('0A000', 'always');
    outcome.lock(owner, operation.concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS EXCLUSIVE');
    outcome.lockAll(outcome.partitions(owner), 'ACCESS EXCLUSIVE');
    if (relation !== undefined && found?.unique) keyIsNeeded(relation, found.keys.map(({ column }) => column ?? ''), operation.cascade, outcome);
    if (found?.unique) outcome.lose('integrity', owner);
  },

  reindex(operation, outcome) {
    if (operation.concurrently) {
      if (outcome.version < 12) return outcome.fail('42601', 'always');
      if (outcome.outsideTransaction()) return;
    } else if (operation.target !== 'index' && operation.target !== 'table' && outcome.outsideTransaction()) return;
    REINDEX[operation.target](operation, outcome);
  },
};

/** An index of a partition that goes only with the parent's it is attached to. */
function isPartOfIndex(relation: Relation, index: Index, outcome: Outcome): boolean {
  if (relation.partitionOf === null) return false;
  const parent = outcome.schema.relations.get(relation.partitionOf.parent);
  return [...(parent?.indexes.values() ?? [])].some((other) => sameIndex(index, other) && other.valid);
}

function refused({ keys, where, concurrently, table, only, unique, nullsNotDistinct }: CreateIndex, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation?.kind === 'view' || relation?.kind === 'foreign table') outcome.fail('42809', 'always');
  if (concurrently && !only && outcome.isPartitioned(table)) outcome.fail('0A000', 'always');
  if (nullsNotDistinct && outcome.version < 15) outcome.fail('42601', 'always');
  if (unique) refuseWithoutPartitionKey(table, keys.flatMap(({ column }) => column ?? []), outcome);
  if (relation?.complete && keys.some(({ column }) => column !== undefined && !relation.columns.has(column))) outcome.fail('42703', 'always');
  for (const expression of [...keys.flatMap((key) => key.expression ?? []), ...(where === undefined ? [] : [where])]) {
    const { volatility, unknown } = volatilityOf(expression, outcome.schema);
    if (volatility === 'volatile' && unknown.length === 0) outcome.fail('42P17', 'always');
  }
  return outcome.refused;
}

function alreadyThere({ index, table, guard }: CreateIndex, outcome: Outcome): boolean {
  if (index === undefined) return false;
  const key = relationKey({ ...table, name: index });
  if (!outcome.schema.indexes.has(key) && !outcome.schema.relations.has(key)) return false;
  if (guard !== 'if not exists') outcome.fail('42P07', 'always');
  return true;
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

/** A foreign key may hang on a unique index that backs no constraint. */
function keyIsNeeded(relation: Relation, columns: readonly string[], cascade: true | undefined, outcome: Outcome): void {
  const wanted = [...columns].sort().join();
  const same = [...relation.indexes.values()].filter(
    (index) => index.unique && index.keys.map(({ column }) => column ?? '').sort().join() === wanted,
  );
  if (same.length > 1) return;
  for (const reference of incomingForeignKeys(outcome, relation.name)) {
    if ([...referencedColumns(outcome, reference)].sort().join() !== wanted) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(reference.table.name, 'ACCESS EXCLUSIVE');
  }
}

const REINDEX: { readonly [T in Reindex['target']]: (operation: Reindex, outcome: Outcome) => void } = {
  index({ name, concurrently }, outcome) {
    if (name === undefined) return;
    const owner = ownerOfIndex(outcome.schema, name);
    if (owner === undefined) return missing({ index: name }, outcome, '42P01');
    if (owner.kind === 'partitioned table' && refusePartitioned(outcome)) return;
    outcome.lock(owner.name, concurrently ? 'SHARE UPDATE EXCLUSIVE' : 'SHARE');
    outcome.build(owner.name, name.name);
    outcome.scan(owner.name);
  },
  table({ name, concurrently }, outcome) {
    if (name === undefined || !requireTable({ table: name }, outcome)) return;
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
