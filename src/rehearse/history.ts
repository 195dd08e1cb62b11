import type { Migration } from '../operations/migration.js';
import type { Operation, QualifiedName } from '../operations/types.js';
import { tableOf } from '../operations/table-of.js';
import { displayName } from '../postgres/schema.js';
import { quoteIdentifier } from '../sql/name.js';
import { commandsOf, isConcurrent, isGuarded, withoutConcurrently, type Command } from './commands.js';
import { serverError, type Database, type ServerError } from './database.js';

/** A command of the history that the database did not take. */
export interface Unreplayed {
  path: string;
  /** Offset in the file. */
  at: number;
  sql: string;
  reason: string;
  sqlstate: string | null;
  /** Operations it holds. */
  operations: number;
  /** The earlier one that made what it needs; null when it failed by itself. */
  because: { path: string; at: number } | null;
}

/** What became of the history. */
export interface Built {
  /** Operations of all migrations, and how many of them were carried out. */
  operations: number;
  carriedOut: number;
  unreplayed: Unreplayed[];
  /** Names of what is missing or not as it should be, with the first failure that says why. */
  missing: Map<string, Unreplayed>;
  /** SQL of what a throw-away server was given beside the migrations: roles, extensions. */
  provided: Set<string>;
}

export function nothingBuilt(): Built {
  return { operations: 0, carriedOut: 0, unreplayed: [], missing: new Map(), provided: new Set() };
}

/** Names of the objects that an operation makes or changes, as its failure leaves them missing. */
export function namesOf(operation: Operation): string[] {
  const names: (QualifiedName | null | undefined)[] = [tableOf(operation)];
  if ('type' in operation && typeof operation.type === 'object' && 'name' in operation.type) names.push(operation.type);
  if ('domain' in operation) names.push(operation.domain);
  if (operation.kind === 'renameTable') names.push({ ...operation.table, name: operation.to });
  if (operation.kind === 'createFunction') names.push(operation.routine);
  if (operation.kind === 'createSchema' && operation.schema !== undefined) names.push({ name: operation.schema });
  if (operation.kind === 'createExtension') names.push({ name: operation.extension });
  if (operation.kind === 'createIndex' && operation.index !== undefined) names.push({ name: operation.index });
  return names.flatMap((name) => (name === null || name === undefined ? [] : [displayName(name)]));
}

/** Names that an operation or an error speaks of and that are known to be missing. */
export function missingFor(missing: ReadonlyMap<string, Unreplayed>, operations: readonly Operation[], message = ''): Unreplayed | null {
  for (const operation of operations) {
    for (const name of namesOf(operation)) {
      const found = missing.get(name);
      if (found !== undefined) return found;
    }
  }
  for (const [, quoted] of message.matchAll(/"([^"]+)"/g)) {
    const found = missing.get(quoted ?? '');
    if (found !== undefined) return found;
  }
  return null;
}

const ROLE = /^role "(.+)" does not exist$/;

/** For what is played again: it counts for nothing, and knows what is missing. */
export function aside({ missing, provided }: Built): Built {
  return { ...nothingBuilt(), missing, provided };
}

