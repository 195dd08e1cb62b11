import type { CreateTable, ForeignKeyConstraint, QualifiedName, SetInherit, SetTableOptions } from '../../operations/types.js';
import type { Outcome } from '../outcome.js';
import { objectKey, relationKey, type Relation } from '../schema.js';
import { refuseGenerated } from './add-column.js';
import { lockReferencedSide, refuseWithoutKey } from './constraints.js';
import { incomingForeignKeys, lockRead, ownForeignKeys } from './dependants.js';
import { requireTable, type Handlers } from './handler.js';
import { lockNewPartition } from './partitions.js';

type TableKinds =
  | 'createTable'
  | 'createTableAs'
  | 'renameTable'
  | 'setTableSchema'
  | 'setTableOwner'
  | 'setTablespace'
  | 'setLogged'
  | 'setAccessMethod'
  | 'setClusterIndex'
  | 'setTableOptions'
  | 'setInherit'
  | 'setTableType'
  | 'setReplicaIdentity'
  | 'setRowSecurity'
  | 'toggleTrigger'
  | 'toggleRule';

type OnTable = { table: QualifiedName; guard?: 'if exists' | 'if not exists'; relation?: string };

/** An index or a sequence is locked itself and its table is not. */
function isOther({ relation, table, guard }: OnTable, outcome: Outcome): boolean {
  const known = outcome.schema.indexes.has(relationKey(table)) || outcome.relation(table) !== undefined;
  if (relation === 'index' && outcome.schema.complete && !known && guard !== 'if exists') outcome.fail('42P01', 'always');
  return relation === 'index' || relation === 'sequence';
}

/** A change of the catalogue alone. */
function catalogueOnly(operation: OnTable, outcome: Outcome): boolean {
  if (isOther(operation, outcome) || !requireTable(operation, outcome)) return false;
  outcome.lock(operation.table, 'ACCESS EXCLUSIVE');
  return true;
}

