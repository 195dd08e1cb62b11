import type { QualifiedName, SetInherit, SetTableOptions } from '../../operations/types.js';
import type { Outcome } from '../outcome.js';
import { descendants, objectKey, ownerOfIndex, relationKey, type Relation } from '../schema.js';
import { incomingForeignKeys, ownForeignKeys } from './dependants.js';
import { requireTable, type Handlers } from './handler.js';
import { isTaken } from './keys.js';
import { refuseUnlike } from './partitions.js';

type TableKinds =
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

const isOtherKind = ({ relation, table }: OnTable): boolean => (relation === 'index' || relation === 'sequence') && table.name !== '';

const isTemporary = (table: QualifiedName, outcome: Outcome): boolean => outcome.relation(table)?.persistence === 'temporary';

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
  renameTable(operation, outcome) {
    const { table, to, relation } = operation;
    const kind = outcome.relation(table)?.kind;
    if ((relation === 'view' || relation === 'materialized view') && kind !== undefined && kind !== relation) return outcome.fail('42809', 'always');
    // ALTER INDEX takes the name of a table as well.
    if (relation === 'index' && kind === 'table') outcome.lock(table, 'ACCESS EXCLUSIVE');
    else if (!catalogueOnly(operation, outcome) && !isOtherKind(operation)) return;
    if (isTaken({ ...table, name: to }, outcome) && !isTemporary(table, outcome)) outcome.fail('42P07', 'always');
  },
  setTableSchema(operation, outcome) {
    if (outcome.relation(operation.table)?.ownedBy) return outcome.fail('0A000', 'always');
    if (!catalogueOnly(operation, outcome)) return;
    const there = operation.to === 'public' || outcome.schema.objects.has(objectKey('schema', { name: operation.to }));
    if (outcome.schema.complete && !there && !operation.to.startsWith('pg_')) outcome.fail('3F000', 'always');
    const moved = { schema: operation.to, name: operation.table.name };
    if ((operation.table.schema ?? 'public') !== operation.to && isTaken(moved, outcome)) outcome.fail('42P07', 'always');
  },
  setTableOwner: catalogueOnly,
  setInherit(operation, outcome) {
    if (!catalogueOnly(operation, outcome)) return;
    refuseInherit(operation, outcome);
    outcome.lock(operation.parent, operation.inherit ? 'SHARE UPDATE EXCLUSIVE' : 'ACCESS SHARE');
  },
  setTableType: catalogueOnly,
  setReplicaIdentity(operation, outcome) {
    if (!catalogueOnly(operation, outcome)) return;
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
    if (operation.tablespace === 'pg_global') return outcome.fail('22023', 'always');
    if (relation === undefined) outcome.assume(`the tablespace of "${operation.table.name}"`);
    outcome.scan(operation.table);
    outcome.newFile(operation.table);
  },

  setLogged(operation, outcome) {
    if (!catalogueOnly(operation, outcome)) return;
    const { table, logged } = operation;
    const relation = outcome.relation(table);
    if (outcome.refuseView(table)) return;
    if (relation?.kind === 'partitioned table') {
      if (outcome.version >= 18) outcome.fail('42809', 'always');
      else refusePersistence(table, relation, logged, outcome);
      return;
    }
    if (relation !== undefined && (relation.persistence === 'unlogged') !== logged) return;
    if (!logged && isPublished(table, outcome)) outcome.fail('55000', 'always');
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
    if (!requireTable(operation, outcome)) return;
    const { table, index } = operation;
    const relation = outcome.relation(table);
    if (relation?.kind === 'partitioned table') outcome.fail('0A000', 'always');
    if (index !== undefined && relation !== undefined) refuseClusterOn(relation, index, outcome);
    outcome.lock(table, 'SHARE UPDATE EXCLUSIVE');
  },

  setTableOptions(operation, outcome) {
    refuseIndexOptions(operation, outcome);
    if (isOther(operation, outcome) || !requireTable(operation, outcome)) return;
    const { table, options } = operation;
    const relation = outcome.relation(table);
    if (relation?.kind === 'partitioned table') outcome.fail(outcome.version >= 16 ? '42809' : '22023', 'always');
    const view = operation.relation === 'view' || relation?.kind === 'view';
    if (view ? hasUnknownViewOption(options) : isWrongOption(operation, relation)) outcome.fail('22023', 'always');
    const exclusive = view || /\buser_catalog_table\b/i.test(options);
    outcome.lock(table, exclusive ? 'ACCESS EXCLUSIVE' : 'SHARE UPDATE EXCLUSIVE');
  },

  toggleTrigger(operation, outcome) {
    if (!requireTable(operation, outcome)) return;
    const { table, only } = operation;
    outcome.lock(table, 'SHARE ROW EXCLUSIVE');
    const relation = outcome.relation(table);
    if (relation?.complete && operation.all === undefined && !relation.triggers.has(operation.trigger)) outcome.fail('42704', 'always');
    if (relation === undefined || only) return;
    if (reachesPartitions(relation, operation.all === 'all', outcome)) outcome.lockAll(outcome.partitions(table), 'SHARE ROW EXCLUSIVE');
  },
};

/** Until 15 only row triggers took their copies along; ALL means those behind foreign keys as well. */
function reachesPartitions(relation: Relation, all: boolean, outcome: Outcome): boolean {
  if (outcome.version < 15) return [...relation.triggerTexts.values()].some(({ text }) => /\bfor\s+each\s+row\b/i.test(text));
  const keys = all && [...ownForeignKeys(outcome, relation), ...incomingForeignKeys(outcome, relation.name)].length > 0;
  return keys || relation.triggers.size > 0;
}

