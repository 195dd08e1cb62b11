import { readText } from '../discover/read-text.js';
import { Refusal } from './refusal.js';
import { schemaOperations } from '../parsers/load.js';
import { serverError, type Database, type ServerError } from './database.js';
import type { BrokenQuery, ProbeOutcome } from './types.js';

/** Fields of comma separated values, quoted ones with anything in them. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === '') break;
    if (end !== ',') rows.push([]);
  }
  return rows.filter((row) => row.some((field) => field !== ''));
}

function fromCsv(text: string, file: string): string[] {
  const [head = [], ...rows] = parseCsv(text);
  const at = head.findIndex((name) => name.trim().toLowerCase() === 'query');
  if (at < 0) throw new Refusal(`--probe ${file}: the first line names no column "query".`);
  return rows.flatMap((row) => row[at] ?? []);
}

function fromJson(text: string, file: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(`--probe ${file}: not JSON.`);
  }
  const rows = Array.isArray(value) ? value : Object.values(value ?? {}).find(Array.isArray);
  const queries = (rows ?? []).flatMap((row: unknown) => {
    if (typeof row === 'string') return [row];
    const { query } = (row ?? {}) as { query?: unknown };
    return typeof query === 'string' ? [query] : [];
  });
  if (queries.length === 0) throw new Refusal(`--probe ${file}: no "query" in it.`);
  return queries;
}

function fromSql(text: string): string[] {
  const spans = new Map(schemaOperations(text).map(({ statement }) => [statement.id, statement.span]));
  return [...spans.values()].map(({ start, end }) => text.slice(start, end));
}

/** What PREPARE takes; the rest of what a server has run (DDL, SET, BEGIN) asks nothing of the schema. */
const PREPARABLE = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*(?:select|insert|update|delete|merge|values|with|table)\b/i;

/** The statements of a probe: a file of SQL, or an export of pg_stat_statements as CSV or JSON. */
export function readProbe(file: string): string[] {
  const read = readText(file);
  if ('failure' in read) throw new Refusal(`--probe ${file}: ${read.failure}.`);
  const { text } = read;
  const all = /\.csv$/i.test(file) ? fromCsv(text, file) : /\.json$/i.test(file) ? fromJson(text, file) : fromSql(text);
  const queries = [...new Set(all.map((query) => query.trim().replace(/;\s*$/, '')))].filter((query) => PREPARABLE.test(query));
  if (queries.length === 0) throw new Refusal(`--probe ${file}: no statement that could be prepared.`);
  return queries;
}

interface Answer {
  error: ServerError | null;
  /** Types of the columns it answers, as far as the server tells. */
  shape: string;
}

const INSERT = /^\s*insert\s+into\s+((?:"[^"]+"|[\w$]+)(?:\s*\.\s*(?:"[^"]+"|[\w$]+))?)\s*(?:as\s+\w+\s*)?(?:\(([^()]*)\))?/i;

/**
 * A NOT NULL column without a default that an INSERT does not name: the
 * statement can be prepared and fails whenever it runs.
 */
async function unnamedColumn({ session }: Database, query: string): Promise<string | null> {
  const [, table, columns] = INSERT.exec(query) ?? [];
  if (table === undefined || columns === undefined) return null;
  const named = new Set(columns.split(',').map((name) => (name.trim().startsWith('"') ? name.trim().slice(1, -1) : name.trim().toLowerCase())));
  const rows = await session.query(
    `SELECT attname AS name FROM pg_attribute WHERE attrelid = to_regclass('${table.replaceAll("'", "''")}') AND attnum > 0 AND NOT attisdropped
     AND attnotnull AND NOT atthasdef AND attidentity = '' ORDER BY attnum`,
  );
  const missing = rows.map(({ name }) => String(name)).find((name) => !named.has(name));
  return missing ?? null;
}

async function prepared(database: Database, query: string): Promise<Answer> {
  const { session } = database;
  try {
    await session.query('SAVEPOINT probe');
    await session.query(`PREPARE rehearsal_probe AS ${query}`);
    const shape = database.version >= 16 ? await shapeOf(database) : '';
    const missing = await unnamedColumn(database, query);
    await session.query('DEALLOCATE rehearsal_probe; RELEASE SAVEPOINT probe');
    if (missing === null) return { error: null, shape };
    const message = `null value in column "${missing}" violates not-null constraint: the statement does not name it`;
    return { error: { sqlstate: '23502', message, column: missing, constraint: null, table: null, position: null }, shape };
  } catch (error) {
    const known = serverError(error);
    if (known === null) throw error;
    await session.query('ROLLBACK TO SAVEPOINT probe');
    return { error: known, shape: '' };
  }
}

async function shapeOf({ session }: Database): Promise<string> {
  const [row] = await session.query("SELECT array_to_string(result_types, ', ') AS shape FROM pg_prepared_statements WHERE name = 'rehearsal_probe'");
  return String(row?.shape ?? '');
}

/** The statements of the deployed version, held against the schema after each migration. */
export class Probe {
  #answers = new Map<string, Answer>();

  constructor(
    private readonly database: Database,
    private readonly queries: readonly string[],
  ) {}

  private async ask(): Promise<Map<string, Answer>> {
    const answers = new Map<string, Answer>();
    const own = this.database.belongs === 'own';
    if (own) await this.database.session.query('BEGIN');
    for (const query of this.queries) answers.set(query, await prepared(this.database, query));
    if (own) await this.database.session.query('ROLLBACK');
    return answers;
  }

  /** Before the first migration; answers the statements that never worked. */
  async begin(): Promise<BrokenQuery[]> {
    this.#answers = await this.ask();
    return [...this.#answers].flatMap(([query, { error }]) => (error === null ? [] : [{ query, sqlstate: error.sqlstate, message: error.message }]));
  }

  /** After a migration: what worked before it and does not any more. */
  async outcome(): Promise<ProbeOutcome> {
    const before = this.#answers;
    this.#answers = await this.ask();
    const worked = [...before].filter(([, { error }]) => error === null);
    const outcome: ProbeOutcome = { queries: worked.length, broken: [], changed: [] };
    for (const [query, was] of worked) {
      const now = this.#answers.get(query);
      if (now === undefined) continue;
      if (now.error !== null) outcome.broken.push({ query, sqlstate: now.error.sqlstate, message: now.error.message });
      else if (now.shape !== was.shape) outcome.changed.push({ query, before: was.shape, after: now.shape });
    }
    return outcome;
  }
}