export const tables: Handlers<TableKinds> = {
  createTable,

  createTableAs(operation, outcome) {
    if (refuseExisting(operation, outcome)) return outcome.lockAll(operation.query.reads, 'ACCESS SHARE');
    lockRead(outcome, operation.query.reads);
  },

  renameTable(operation, outcome) {
    if (!catalogueOnly(operation, outcome)) return;
    const { table, to } = operation;
    if (outcome.relation({ ...table, name: to }) !== undefined) outcome.fail('42P07', 'always');
  },
  setTableSchema(operation, outcome) {
    if (!catalogueOnly(operation, outcome)) return;
    const there = operation.to === 'public' || outcome.schema.objects.has(objectKey('schema', { name: operation.to }));
    if (outcome.schema.complete && !there && !operation.to.startsWith('pg_')) outcome.fail('3F000', 'always');
  },
  setTableOwner: catalogueOnly,
  setInherit(operation, outcome) {
    if (!catalogueOnly(operation, outcome)) return;
    refuseInherit(operation, outcome);
    outcome.lock(operation.parent, operation.inherit ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS SHARE');
  },
  setTableType: catalogueOnly,
  setReplicaIdentity(operation, outcome) {
    if (!catalogueOnly(operation, outcome) || outcome.refuseView(operation.table)) return;
    if (operation.index !== undefined) refuseIdentity(operation.table, operation.index, outcome);
  },
  setRowSecurity(operation, outcome) {
    if (catalogueOnly(operation, outcome)) outcome.refuseView(operation.table);
  },
  toggleRule(operation, outcome) {
    if (!catalogueOnly(operation, outcome)) return;
    const relation = outcome.relation(operation.table);
    if (relation?.complete && !relation.rules.has(operation.rule)) outcome.fail('42704', 'always');
  },

  setTablespace(operation, outcome) {
    if (!catalogueOnly(operation, outcome)) return;
    const relation = outcome.relation(operation.table);
    if ((relation?.tablespace ?? 'pg_default') === operation.tablespace) return;
    if (relation === undefined) outcome.assume(`the tablespace of "${operation.table.name}"`);
    outcome.scan(operation.table);
    outcome.newFile(operation.table);
  },

  setLogged(operation, outcome) {
    if (!catalogueOnly(operation, outcome)) return;
    const { table, logged } = operation;
    const relation = outcome.relation(table);
    if (relation?.kind === 'partitioned table') {
      if (outcome.version >= 18) outcome.fail('42809', 'always');
      return;
    }
    if (relation !== undefined && (relation.persistence === 'unlogged') !== logged) return;
    refusePersistence(table, relation, logged, outcome);
    outcome.rewrite(table);
  },

  setAccessMethod(operation, outcome) {
    if (outcome.version < 15) return outcome.fail('42601', 'always');
    if (!catalogueOnly(operation, outcome)) return;
    const relation = outcome.relation(operation.table);
    if ((relation?.accessMethod ?? 'heap') === (operation.method ?? 'heap')) return;
    outcome.rewrite(operation.table);
  },

  setClusterIndex(operation, outcome) {
    if (requireTable(operation, outcome)) outcome.lock(operation.table, 'SHARE UPDATE EXCLUSIVE');
  },

  setTableOptions(operation, outcome) {
    if (isOther(operation, outcome) || !requireTable(operation, outcome)) return;
    const { table, options } = operation;
    const relation = outcome.relation(table);
    if (relation?.kind === 'partitioned table') outcome.fail(outcome.version >= 16 ? '42809' : '22023', 'always');
    const view = operation.relation === 'view' || relation?.kind === 'view';
    if (!view && hasUnknownOption(operation, relation)) outcome.fail('22023', 'always');
    const exclusive = view || /\buser_catalog_table\b/i.test(options);
    outcome.lock(table, exclusive ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE');
  },

  toggleTrigger(operation, outcome) {
    if (!requireTable(operation, outcome)) return;
    const { table, only } = operation;
    outcome.lock(table, 'SHARE ROW EXCLUSIVE');
    const relation = outcome.relation(table);
    if (relation?.complete && operation.all === undefined && !relation.triggers.has(operation.trigger)) outcome.fail('42704', 'always');
    if (relation === undefined || only || outcome.version < 15) return;
    const constraints = [...ownForeignKeys(outcome, relation), ...incomingForeignKeys(outcome, table)];
    const reaches = operation.all === 'all' ? constraints.length > 0 || relation.triggers.size > 0 : relation.triggers.size > 0;
    if (reaches) outcome.lockAll(outcome.partitions(table), 'SHARE ROW EXCLUSIVE');
  },
};

const TABLE_OPTION =
  /^(?:fillfactor|toast_tuple_target|parallel_workers|user_catalog_table|vacuum_\w+|autovacuum_\w+|log_autovacuum_\w+|oids)$/;

/** Extensions have options of their own, which carry their name before a dot, or come with their table access method. */
function hasUnknownOption({ options }: SetTableOptions, relation: Relation | undefined): boolean {
  if (relation === undefined || relation.accessMethod !== null || relation.kind !== 'table') return false;
  const names = options.split(',').map((option) => option.split('=')[0]?.trim().toLowerCase() ?? '');
  return names.some((name) => !name.includes('.') && !TABLE_OPTION.test(name));
}

function refuseInherit({ table, parent, inherit }: SetInherit, outcome: Outcome): void {
  if (!outcome.mayExist(parent)) return outcome.fail('42P01', 'always');
  const child = outcome.relation(table);
  const above = outcome.relation(parent);
  if (child?.partitionOf) return outcome.fail('42809', 'always');
  if (!inherit || child === undefined || above === undefined) return;
  if (child.inherits.includes(relationKey(parent))) outcome.fail('42P07', 'always');
  if (child.complete && [...above.columns.keys()].some((column) => !child.columns.has(column))) outcome.fail('42804', 'always');
}

/** Rows are told apart by an index that is unique, complete and over columns without NULL. */
function refuseIdentity(table: QualifiedName, name: string, outcome: Outcome): void {
  const relation = outcome.relation(table);
  const index = relation?.indexes.get(name);
  if (relation?.complete && index === undefined) return outcome.fail('42704', 'always');
  if (relation === undefined || index === undefined) return;
  const usable =
    index.unique && index.where === null && index.keys.every(({ column }) => column !== undefined && relation.columns.get(column)?.notNull !== false);
  if (!usable) outcome.fail('42809', 'always');
}

/** A logged table may not depend on one that a crash empties. */
function refusePersistence(table: QualifiedName, relation: Relation | undefined, logged: boolean, outcome: Outcome): void {
  if (relation === undefined) return;
  const others = logged
    ? ownForeignKeys(outcome, relation).map(({ definition }) => (definition.type === 'foreign key' ? outcome.relation(definition.references.table) : undefined))
    : incomingForeignKeys(outcome, table).map((reference) => reference.table);
  const wrong = logged ? 'unlogged' : 'permanent';
  if (others.some((other) => other !== undefined && other !== relation && other.persistence === wrong)) outcome.fail('42P16', 'always');
}

/** True when the relation is there already: skipped with IF NOT EXISTS, refused without. */
export function refuseExisting(operation: { table: QualifiedName; guard?: string }, outcome: Outcome): boolean {
  if (outcome.relation(operation.table) === undefined) return false;
  if (operation.guard !== 'if not exists') outcome.fail('42P07', 'always');
  return true;
}

function createTable(operation: CreateTable, outcome: Outcome): void {
  if (refuseExisting(operation, outcome)) return;
  const own = relationKey(operation.table);
  for (const parent of operation.inherits ?? []) outcome.lock(parent, 'SHARE UPDATE EXCLUSIVE');
  for (const { table } of operation.like ?? []) outcome.lock(table, 'ACCESS SHARE');
  if (operation.partitionOf !== undefined) lockNewPartition(operation, operation.partitionOf, outcome);
  for (const constraint of foreignKeysOf(operation)) {
    if (relationKey(constraint.references.table) === own) continue;
    lockReferencedSide(constraint.references.table, outcome);
    refuseWithoutKey(constraint, outcome);
  }
  for (const column of operation.columns) refuseGenerated(column, outcome);
}

function foreignKeysOf({ constraints, columns }: CreateTable): ForeignKeyConstraint[] {
  const all = [...constraints, ...columns.flatMap((column) => column.constraints ?? [])];
  return all.filter((constraint) => constraint.type === 'foreign key');
}
