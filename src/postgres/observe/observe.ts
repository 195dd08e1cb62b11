import type { Effects, IndexName, TableName } from '../effects.js';
import { sqlstateOf, type Connection } from './connection.js';
import { readNotices } from './notices.js';
import { locksHeldBy, relationsOf, type RelationState, type RelationStates } from './relations.js';
import { watchLocks } from './watch.js';

/** What really happened, in the words of `Effects`. */
export interface Observation {
  /** Null when they could not be seen: the statement ran outside a transaction and nobody watched, or it failed. */
  locks: Effects['locks'] | null;
  rewrites: TableName[];
  /** Tables the server says it read from end to end: to verify, to rewrite, to build an index, to validate a key. */
  scans: TableName[];
  /** Tables of which sequential scans read rows, by the transaction's own counters; queries and key checks included. */
  read: TableName[];
  /** Names of the foreign keys that were validated. */
  validated: string[];
  builds: IndexName[];
  /** New, empty relation file: TRUNCATE. */
  emptied: TableName[];
  /** SQLSTATE of the failure, null when the statement succeeded. */
  sqlstate: string | null;
  /** The server's message of the failure. */
  message: string | null;
  /** True when the statement refused to run in a transaction block and was run outside one. */
  refusesTransaction: boolean;
}

export interface ObserveOptions {
  /** Statements to run in the same transaction before: what they lock, read and rewrite is not counted. */
  before?: string;
  /** `none`: outside a transaction block from the start. */
  transaction?: 'own' | 'none';
  /** Keeps what the statement did; by default it is rolled back. What ran outside a transaction always stays. */
  commit?: boolean;
  /** A second session on the same database, to see the locks of a statement that runs outside a transaction. */
  watcher?: Connection;
}

/** `PreventInTransactionBlock` answers this. */
const ACTIVE_TRANSACTION = '25001';

export interface Outcome {
  before: RelationStates;
  after: RelationStates;
  locks: Effects['locks'] | null;
  /** Tables locked, those of the statements before included. */
  held: readonly TableName[];
  notices: string[];
}

/** Runs one statement and collects its notices; the session's own message level comes back. */
async function runListening(connection: Connection, statement: string): Promise<string[]> {
  const notices: string[] = [];
  await connection.query('SET client_min_messages = debug1');
  const stop = connection.onNotice((message) => notices.push(message));
  try {
    await connection.query(statement);
  } finally {
    stop();
  }
  await connection.query('RESET client_min_messages');
  return notices;
}

/** The relations of the start as they are after the first statements: under their new names, with their new files. */
function since(start: RelationStates, now: RelationStates): RelationStates {
  return { ...now, tables: new Map([...now.tables].filter(([oid]) => start.tables.has(oid))) };
}

/** Locks that were not held before, or not as strong. */
function taken(locks: Effects['locks'], held: Effects['locks']): Effects['locks'] {
  return locks.filter(({ table, mode }) => !held.some((before) => before.table === table && before.mode === mode));
}

async function inTransaction(connection: Connection, statement: string, options: ObserveOptions): Promise<Outcome> {
  // Counters of scans are handed over between transactions: both looks at them have to be in this one.
  await connection.query('BEGIN');
  let done = false;
  try {
    let before = await relationsOf(connection);
    let held: Effects['locks'] = [];
    if (options.before !== undefined) {
      await connection.query(options.before);
      before = since(before, await relationsOf(connection));
      held = await locksHeldBy(connection, before, 'pg_backend_pid()');
    }
    const notices = await runListening(connection, statement);
    const all = await locksHeldBy(connection, before, 'pg_backend_pid()');
    const locks = taken(all, held);
    const after = await relationsOf(connection);
    done = true;
    return { before, after, locks, held: all.map(({ table }) => table), notices };
  } finally {
    await connection.query(done && options.commit === true ? 'COMMIT' : 'ROLLBACK');
    if (!done) await connection.query('RESET client_min_messages');
  }
}

async function outside(connection: Connection, statement: string, options: ObserveOptions): Promise<Outcome> {
  if (options.before !== undefined) await connection.query(options.before);
  const before = await relationsOf(connection);
  try {
    const run = (): Promise<string[]> => runListening(connection, statement);
    const watched =
      options.watcher === undefined
        ? { result: await run(), locks: null }
        : await watchLocks(connection, options.watcher, before, statement, run);
    return { before, after: await relationsOf(connection), locks: watched.locks, held: watched.locks?.map(({ table }) => table) ?? [], notices: watched.result };
  } finally {
    await connection.query('RESET client_min_messages');
  }
}

