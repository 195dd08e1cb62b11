import { relationsOf } from '../postgres/observe/relations.js';
import { numberOf, serverError, type Database, type Session } from './database.js';
import type { Command } from './commands.js';
import type { Part } from './run.js';
import { Transaction } from './transaction.js';
import type { RehearsedMigration, Wait } from './types.js';

/** Milliseconds between two statements of the reader and of the writer. */
const PAUSE = 2;
/** Sessions are dear: of more tables than this only the first are watched. */
const MOST_TABLES = 20;

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE));
}

/** Sends one statement again and again and keeps the longest time it took. */
class Client {
  #longest = 0;
  #began = 0;
  #over = false;
  #done: Promise<void> = Promise.resolve();

  constructor(
    private readonly session: Session,
    private readonly sql: string,
  ) {}

  start(): void {
    this.#done = this.loop();
  }

  private async loop(): Promise<void> {
    while (!this.#over) {
      this.#began = performance.now();
      try {
        await this.session.query(this.sql);
      } catch (error) {
        // The table or the column is gone: from here on nobody waits for it.
        if (serverError(error) === null) throw error;
        this.#over = true;
        await this.session.query('ROLLBACK').catch(() => undefined);
      }
      this.#longest = Math.max(this.#longest, performance.now() - this.#began);
      await pause();
    }
  }

  async stop(): Promise<number> {
    this.#over = true;
    await this.#done;
    await this.session.close();
    return Math.round(this.#longest);
  }
}

/** A column that an UPDATE may set to itself: plain, and of an ordinary type. */
async function writerOf(session: Session, oid: number, name: string): Promise<string> {
  const [column] = await session.query(
    `SELECT quote_ident(attname) AS name FROM pg_attribute WHERE attrelid = ${oid} AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum LIMIT 1`,
  );
  const write = column === undefined ? `LOCK TABLE ${name} IN ROW EXCLUSIVE MODE` : `UPDATE ${name} SET ${String(column.name)} = ${String(column.name)} WHERE ctid = '(0,1)'`;
  return `BEGIN; ${write}; ROLLBACK`;
}

async function send({ session }: Database, transaction: Transaction, { operations, sql }: Command): Promise<void> {
  const [operation] = operations;
  if (operation?.kind === 'begin') await transaction.begin(operation.modes);
  else if (operation?.kind === 'commit') await transaction.commit();
  else if (operation?.kind === 'rollback' && operation.to === undefined) await transaction.rollback();
  else for (const statement of sql) await session.query(statement);
}

/** The migration once more, in its own transaction shape and unobserved, as a deploy would run it. */
async function deploy(database: Database, part: Part): Promise<void> {
  const transaction = new Transaction(database);
  let id: number | null = null;
  for (const command of part.commands) {
    const step = part.steps[command.indexes[0] ?? 0];
    const { kind, id: wanted } = step?.session.transaction ?? { kind: 'none', id: null };
    if (kind !== 'explicit') {
      if (kind === 'none' || wanted !== id) await transaction.commit();
      if (kind !== 'none') await transaction.begin();
    }
    id = wanted;
    await send(database, transaction, command);
  }
  await transaction.commit();
}

/**
 * Runs the migration on a copy of the database while one session reads and one
 * writes on each table that it touches, and answers how long each stood still
 * at most.
 */
export async function measureWaits(
  database: Database,
  part: Part,
  rows: RehearsedMigration['rows'],
  tell: (text: string) => void,
): Promise<Wait[] | null> {
  const { onCopy } = database;
  if (onCopy === null || rows.length === 0) return null;
  tell('measuring who has to wait');
  return onCopy(async (copy) => {
    const { another } = copy;
    if (another === null) return [];
    const clients: { table: string; rows: number; reader: Client; writer: Client }[] = [];
    const states = await relationsOf(copy.session);
    for (const { table, count } of rows.slice(0, MOST_TABLES)) {
      const oid = [...states.tables].find(([, { display }]) => display === table)?.[0];
      if (oid === undefined) continue;
      const [row] = await copy.session.query(`SELECT ${oid}::oid::regclass::text AS name, 1 AS one`);
      const name = String(row?.name);
      const writing = await another();
      await writing.query("SET session_replication_role = 'replica'");
      clients.push({
        table,
        rows: numberOf(count),
        reader: new Client(await another(), `SELECT * FROM ${name} LIMIT 1`),
        writer: new Client(writing, await writerOf(copy.session, oid, name)),
      });
    }
    for (const { reader, writer } of clients) {
      reader.start();
      writer.start();
    }
    await pause();
    try {
      await deploy(copy, part);
    } catch (error) {
      if (serverError(error) === null) throw error;
      await copy.session.query('ROLLBACK');
    }
    const waits: Wait[] = [];
    for (const { table, rows: count, reader, writer } of clients) waits.push({ table, rows: count, reader: await reader.stop(), writer: await writer.stop() });
    return waits;
  });
}