const INDEX_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  btree: ['fillfactor', 'deduplicate_items'],
  hash: ['fillfactor'],
  gist: ['fillfactor', 'buffering'],
  spgist: ['fillfactor'],
  gin: ['fastupdate', 'gin_pending_list_limit'],
  brin: ['pages_per_range', 'autosummarize'],
};

/** An index on a partitioned table keeps nothing, and each method knows its own options. */
function refuseIndexOptions({ table, options }: SetTableOptions, outcome: Outcome): void {
  const owner = ownerOfIndex(outcome.schema, table);
  if (owner === undefined) return;
  if (owner.kind === 'partitioned table') return outcome.fail('42809', 'always');
  const known = INDEX_OPTIONS[owner.indexes.get(table.name)?.method ?? ''];
  if (known !== undefined && optionNames(options).some((name) => !known.includes(name))) outcome.fail('22023', 'always');
}

const optionNames = (options: string): string[] => options.split(',').map((option) => option.split('=')[0]?.trim().toLowerCase() ?? '');

/** A percentage outside its bounds. */
function isOutOfRange(options: string): boolean {
  const factor = /\bfillfactor\s*=\s*'?(\d+)/i.exec(options)?.[1];
  return factor !== undefined && (Number(factor) < 10 || Number(factor) > 100);
}

function isWrongOption(operation: SetTableOptions, relation: Relation | undefined): boolean {
  return hasUnknownOption(operation, relation) || isOutOfRange(operation.options);
}

function hasUnknownViewOption(options: string): boolean {
  return optionNames(options).some((name) => !/^(?:security_barrier|security_invoker|check_option)$/.test(name));
}

const TABLE_OPTION =
  /^(?:fillfactor|toast_tuple_target|parallel_workers|user_catalog_table|vacuum_\w+|autovacuum_\w+|log_autovacuum_\w+|oids)$/;

/** Extensions have options of their own, which carry their name before a dot, or come with their table access method. */
function hasUnknownOption({ options }: SetTableOptions, relation: Relation | undefined): boolean {
  if (relation === undefined || relation.accessMethod !== null || relation.kind !== 'table') return false;
  return optionNames(options).some((name) => !name.includes('.') && !TABLE_OPTION.test(name));
}

function refuseInherit({ table, parent, inherit }: SetInherit, outcome: Outcome): void {
  if (!outcome.mayExist(parent)) return outcome.fail('42P01', 'always');
  const child = outcome.relation(table);
  const above = outcome.relation(parent);
  if ((child !== undefined && isPartitioning(child)) || (above !== undefined && isNoParent(above, inherit))) return outcome.fail('42809', 'always');
  if (child !== undefined && above !== undefined) refuseParent(child, above, inherit, outcome);
}

function refuseParent(child: Relation, above: Relation, inherit: boolean, outcome: Outcome): void {
  const key = relationKey(above.name);
  if (!inherit) return child.inherits.includes(key) ? undefined : outcome.fail('42P01', 'always');
  if (child === above || isRelated(child, key, outcome)) return outcome.fail('42P07', 'always');
  if (above.complete && child.complete && [...above.columns.keys()].some((name) => !child.columns.has(name))) return outcome.fail('42804', 'always');
  refuseUnlike(child, above, outcome);
}

/** The parent is one already, or below the child. */
function isRelated(child: Relation, parent: string, { schema }: Outcome): boolean {
  return child.inherits.includes(parent) || descendants(schema, relationKey(child.name)).includes(parent);
}

function isPartitioning({ kind, partitionOf }: Relation): boolean {
  return partitionOf !== null || kind === 'partitioned table';
}

function isNoParent({ kind }: Relation, inherit: boolean): boolean {
  return kind === 'partitioned table' || (inherit && (kind === 'view' || kind === 'materialized view'));
}

function refuseClusterOn(relation: Relation, index: string, outcome: Outcome): void {
  if (isMissingIndex(relation, index)) outcome.fail(missingIndex(relation.name, index, outcome), 'always');
  refuseCluster(relation, index, outcome);
}

/** Of a materialised view every index was seen. */
function isMissingIndex({ complete, kind, indexes }: Relation, index: string): boolean {
  return (complete || kind === 'materialized view') && !indexes.has(index);
}

/** 42809: the index is there, on another table. */
export function missingIndex(table: QualifiedName, index: string, outcome: Outcome): '42704' | '42809' {
  return outcome.schema.indexes.has(relationKey({ ...table, name: index })) ? '42809' : '42704';
}

/** Only a complete index in an order gives the rows one. */
export function refuseCluster(relation: Relation, name: string, outcome: Outcome): void {
  const index = relation.indexes.get(name);
  if (index !== undefined && (index.where !== null || !/^(?:btree|gist)$/.test(index.method))) outcome.fail('0A000', 'always');
}

/** Rows are told apart by an index that is unique, complete and over columns without NULL. */
function refuseIdentity(table: QualifiedName, name: string, outcome: Outcome): void {
  const relation = outcome.relation(table);
  const index = relation?.indexes.get(name);
  if (relation !== undefined && isMissingIndex(relation, name)) return outcome.fail(missingIndex(table, name, outcome), 'always');
  if (relation === undefined || index === undefined) return;
  if (!index.unique) outcome.fail('42809', 'always');
  if (index.where !== null || index.keys.some(({ column }) => column === undefined)) outcome.fail('0A000', 'always');
  if (index.keys.some(({ column }) => column !== undefined && relation.columns.get(column)?.notNull === false)) outcome.fail('42809', 'always');
}

function isPublished(table: QualifiedName, { schema }: Outcome): boolean {
  return [...schema.objects.values()].some(({ kind, tables }) => kind === 'publication' && tables.includes(relationKey(table)));
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