/** The tables whose file is a new one: rewritten, or emptied when there is nothing in it and nobody said rewriting. */
function newFiles({ before, after }: Outcome, rewriting: readonly string[]): { rewrites: RelationState[]; emptied: RelationState[] } {
  const rewrites: RelationState[] = [];
  const emptied: RelationState[] = [];
  for (const [oid, relation] of before.tables) {
    const now = after.tables.get(oid);
    if (now === undefined || now.file === relation.file || relation.file === 0) continue;
    const written = rewriting.includes(relation.relname) || now.bytes > 0 || relation.kind === 'm';
    (written ? rewrites : emptied).push(relation);
  }
  return { rewrites, emptied };
}

function unique(names: Iterable<string>): string[] {
  return [...new Set(names)].sort();
}

export function observation(outcome: Outcome, refusesTransaction: boolean): Observation {
  const notices = readNotices(outcome.notices);
  const { rewrites, emptied } = newFiles(outcome, notices.rewriting);
  // Notices leave the schema out: of two tables with one name it is the one that was locked.
  const display = (relname: string): string[] => {
    const named = [...outcome.before.tables.values()].filter((table) => table.relname === relname).map((table) => table.display);
    const locked = named.filter((name) => outcome.held.includes(name));
    return locked.length > 0 ? locked : named;
  };
  const isEmptied = (relname: string): boolean => emptied.some((table) => table.relname === relname);
  // TRUNCATE builds every index anew over nothing.
  const built = notices.building.filter(({ table }) => display(table).length > 0 && !isEmptied(table));
  const rewritten = rewrites.filter(({ kind }) => kind !== 'm');
  return {
    locks: outcome.locks,
    rewrites: unique(rewrites.map((table) => table.display)),
    emptied: unique(emptied.map((table) => table.display)),
    scans: unique([
      ...notices.verifying.flatMap(display),
      ...notices.rewriting.flatMap(display),
      ...rewritten.filter((table) => !notices.rewriting.includes(table.relname)).map((table) => table.display),
      ...built.flatMap(({ table }) => display(table)),
      ...validated(outcome, notices.validating),
    ]),
    read: unique(readTables(outcome)),
    validated: unique(notices.validating),
    builds: unique(built.map(({ index }) => index)),
    sqlstate: null,
    message: null,
    refusesTransaction,
  };
}

function readTables({ before, after }: Outcome): string[] {
  return [...before.tables].flatMap(([oid, { display, read }]) => ((after.tables.get(oid)?.read ?? 0) > read ? display : []));
}

/** `validating foreign key constraint "c"` names no table: the catalogue knows whose it is. */
function validated({ before, after }: Outcome, constraints: readonly string[]): string[] {
  return [...after.foreignKeys]
    .filter(([key, { name, validated: done }]) => constraints.includes(name) && done && before.foreignKeys.get(key)?.validated !== true)
    .flatMap(([, { tables }]) => tables.flatMap((oid) => before.tables.get(oid)?.display ?? []));
}

const NOTHING = { rewrites: [], scans: [], read: [], validated: [], builds: [], emptied: [] };

function failure(error: unknown, refusesTransaction: boolean): Observation {
  const sqlstate = sqlstateOf(error);
  if (sqlstate === null) throw error;
  const message = error instanceof Error ? error.message : String(error);
  return { locks: null, ...NOTHING, sqlstate, message, refusesTransaction };
}

/**
 * Runs a statement and answers what the server did for it: locks on relations
 * that existed before, relation files, and what it said at debug1. Inside a
 * transaction of its own, rolled back; a statement that refuses one runs
 * outside, and stays. Rejects when the error is not the server's.
 */
export async function observe(connection: Connection, statement: string, options: ObserveOptions = {}): Promise<Observation> {
  let refused = false;
  if (options.transaction !== 'none') {
    try {
      return observation(await inTransaction(connection, statement, options), false);
    } catch (error) {
      if (sqlstateOf(error) !== ACTIVE_TRANSACTION) return failure(error, false);
      refused = true;
    }
  }
  try {
    return observation(await outside(connection, statement, options), refused);
  } catch (error) {
    return failure(error, refused);
  }
}
