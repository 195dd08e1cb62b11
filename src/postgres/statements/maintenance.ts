import type { LockMode, QualifiedName, Truncate } from '../../operations/types.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type Relation } from '../schema.js';
import { inTransaction } from '../session.js';
import { incomingForeignKeys } from './dependants.js';
import { missingColumns, requireTable, type Handlers } from './handler.js';
import { missingIndex, refuseCluster } from './tables.js';

export const maintenance: Handlers<'vacuum' | 'analyze' | 'cluster' | 'lockTable' | 'truncate'> = {
  vacuum(operation, outcome) {
    if (outcome.outsideTransaction()) return;
    for (const table of targets(operation.table, outcome)) {
      // Until 18 the children of plain inheritance were left alone.
      const tree = outcome.version >= 18 ? outcome.family(table) : outcome.partitionTree(table);
      const members = operation.only || operation.table === undefined ? [table] : tree;
      missingColumns(table, operation.columns ?? [], outcome);
      for (const member of members) vacuumOne(member, operation.full === true, outcome);
    }
  },

  analyze({ table, only, columns }, outcome) {
    if (table === undefined) return outcome.lockAll([...targets(undefined, outcome), ...partitionedTables(outcome)], 'SHARE UPDATE EXCLUSIVE');
    if (only && outcome.version < 18) return outcome.fail('42601', 'always');
    if (!requireTable({ table }, outcome) || outcome.relation(table)?.kind === 'view') return;
    if (missingColumns(table, columns ?? [], outcome)) return;
    outcome.lock(table, 'SHARE UPDATE EXCLUSIVE');
    // With ONLY the rows below are sampled, and nothing else is done to them.
    if (only) {
      return outcome.lockAll(outcome.below(table).filter((member) => outcome.hasStorage(member)), 'ACCESS SHARE');
    }
    // Statistics of an inheritance parent take in its children, which are analysed themselves since 18.
    const own = outcome.isPartitioned(table) || outcome.version >= 18;
    outcome.lockAll(outcome.below(table), own ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS SHARE');
  },

  cluster(operation, outcome) {
    if (operation.table === undefined) return clusterAll(outcome);
    const { table, index } = operation;
    if (!requireTable({ table }, outcome) || refuseToCluster(table, index, outcome)) return;
    for (const member of outcome.partitionTree(table)) clusterOne(member, outcome);
  },

  lockTable({ table, only, mode }, outcome) {
    if (!requireTable({ table }, outcome)) return;
    const relation = outcome.relation(table);
    if (relation?.kind === 'materialized view') return outcome.fail('42809', 'always');
    // A lock that ends with its statement would be of no use.
    if (!inTransaction(outcome.session)) return outcome.fail('25P01', 'always');
    outcome.lockAll(outcome.family(table, only), mode);
    if (relation?.kind === 'view') lockUnder(relation, mode, outcome);
  },

  truncate,
};

/** True when it is refused; a partitioned table is clustered partition by partition, each in its own transaction. */
function refuseToCluster(table: QualifiedName, index: string | undefined, outcome: Outcome): boolean {
  const partitioned = outcome.isPartitioned(table);
  const relation = outcome.relation(table);
  if (partitioned && outcome.version < 15) outcome.fail('0A000', 'always');
  if (relation?.kind === 'view') outcome.fail('42809', 'always');
  const whole = relation?.kind === 'materialized view' ? relation : outcome.whole(table);
  if (index !== undefined && whole !== undefined) refuseCluster(whole, index, outcome);
  if (partitioned && outcome.outsideTransaction()) return true;
  if (whole !== undefined) refuseWithoutIndex(whole, index, outcome);
  return outcome.refused;
}

/** Without an index the table needs one of the last time. */
function refuseWithoutIndex({ name, clusterIndex, indexes }: Relation, index: string | undefined, outcome: Outcome): void {
  if (index === undefined && clusterIndex === null) outcome.fail('42704', 'always');
  if (index !== undefined && !indexes.has(index)) outcome.fail(missingIndex(name, index, outcome), 'always');
}

function targets(table: QualifiedName | undefined, outcome: Outcome): QualifiedName[] {
  if (table !== undefined) return requireTable({ table }, outcome) ? [table] : [];
  if (!outcome.schema.complete) outcome.assume('which tables there are');
  return [...outcome.schema.relations.values()].filter(({ kind }) => kind === 'table' || kind === 'materialized view').map(({ name }) => name);
}

/** LOCK on a view takes the tables and views it reads as well, and stops at what is stored. */
function lockUnder({ reads }: Relation, mode: LockMode, outcome: Outcome): void {
  for (const key of reads) {
    const relation = outcome.schema.relations.get(key);
    if (relation === undefined || relation.kind === 'materialized view') continue;
    outcome.lockAll(outcome.family(relation.name), mode);
    if (relation.kind === 'view') lockUnder(relation, mode, outcome);
  }
}

function partitionedTables({ schema }: Outcome): QualifiedName[] {
  return [...schema.relations.values()].filter(({ kind }) => kind === 'partitioned table').map(({ name }) => name);
}

function clusterAll(outcome: Outcome): void {
  if (outcome.outsideTransaction()) return;
  if (!outcome.schema.complete) outcome.assume('which tables are clustered');
  for (const relation of outcome.schema.relations.values()) {
    if (relation.clusterIndex !== null) clusterOne(relation.name, outcome);
  }
}

function clusterOne(table: QualifiedName, outcome: Outcome): void {
  outcome.lock(table, 'ACCESS EXCLUSIVE');
  outcome.rewrite(table);
}

function vacuumOne(table: QualifiedName, full: boolean, outcome: Outcome): void {
  if (!outcome.hasStorage(table)) return outcome.lock(table, 'SHARE UPDATE EXCLUSIVE');
  outcome.lock(table, full ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE');
  if (full) outcome.rewrite(table);
}

/** A new, empty file, at once and for every table that points here with CASCADE; no row trigger runs. */
function truncate({ table, only, cascade }: Truncate, outcome: Outcome): void {
  if (!requireTable({ table }, outcome) || refuseTruncate(table, only, outcome)) return;
  const gone = emptiedTogether(outcome);
  const pending = outcome.family(table, only);
  for (const member of pending) gone.add(relationKey(member));
  for (let member = pending.shift(); member !== undefined; member = pending.shift()) {
    outcome.lock(member, 'ACCESS EXCLUSIVE');
    outcome.lose('data', member);
    lockParentOfOld(member, gone, outcome);
    const others = pointingAt(member, outcome).filter((reference) => !gone.has(relationKey(reference)));
    if (others.length > 0 && !cascade) outcome.fail('0A000', 'always');
    const more = others.flatMap((reference) => outcome.family(reference));
    for (const next of more) gone.add(relationKey(next));
    pending.push(...more);
  }
  if (!outcome.schema.complete && cascade) outcome.assume(`which tables reference "${table.name}"`);
}

function refuseTruncate(table: QualifiedName, only: true | undefined, outcome: Outcome): boolean {
  const kind = outcome.relation(table)?.kind;
  if ((only && outcome.isPartitioned(table)) || kind === 'view' || kind === 'materialized view') outcome.fail('42809', 'always');
  return outcome.refused;
}

/** Tables that the same statement empties, by key. */
function emptiedTogether(outcome: Outcome): Set<string> {
  const gone = new Set<string>();
  for (const each of outcome.siblings) {
    if (each.kind === 'truncate') for (const member of outcome.family(each.table, each.only)) gone.add(relationKey(member));
  }
  return gone;
}

/** Tables whose foreign keys point at the table or, for a partition, at its parent. */
function pointingAt(table: QualifiedName, outcome: Outcome): QualifiedName[] {
  const parent = outcome.relation(table)?.partitionOf?.parent;
  const own = incomingForeignKeys(outcome, table).map((reference) => reference.table.name);
  return parent === undefined ? own : [...own, ...pointingAt(outcome.nameOf(parent), outcome)];
}

/** Up to 13 the parent of a partition was looked at as well. */
function lockParentOfOld(table: QualifiedName, gone: ReadonlySet<string>, outcome: Outcome): void {
  const parent = outcome.relation(table)?.partitionOf?.parent;
  if (parent === undefined || outcome.version >= 14 || gone.has(parent)) return;
  outcome.lock(outcome.nameOf(parent), 'ACCESS SHARE');
}
