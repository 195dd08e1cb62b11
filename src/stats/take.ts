import type { Connection, Row } from '../postgres/observe/connection.js';
import type { Snapshot, TableSize } from './snapshot.js';

/** Partitions are counted with the table that they are parts of; sizes and counters only, no row is read. */
const SIZES = `
SELECT n.nspname AS schema, c.relname AS name,
  sum(CASE WHEN p.reltuples < 0 THEN NULL ELSE p.reltuples END) AS rows,
  sum(pg_table_size(p.oid)) AS bytes, sum(pg_indexes_size(p.oid)) AS indexes,
  sum(coalesce(pg_stat_get_tuples_inserted(p.oid), 0) + coalesce(pg_stat_get_tuples_updated(p.oid), 0) + coalesce(pg_stat_get_tuples_deleted(p.oid), 0)) AS writes
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN LATERAL (
  SELECT l.oid, l.reltuples FROM pg_class AS l
  WHERE (c.relkind = 'p' AND l.relkind = 'r' AND l.oid IN (SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf)) OR (c.relkind <> 'p' AND l.oid = c.oid)
) AS p ON true
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
GROUP BY 1, 2 ORDER BY 1, 2`;

function nameOf({ schema, name }: Row): string {
  return schema === 'public' ? String(name) : `${String(schema)}.${String(name)}`;
}

function writesOf(rows: readonly Row[]): Map<string, number> {
  return new Map(rows.map((row) => [nameOf(row), Number(row['writes'] ?? 0)]));
}

/**
 * Takes the sizes of all tables twice, some seconds apart: what was written in
 * between tells how busy each is. Reads catalogues and counters and nothing else.
 */
export async function takeSnapshot(connection: Connection, seconds: number, wait: (seconds: number) => Promise<void>, now: () => Date): Promise<Snapshot> {
  const [version] = await connection.query('SHOW server_version');
  const before = writesOf(await connection.query(SIZES));
  if (seconds > 0) await wait(seconds);
  // Counters of this transaction's own snapshot would stand still.
  await connection.query('SELECT pg_stat_clear_snapshot()');
  const rows = await connection.query(SIZES);
  const after = writesOf(rows);
  const tables = rows.map((row): [string, TableSize] => {
    const name = nameOf(row);
    const written = Math.max(0, (after.get(name) ?? 0) - (before.get(name) ?? 0));
    const known = row['rows'];
    return [
      name,
      {
        rows: known === null || known === undefined ? null : Number(known),
        bytes: Number(row['bytes'] ?? 0),
        indexBytes: Number(row['indexes'] ?? 0),
        writesPerSecond: seconds > 0 ? Math.round((written / seconds) * 10) / 10 : 0,
      },
    ];
  });
  return { version: 1, takenAt: now().toISOString(), server: String(version?.['server_version'] ?? ''), tables: Object.fromEntries(tables) };
}
