import type { Finding } from '../finding.js';
import { factOf, type TableFact, type TableFacts } from '../table-facts.js';

/** What is known of one table; no value of any row. */
export interface TableSize {
  /** As the planner estimates them; null before the first ANALYZE. */
  rows: number | null;
  /** Of the table itself, without its indexes. */
  bytes: number;
  indexBytes: number;
  /** Rows written in a second while the snapshot was taken. */
  writesPerSecond: number;
}

/** What `migration-guard stats` writes and `check --stats` reads. */
export interface Snapshot {
  version: 1;
  /** ISO 8601. */
  takenAt: string;
  /** Version of the server. */
  server: string;
  /** By name, the schema only where it is not `public`. */
  tables: Record<string, TableSize>;
}

/** A table of less than this is read and written anew in a moment. */
const SMALL_BYTES = 8 * 1024 * 1024;
const SMALL_ROWS = 50_000;

/** Rows written in a second from which no moment's lock goes unnoticed. */
const HOT = 100;

function isSize(value: unknown): value is TableSize {
  if (typeof value !== 'object' || value === null) return false;
  const { rows, bytes, indexBytes, writesPerSecond } = value as Record<string, unknown>;
  return (rows === null || typeof rows === 'number') && [bytes, indexBytes, writesPerSecond].every((number) => typeof number === 'number');
}

/** Null for what is no snapshot. */
export function parseSnapshot(text: string): Snapshot | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('tables' in value) || !('version' in value) || value.version !== 1) return null;
  const { tables } = value;
  return typeof tables === 'object' && tables !== null && Object.values(tables).every(isSize) ? (value as Snapshot) : null;
}

/** What the sizes say of tables; what somebody wrote down says more. */
export function factsFrom({ tables }: Snapshot, written: TableFacts = {}): TableFacts {
  const facts = Object.entries(tables).flatMap(([table, size]): [string, TableFact][] => {
    if (factOf(written, table) !== undefined) return [];
    if (size.writesPerSecond >= HOT) return [[table, 'hot']];
    // Never analysed: its bytes are known all the same.
    return size.bytes <= SMALL_BYTES && (size.rows ?? 0) <= SMALL_ROWS ? [[table, 'small']] : [];
  });
  return { ...Object.fromEntries(facts), ...written };
}

/** Bytes in a second on an ordinary disk with nothing in memory: on the slow side on purpose. */
const READ = 200_000_000;
const WRITE = 50_000_000;
const BUILD = 25_000_000;

/** How long a lock is held, with how that was worked out. */
export interface Estimate {
  seconds: number;
  how: string;
}

/** Null where the work does not grow with the tables, or their sizes are not known. */
export function estimateFor({ effects, blocks }: Finding, snapshot: Snapshot): Estimate | null {
  if (blocks.length === 0) return null;
  const size = (table: string): TableSize | undefined => {
    const name = [table, table.replace(/^public\./, '')].find((one) => Object.hasOwn(snapshot.tables, one));
    return name === undefined ? undefined : snapshot.tables[name];
  };
  const parts: Estimate[] = [];
  const rewritten = new Set(effects.rewrites);
  for (const table of rewritten) {
    const known = size(table);
    if (known === undefined) return null;
    parts.push(part(`${bytesInWords(known.bytes)} of "${table}" written`, known.bytes, WRITE), part(`${bytesInWords(known.indexBytes)} of its indexes built`, known.indexBytes, BUILD));
  }
  for (const table of effects.scans.filter((one) => !rewritten.has(one))) {
    const known = size(table);
    if (known === undefined) return null;
    parts.push(part(`${bytesInWords(known.bytes)} of "${table}" read`, known.bytes, READ));
    // What an index will weigh is not known before it is there: a fifth of the table is common.
    if (effects.builds.length > 0) parts.push(part(`about ${bytesInWords(known.bytes / 5)} of index built`, known.bytes / 5, BUILD));
  }
  const told = parts.filter(({ seconds }) => seconds > 0);
  if (told.length === 0) return null;
  return { seconds: Math.max(1, Math.round(told.reduce((sum, { seconds }) => sum + seconds, 0))), how: told.map(({ how }) => how).join(', ') };
}

function part(what: string, bytes: number, speed: number): Estimate {
  return { seconds: bytes / speed, how: `${what} at ${speed / 1_000_000} MB/s` };
}

function bytesInWords(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const unit = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** unit;
  return `${value >= 100 || unit === 0 ? Math.round(value) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** Says in each finding how long its locks are held, where more than a moment. */
export function withEstimates(findings: Finding[], snapshot: Snapshot): Finding[] {
  for (const finding of findings) {
    const estimate = estimateFor(finding, snapshot);
    if (estimate !== null && estimate.seconds >= 2) finding.estimate = estimate;
  }
  return findings;
}
