import type { Effects } from '../effects.js';
import type { Connection } from './connection.js';
import { locksHeldBy, strongestOfEach, type RelationStates } from './relations.js';

/** Milliseconds between two looks. */
const EVERY = 2;
/** Looks that must agree before the statement counts as stopped by the watcher's own locks. */
const STEADY = 5;

async function pidOf(connection: Connection): Promise<string> {
  const [row] = await connection.query('SELECT pg_backend_pid() AS pid');
  return String(row?.pid);
}

/**
 * A lock on every table that stops the statement halfway: what runs
 * CONCURRENTLY takes its lock first and then waits for writers, everything
 * else waits for the lock itself, and a lock waited for is seen as well.
 */
async function standInTheWay(watcher: Connection, statement: string, before: RelationStates): Promise<void> {
  const mode = /\bconcurrently\b/i.test(statement) ? 'ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE';
  await watcher.query('BEGIN');
  const rows = await watcher.query(
    `SELECT c.oid::regclass::text AS name FROM pg_class c WHERE c.relkind IN ('r', 'p')
     AND c.oid IN (${[0, ...before.tables.keys()].join(', ')})`,
  );
  for (const { name } of rows) await watcher.query(`LOCK TABLE ONLY ${String(name)} IN ${mode} MODE`);
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
  await standInTheWay(watcher, statement, before);
  const seen: Effects['locks'] = [];
  let over = false;
  const running = run().finally(() => (over = true));
  running.catch(() => undefined);
  let standing = true;
  for (let steady = 0, last = ''; !over; ) {
    const locks = await locksHeldBy(watcher, before, pid, true);
    seen.push(...locks);
    const now = JSON.stringify(locks);
    steady = now === last ? steady + 1 : 0;
    last = now;
    if (standing && steady >= STEADY) {
      await watcher.query('COMMIT');
      standing = false;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY));
  }
  if (standing) await watcher.query('COMMIT');
  return { result: await running, locks: strongestOfEach(seen) };
}
