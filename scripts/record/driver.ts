import { EventEmitter } from 'node:events';
import { PGlite } from '@electric-sql/pglite';
import { citext } from '@electric-sql/pglite/contrib/citext';
import { hstore } from '@electric-sql/pglite/contrib/hstore';
import { uuid_ossp } from '@electric-sql/pglite/contrib/uuid_ossp';

/** One database for the whole run, emptied for each case: starting it is what takes time. */
let shared: Promise<PGlite> | undefined;

export async function emptyDatabase(): Promise<PGlite> {
  shared ??= PGlite.create({ extensions: { citext, hstore, uuid_ossp } });
  const database = await shared;
  await database.exec('ROLLBACK; RESET ALL;');
  const { rows } = await database.query<{ nspname: string }>("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'");
  for (const { nspname } of rows) await database.exec(`DROP SCHEMA "${nspname}" CASCADE`);
  await database.exec('CREATE SCHEMA public;');
  return database;
}

/** One string that reached the server. */
export interface Sent {
  sql: string;
  /** Which of the driver's connections it went through. */
  connection: number;
}

interface Result {
  rows: unknown[];
  rowCount: number;
  command: string;
  fields: unknown[];
}

type Done = (error: Error | null, result?: unknown) => void;

/**
 * What `pg` exports, on top of PGlite, noting every string sent. All
 * connections share PGlite's one session.
 */
export function driverOn(database: PGlite, sent: Sent[]): object {
  const run = async (sql: string, values: unknown[] | undefined, connection: number): Promise<unknown> => {
    sent.push({ sql, connection });
    const results = values !== undefined && values.length > 0 ? [await database.query(sql, values)] : await database.exec(sql);
    const shaped = results.map(({ rows, affectedRows, fields }): Result => ({ rows, rowCount: affectedRows ?? rows.length, command: sql.trim().split(/\s/)[0]?.toUpperCase() ?? '', fields }));
    return shaped.length === 1 ? shaped[0] : shaped.length === 0 ? { rows: [], rowCount: 0, command: '', fields: [] } : shaped;
  };
  let connections = 0;
  class Client extends EventEmitter {
    readonly connection = new EventEmitter();
    private readonly id = connections++;
    processID = 1;

    connect(done?: Done): Promise<void> | undefined {
      if (done === undefined) return Promise.resolve();
      setImmediate(() => done(null));
      return undefined;
    }

    query(query: string | { text: string; values?: unknown[] }, second?: unknown[] | Done, third?: Done): Promise<unknown> | undefined {
      const done = typeof second === 'function' ? second : third;
      const text = typeof query === 'string' ? query : query.text;
      const values = Array.isArray(second) ? second : typeof query === 'string' ? undefined : query.values;
      const result = run(text, values, this.id);
      if (done === undefined) return result;
      result.then((value) => done(null, value), (error: Error) => done(error));
      return undefined;
    }

    release(): void {}

    end(done?: Done): Promise<void> | undefined {
      if (done === undefined) return Promise.resolve();
      done(null);
      return undefined;
    }
  }
  class Pool extends Client {
    override connect(done?: (error: Error | null, client?: unknown, release?: () => void) => void): Promise<void> | undefined {
      done?.(null, new Client(), () => undefined);
      return undefined;
    }
  }
  const types = { getTypeParser: () => (value: unknown) => value, setTypeParser: () => undefined, builtins: {} };
  return { Client, Pool, types, defaults: {} };
}

/** Positions of what went past the connection that held a transaction open. */
export function outsideOf(sent: readonly Sent[]): number[] {
  const outside: number[] = [];
  const open = new Set<number>();
  for (const [index, { sql, connection }] of sent.entries()) {
    if (open.size > 0 && !open.has(connection) && !/^\s*(?:START TRANSACTION|BEGIN)\b/i.test(sql)) outside.push(index);
    if (/^\s*(?:START TRANSACTION|BEGIN)\b/i.test(sql)) open.add(connection);
    if (/^\s*(?:COMMIT|ROLLBACK)\s*;?\s*$/i.test(sql)) open.delete(connection);
  }
  return outside;
}
