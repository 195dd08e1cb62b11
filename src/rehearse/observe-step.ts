import { strongestOfEach, locksHeldBy, relationsOf, type RelationStates } from '../postgres/observe/relations.js';
import { readNotices } from '../postgres/observe/notices.js';
import { observation } from '../postgres/observe/observe.js';
import { watchLocks } from '../postgres/observe/watch.js';
import { numberOf, type Session } from './database.js';

/** What a statement did, seen from inside its transaction or from before and after it. */
export interface Seen {
  before: RelationStates;
  after: RelationStates;
  /** All that the transaction holds after the statement, by oid of the relation; null when nobody could look. */
  held: ReadonlyMap<number, string> | null;
  rewrites: string[];
  scans: string[];
  builds: { index: string; table: string }[];
  rows: { table: string; count: number }[];
  milliseconds: number;
}

const WRITTEN = `
SELECT c.oid::int8 AS oid, pg_stat_get_xact_tuples_inserted(c.oid) + pg_stat_get_xact_tuples_updated(c.oid) + pg_stat_get_xact_tuples_deleted(c.oid) AS count
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`;

async function writtenRows(session: Session): Promise<Map<number, number>> {
  return new Map((await session.query(WRITTEN)).map((row) => [numberOf(row.oid), numberOf(row.count)]));
}

/** Strongest lock of this session on each relation, by oid. */
export async function heldNow(session: Session, states: RelationStates): Promise<Map<number, string>> {
  return byOid(await locksHeldBy(session, states, 'pg_backend_pid()'), states);
}

function byOid(byName: ReturnType<typeof strongestOfEach>, states: RelationStates): Map<number, string> {
  const modes = new Map(byName.map(({ table, mode }) => [table, mode]));
  const held = new Map<number, string>();
  for (const [oid, { display }] of states.tables) {
    const mode = modes.get(display);
    if (mode !== undefined) held.set(oid, mode);
  }
  return held;
}

interface Listened {
  notices: string[];
  milliseconds: number;
}

async function listen(session: Session, sql: readonly string[]): Promise<Listened> {
  const notices: string[] = [];
  await session.query('SET client_min_messages = debug1');
  const stop = session.onNotice((message) => notices.push(message));
  const began = performance.now();
  try {
    for (const statement of sql) await session.query(statement);
  } finally {
    stop();
  }
  const milliseconds = performance.now() - began;
  await session.query('RESET client_min_messages');
  return { notices, milliseconds };
}

/** Outside of a transaction locks are gone with the statement: a second session looks meanwhile. */
async function watched(session: Session, watcher: Session | null, before: RelationStates, sql: readonly string[]): Promise<Listened & { held: Map<number, string> | null }> {
  if (watcher === null || sql.length !== 1) return { ...(await listen(session, sql)), held: null };
  const { result, locks } = await watchLocks(session, watcher, before, sql.join(''), () => listen(session, sql));
  return { ...result, held: byOid(locks, before) };
}

/**
 * Runs statements in the transaction that is open, or outside of any
 * (`inside` false), and answers what the server did. Rejects with the
 * server's error; the transaction is then the caller's to end.
 */
export async function observeStep(session: Session, sql: readonly string[], inside: boolean, watcher: Session | null = null): Promise<Seen> {
  const before = await relationsOf(session);
  const written = await writtenRows(session);
  const { notices, milliseconds, held: seen } = inside ? { ...(await listen(session, sql)), held: null } : await watched(session, watcher, before, sql);
  // What the server dropped is locked to the end all the same, and known by its old name.
  const held = inside ? await heldNow(session, before) : seen;
  const after = await relationsOf(session);
  const now = await writtenRows(session);
  const { rewrites, scans, builds: built, read, validated } = observation({ before, after, locks: null, held: namesOf(held, before), notices }, false);
  const counted = validated.length === 0 && readNotices(notices).validating.length === 0 ? read : [];
  const building = new Map(readNotices(notices).building.map(({ index, table }) => [index, table]));
  const builds = built.map((index) => ({ index, table: building.get(index) ?? '' }));
  const rows = [...now].flatMap(([oid, count]) => {
    const table = (before.tables.get(oid) ?? after.tables.get(oid))?.display;
    const more = count - (written.get(oid) ?? 0);
    return table === undefined || more <= 0 ? [] : [{ table, count: more }];
  });
  return {
    before,
    after,
    held,
    rewrites,
    scans: [...new Set([...scans, ...counted])].sort(),
    builds,
    rows: rows.sort((a, b) => (a.table < b.table ? -1 : 1)),
    milliseconds,
  };
}

function namesOf(held: ReadonlyMap<number, string> | null, { tables }: RelationStates): string[] {
  return [...(held?.keys() ?? [])].flatMap((oid) => tables.get(oid)?.display ?? []);
}

/** Locks by oid as a report names them. */
export function named(held: ReadonlyMap<number, string>, states: RelationStates): ReturnType<typeof strongestOfEach> {
  return strongestOfEach(
    [...held].flatMap(([oid, mode]) => {
      const table = states.tables.get(oid)?.display;
      return table === undefined ? [] : [{ table, mode: mode as ReturnType<typeof strongestOfEach>[number]['mode'] }];
    }),
  );
}
