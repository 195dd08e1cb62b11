import { readFileSync } from 'node:fs';
import { startServer, type Server } from '../servers.js';
import { loaded, type Recording } from './library.js';
import { installedTogether, unwrapped } from './together.js';

const OWN = /\bFROM pg_type\b|pg_catalog\.pg_type|^\s*(?:DISCARD|SET client_encoding)/i;

/** slonik and postgres.js want a real connection. */
let server: Promise<Server> | undefined;

interface Closable {
  end(): Promise<unknown>;
}

/** Runs one migration by hand with the client that it imports, up and down. */
export async function recordTaggedSql(file: string): Promise<Recording> {
  const { load } = installedTogether('tagged-sql-47', ['slonik@47.3.2', 'postgres@3.4.9', 'pg@8', 'zod@4']);
  server ??= startServer(16);
  const { folder, connect } = await server;
  const { exports, before } = loaded(file, load);
  const held = (exports['default'] ?? exports) as Record<'up' | 'down', ((handle: unknown) => Promise<unknown>) | undefined>;
  const setup = await connect();
  await setup.query('DROP SCHEMA IF EXISTS public CASCADE; DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA public;');
  if (before.trim() !== '') await setup.query(before);
  await setup.end();
  const sent: string[] = [];
  const text = readFileSync(file, 'utf8');
  const { client, name } = /from 'slonik'/.test(text) ? await slonik(load, folder, sent) : /from 'postgres'|postgres\.js/.test(text) ? postgresJs(load, folder, sent) : await pgClient(load, folder, sent);
  try {
    await held.up?.(client);
    const up = unwrapped(sent, OWN);
    sent.length = 0;
    await held.down?.(client);
    const down = held.down === undefined ? null : unwrapped(sent, OWN).sql;
    const own = up.wrapped ? ['BEGIN', ...up.sql, 'COMMIT'] : up.sql;
    return { library: name, transaction: 'none', up: own, down };
  } finally {
    await (client as Closable).end();
  }
}

/** `pg` with its method noting what it sends. */
function noting(load: NodeJS.Require, sent: string[]): { Client: new (options: object) => object } {
  const driver = load('pg') as { Client: { new (options: object): object; prototype: { query(...args: unknown[]): unknown } } };
  const original = (driver.Client.prototype as { original?: (...args: unknown[]) => unknown }).original ?? driver.Client.prototype.query;
  Object.assign(driver.Client.prototype, { original });
  driver.Client.prototype.query = function query(this: unknown, ...args: unknown[]): unknown {
    const [first] = args;
    sent.push(typeof first === 'string' ? first : String((first as { text?: unknown }).text));
    return original.apply(this, args);
  };
  return driver;
}

async function pgClient(load: NodeJS.Require, host: string, sent: string[]): Promise<{ client: unknown; name: string }> {
  const { Client } = noting(load, sent);
  const client = new Client({ host, user: 'postgres', database: 'postgres' }) as { connect(): Promise<void> };
  await client.connect();
  return { client, name: 'pg 8' };
}

async function slonik(load: NodeJS.Require, host: string, sent: string[]): Promise<{ client: unknown; name: string }> {
  noting(load, sent);
  const { createPool } = load('slonik') as { createPool(uri: string): Promise<object> };
  const pool = await createPool(`postgresql://postgres@${encodeURIComponent(host)}/postgres`);
  return { client: pool, name: 'slonik 47.3.2' };
}

function postgresJs(load: NodeJS.Require, host: string, sent: string[]): { client: unknown; name: string } {
  const create = load('postgres') as (options: object) => unknown;
  const sql = create({ host, path: `${host}/.s.PGSQL.5432`, user: 'postgres', database: 'postgres', max: 1, fetch_types: false, onnotice: () => undefined, debug: (_connection: number, query: string) => void sent.push(query) });
  return { client: sql, name: 'postgres 3.4.9' };
}

export async function stopServer(): Promise<void> {
  await (await server)?.stop();
}
