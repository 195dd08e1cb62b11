import type { Effects } from '../effects.js';
import type { Connection } from './connection.js';
import { locksHeldBy, strongestOfEach, type RelationStates } from './relations.js';

/** Milliseconds between two looks. */
const EVERY = 2;
/** Looks that must agree before the statement counts as stopped by the watcher's own locks. */
const STEADY = 5;
/** As many with no lock in sight: it waits for something else, and would for ever. */
const STUCK = 250;

async function pidOf(connection: Connection): Promise<string> {
  const [row] = await connection.query('SELECT pg_backend_pid() AS pid');
  return String(row?.pid);
}

/** SQL strings, each of which puts locks in the way of the statement and takes away those of the one before. */
type Obstacles = readonly string[];

/**
 * What runs CONCURRENTLY on indexes takes its lock and then waits until the
 * transactions of writers have ended: one of them stands there. DETACH ends
 * its first transaction before it waits for anybody, so only a reader of the
 * partition makes it stop, in the second one. Any other statement waits for
 * its own lock, and a lock waited for is seen as well.
 */
async function obstacles(watcher: Connection, statement: string, before: RelationStates): Promise<Obstacles> {
  const rows = await watcher.query(
    `SELECT c.oid::regclass::text AS name, c.relkind::text AS kind FROM pg_class c WHERE c.relkind IN ('r', 'p')
     AND c.oid IN (${[0, ...before.tables.keys()].join(', ')})`,
  );
  const lock = (names: readonly unknown[], mode: string): string =>
    names.map((name) => `LOCK TABLE ONLY ${String(name)} IN ${mode} MODE;`).join(' ');
  const ordinary = rows.filter(({ kind }) => kind === 'r').map(({ name }) => name);
  const reader = lock(ordinary, 'ACCESS SHARE');
  const all = rows.map(({ name }) => name);
  if (/\bdetach\b/i.test(statement)) return [`BEGIN; ${reader}`, 'COMMIT'];
  if (/\bconcurrently\b/i.test(statement)) return [`BEGIN; ${lock(all, 'ROW EXCLUSIVE')}`, 'COMMIT'];
  return [`BEGIN; ${reader} SAVEPOINT above; ${lock(all, 'SHARE UPDATE EXCLUSIVE')}`, 'ROLLBACK TO SAVEPOINT above', 'COMMIT'];
}

/**
 * Runs a statement on `connection` while `watcher` looks at the locks of that
 * session: what runs outside a transaction gives them back before it answers.
 */
export async function watchLocks<T>(
  connection: Connection,
  watcher: Connection,
  before: RelationStates,
  statement: string,
  run: () => Promise<T>,
): Promise<{ result: T; locks: Effects['locks'] }> {
  const pid = await pidOf(connection);
  const [first, ...rest] = await obstacles(watcher, statement, before);
  await watcher.query(first ?? '');
  const seen: Effects['locks'] = [];
  let over = false;
  const running = run().finally(() => (over = true));
  running.catch(() => undefined);
  for (let steady = 0, last = ''; !over; ) {
    const locks = await locksHeldBy(watcher, before, pid, true);
    seen.push(...locks);
    const now = JSON.stringify(locks);
    steady = now === last ? steady + 1 : 0;
    last = now;
    const next = steady >= (locks.length > 0 ? STEADY : STUCK) ? rest.shift() : undefined;
    if (next !== undefined) {
      steady = 0;
      await watcher.query(next);
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  if (rest.length > 0) await watcher.query('ROLLBACK');
  return { result: await running, locks: strongestOfEach(seen) };
}
