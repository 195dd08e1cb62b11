import type { LockMode } from '../../operations/types.js';
import type { Effects, TableName } from '../effects.js';
import { strongest } from '../locks.js';
import { displayName } from '../schema.js';
import type { Connection } from './connection.js';

export interface RelationState {
  /** Name as effects show it. */
  display: string;
  relname: string;
  /** pg_class.relkind: r, p, v, m or f. */
  kind: string;
  /** Relation file node, 0 when it has no file. */
  file: number;
  /** Size of the main fork. */
  bytes: number;
  /** Rows that sequential scans of the open transaction have read. */
  read: number;
}

export interface ForeignKeyState {
  name: string;
  validated: boolean;
  /** Oids of the table or, of a partitioned one, of its partitions at the bottom. */
  tables: readonly number[];
}

export interface RelationStates {
  /** Tables, views, materialised views and foreign tables by oid. */
  tables: ReadonlyMap<number, RelationState>;
  /** Foreign keys by oid, with the tables whose rows they bind and whether these were looked at. */
  foreignKeys: ReadonlyMap<number, ForeignKeyState>;
}

const RELATIONS = `
SELECT c.oid::int8 AS oid, n.nspname, c.relname, c.relkind::text AS kind,
  CASE WHEN c.relkind IN ('r', 'm') THEN c.relfilenode::int8 ELSE 0 END AS file,
  CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) ELSE 0 END AS bytes,
  coalesce(pg_stat_get_xact_tuples_returned(c.oid), 0)::int8 AS read
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

/** The rows of a partitioned table lie in the partitions at the bottom; pg_partition_tree() would lock every one of them. */
const FOREIGN_KEYS = `
WITH RECURSIVE held AS (
  SELECT oid AS key, conname, convalidated, conrelid AS relid FROM pg_constraint WHERE contype = 'f'
  UNION ALL
  SELECT key, conname, convalidated, inhrelid FROM held JOIN pg_class t ON t.oid = relid JOIN pg_inherits ON inhparent = relid WHERE t.relkind = 'p'
)
SELECT key::int8, conname, convalidated, relid::int8 AS oid
FROM held JOIN pg_class t ON t.oid = relid WHERE t.relkind <> 'p'`;

/** Every relation a report may name, as it is now. Locks nothing but the catalogue. */
export async function relationsOf(connection: Connection): Promise<RelationStates> {
  const tables = new Map<number, RelationState>();
  for (const row of await connection.query(RELATIONS)) {
    const schema = String(row.nspname);
    const relname = String(row.relname);
    tables.set(Number(row.oid), {
      display: displayName(schema.startsWith('pg_temp') ? { name: relname } : { schema, name: relname }),
      relname,
      kind: String(row.kind),
      file: Number(row.file),
      bytes: Number(row.bytes),
      read: Number(row.read),
    });
  }
  const foreignKeys = new Map<number, ForeignKeyState>();
  for (const row of await connection.query(FOREIGN_KEYS)) {
    const key = Number(row.key);
    const tables = [...(foreignKeys.get(key)?.tables ?? []), Number(row.oid)];
    foreignKeys.set(key, { name: String(row.conname), validated: row.convalidated === true, tables });
  }
  return { tables, foreignKeys };
}

const MODES: Readonly<Record<string, LockMode>> = {
  AccessShareLock: 'ACCESS SHARE',
  RowShareLock: 'ROW SHARE',
  RowExclusiveLock: 'ROW EXCLUSIVE',
  ShareUpdateExclusiveLock: 'SHARE UPDATE EXCLUSIVE',
  ShareLock: 'SHARE',
  ShareRowExclusiveLock: 'SHARE ROW EXCLUSIVE',
  ExclusiveLock: 'EXCLUSIVE',
  AccessExclusiveLock: 'ACCESS EXCLUSIVE',
};

/**
 * Locks that a backend (an SQL expression for its pid) holds on relations of
 * `before`, the strongest of each; with `awaited` those it waits for as well.
 */
export async function locksHeldBy(
  connection: Connection,
  before: RelationStates,
  pid: string,
  awaited = false,
): Promise<Effects['locks']> {
  const rows = await connection.query(
    `SELECT l.relation::int8 AS oid, l.mode FROM pg_locks l
     WHERE l.locktype = 'relation' ${awaited ? '' : 'AND l.granted '}AND l.pid = ${pid}
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return strongestOfEach(
    rows.flatMap((row) => {
      const table = before.tables.get(Number(row.oid))?.display;
      const mode = MODES[String(row.mode)];
      return table === undefined || mode === undefined ? [] : [{ table, mode }];
    }),
  );
}

/** Folds many entries into the strongest mode of each table, sorted by name. */
export function strongestOfEach(locks: readonly { table: TableName; mode: LockMode }[]): Effects['locks'] {
  const modes = new Map<TableName, LockMode>();
  for (const { table, mode } of locks) {
    const known = modes.get(table);
    modes.set(table, known === undefined ? mode : strongest(known, mode));
  }
  return [...modes].map(([table, mode]) => ({ table, mode })).sort((a, b) => (a.table < b.table ? -1 : 1));
}