/** What shows that a database had an extension before its first migration: names that come with it. */
const OF_EXTENSIONS: readonly (readonly [RegExp, string])[] = [
  [/\buuid_generate_v\d/, 'uuid-ossp'],
  [/\b(?:gen_random_bytes|crypt|gen_salt|digest|hmac|pgp_\w+)\s*\(|function (?:gen_random_bytes|crypt|digest|hmac)\b/, 'pgcrypto'],
  [/\bcitext\b/, 'citext'],
  [/\b(?:gin|gist)_trgm_ops\b/, 'pg_trgm'],
  [/\bhstore\b/, 'hstore'],
  [/\bltree\b/, 'ltree'],
  [/\bunaccent\b/, 'unaccent'],
  [/\bvector\b/, 'vector'],
  [/\bcube\b/, 'cube'],
];

/** Extensions that the text of an operation or an error speaks of without creating them. */
export function extensionsIn(text: string): string[] {
  return OF_EXTENSIONS.filter(([pattern]) => pattern.test(text)).map(([, extension]) => extension);
}

/**
 * What a throw-away server lacks and a real one has: a role that is granted
 * something, an extension that somebody else installed. SQL that makes it.
 */
export function provision(error: ServerError, { belongs }: Database): string | null {
  if (belongs !== 'own') return null;
  const role = error.sqlstate === '42704' ? ROLE.exec(error.message)?.[1] : undefined;
  if (role !== undefined) return `CREATE ROLE ${quoteIdentifier(role)}`;
  const [extension] = error.sqlstate === '42883' || error.sqlstate === '42704' ? extensionsIn(error.message) : [];
  return extension === undefined ? null : `CREATE EXTENSION ${quoteIdentifier(extension)}`;
}

/** Outside of a transaction these would have worked, or inside of one. */
const TRANSACTION_MATTERS: ReadonlySet<string> = new Set(['55P04', '25001', '25P01', '55006']);

/** Plays statements in one transaction, each under a savepoint, so that one that fails hides no other. */
class Player {
  constructor(
    private readonly database: Database,
    private readonly built: Built,
  ) {}

  private get own(): boolean {
    return this.database.belongs === 'own';
  }

  private query(sql: string): Promise<unknown> {
    return this.database.session.query(sql);
  }

  private async saved(sql: string): Promise<ServerError | null> {
    try {
      await this.query('SAVEPOINT history');
      await this.query(sql);
      await this.query('RELEASE SAVEPOINT history');
      return null;
    } catch (error) {
      const known = serverError(error);
      if (known === null) throw error;
      await this.query('ROLLBACK TO SAVEPOINT history; RELEASE SAVEPOINT history');
      return known;
    }
  }

  private async alone(sql: string): Promise<ServerError | null> {
    await this.query('COMMIT');
    try {
      await this.query(sql);
      return null;
    } catch (error) {
      const known = serverError(error);
      if (known === null) throw error;
      return known;
    } finally {
      await this.query('BEGIN');
    }
  }

  private async attempt(sql: string): Promise<ServerError | null> {
    const error = await this.saved(sql);
    return error !== null && this.own && TRANSACTION_MATTERS.has(error.sqlstate) ? this.alone(sql) : error;
  }

  private async attemptWith(sql: string): Promise<ServerError | null> {
    const provided = new Set<string>();
    for (let error = await this.attempt(sql); ; error = await this.attempt(sql)) {
      const missing = error === null ? null : provision(error, this.database);
      if (missing === null || provided.has(missing) || (await this.saved(missing)) !== null) return error;
      provided.add(missing);
      this.built.provided.add(missing);
    }
  }

  /** Runs one command; answers the first failure. */
  async send(command: Command): Promise<{ error: ServerError; sql: string } | null> {
    for (const sql of plainly(command)) {
      const error = await this.attemptWith(sql);
      if (error !== null && !isGuarded(command, error.sqlstate)) return { error, sql };
    }
    return null;
  }
}

/** Nobody is waiting here: the plain form ends in the same schema, in one step. */
function plainly(command: Command): readonly string[] {
  return isConcurrent(command) ? withoutConcurrently(command) : command.sql;
}

function note(built: Built, path: string, command: Command, failed: { error: ServerError | null; sql: string; reason: string }): void {
  const { operations } = command;
  const origin = missingFor(built.missing, operations, failed.error?.message);
  const unreplayed: Unreplayed = {
    path,
    at: operations[0]?.span.start ?? command.span.start,
    sql: failed.sql,
    reason: failed.reason,
    sqlstate: failed.error?.sqlstate ?? null,
    operations: operations.length,
    because: origin === null ? null : { path: origin.path, at: origin.at },
  };
  built.unreplayed.push(unreplayed);
  for (const name of operations.flatMap(namesOf)) if (!built.missing.has(name)) built.missing.set(name, origin ?? unreplayed);
}

/** Operations that leave nothing behind once their transaction has ended. */
const PASSING: ReadonlySet<string> = new Set(['begin', 'commit', 'rollback', 'savepoint', 'lockTable']);

/** A connection of the pool is handed back as it was. */
function back({ settings }: Database): string {
  return `RESET ALL; RESET SESSION AUTHORIZATION; ${settings}`;
}

/** All at once, as nearly every history can be played. */
async function whole(database: Database, commands: readonly Command[]): Promise<boolean> {
  const { session, belongs } = database;
  if (commands.some(({ unknown }) => unknown !== null)) return false;
  const [begin, commit, undo] =
    belongs === 'own' ? ['BEGIN', 'COMMIT', 'ROLLBACK'] : ['SAVEPOINT whole', 'RELEASE SAVEPOINT whole', 'ROLLBACK TO SAVEPOINT whole; RELEASE SAVEPOINT whole'];
  try {
    await session.query([begin, ...commands.flatMap(plainly), commit, back(database)].join('\n;\n'));
    return true;
  } catch (error) {
    if (serverError(error) === null) throw error;
    await session.query(undo);
    return false;
  }
}

/**
 * Plays one direction of a migration for the schema it leaves behind: all of
 * it, or, where the database refuses something, all the rest.
 */
export async function playHistory(database: Database, migration: Migration, operations: readonly Operation[], built: Built): Promise<void> {
  const commands = commandsOf(operations).filter((command) => !command.operations.every(({ kind }) => PASSING.has(kind)));
  if (commands.length === 0) return;
  const count = commands.reduce((sum, command) => sum + command.operations.length, 0);
  built.operations += count;
  if (await whole(database, commands)) built.carriedOut += count;
  else await oneByOne(database, migration.path, commands, built);
}

async function oneByOne(database: Database, path: string, commands: readonly Command[], built: Built): Promise<void> {
  const player = new Player(database, built);
  const own = database.belongs === 'own';
  if (own) await database.session.query('BEGIN');
  for (const command of commands) {
    if (command.unknown !== null) {
      note(built, path, command, { error: null, sql: '', reason: command.unknown });
      continue;
    }
    const failed = await player.send(command);
    const maybe = command.operations.every(({ conditional }) => conditional === true);
    if (failed === null || maybe) built.carriedOut += command.operations.length;
    else note(built, path, command, { ...failed, reason: failed.error.message });
  }
  if (own) await database.session.query('COMMIT');
  await database.session.query(back(database));
}
