import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { numberOf, type Database, type Session } from '../database.js';
import type { Place } from '../rehearse.js';
import { Refusal } from '../refusal.js';
import { connect } from './client.js';
import { install, removeUnfinished } from './install.js';
import { claim, PREFIX, removeLeftovers } from './leftovers.js';
import { Watchdog } from './watchdog.js';

/** The servers refuse to run as root, so root lends them the account that owns nothing. */
const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

const SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off', 'max_connections=100', 'shared_buffers=64MB'];

function ended(program: string, args: readonly string[], cwd: string, watchdog: Watchdog): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { ...account, cwd, stdio: ['ignore', 'ignore', 'pipe'], detached: true });
    watchdog.watch(child.pid);
    let errors = '';
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      watchdog.forget(child.pid);
      if (code === 0) resolve();
      else reject(new Refusal(`initdb failed: ${errors.trim().split('\n').at(-1) ?? ''}.`));
    });
  });
}

async function patiently(open: () => Promise<Session>, isOver: () => boolean): Promise<Session> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await open();
    } catch (error) {
      if (attempt > 300 || isOver()) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** A server of this major version that nobody else knows, on a socket in a folder of its own, gone with this process. */
export async function throwAwayServer(major: number, tell: (text: string) => void): Promise<Place> {
  removeLeftovers();
  const folder = mkdtempSync(join(tmpdir(), PREFIX));
  claim(folder);
  const watchdog = new Watchdog(folder);
  try {
    removeUnfinished();
    const native = await install(major, watchdog, tell);
    tell(`starting PostgreSQL ${major}`);
    if (account.uid !== undefined) chownSync(folder, account.uid, account.gid);
    const cluster = join(folder, 'cluster');
    await ended(join(native, 'bin', 'initdb'), ['-D', cluster, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8'], folder, watchdog);
    const flags = SETTINGS.flatMap((setting) => ['-c', setting]);
    const server = spawn(join(native, 'bin', 'postgres'), ['-D', cluster, '-k', folder, '-c', 'listen_addresses=', ...flags], { ...account, cwd: folder, stdio: 'ignore', detached: true });
    watchdog.watch(server.pid);
    server.unref();
    const to = (database: string) => (): Promise<Session> => connect({ host: folder, user: 'postgres', database });
    const administrator = await patiently(to('postgres'), () => server.exitCode !== null);
    return new ServerPlace(administrator, to, async () => {
      await administrator.close();
      await watchdog.release();
    });
  } catch (error) {
    await watchdog.release();
    throw error;
  }
}

class ServerPlace implements Place {
  #count = 0;

  constructor(
    private readonly administrator: Session,
    private readonly to: (database: string) => () => Promise<Session>,
    readonly close: () => Promise<void>,
  ) {}

  async open(): Promise<Database> {
    const name = `rehearsal_${++this.#count}`;
    await this.administrator.query(`CREATE DATABASE ${name} TEMPLATE template0`);
    return this.database(name);
  }

  private async database(name: string): Promise<Database> {
    const connectTo = this.to(name);
    let session = await connectTo();
    const [row] = await session.query("SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number");
    // A database can only be copied while nobody is connected to it: the session behind this one changes.
    const current: Session = {
      query: (sql) => session.query(sql),
      onNotice: (listener) => session.onNotice(listener),
      close: () => session.close(),
    };
    return {
      description: `PostgreSQL ${String(row?.version).split(' ')[0] ?? ''}, a throw-away server`,
      version: Math.floor(numberOf(row?.number) / 10_000),
      session: current,
      belongs: 'own',
      settings: '',
      another: connectTo,
      onCopy: async (work) => {
        const copy = `${name}_copy`;
        await session.close();
        await this.administrator.query(`CREATE DATABASE ${copy} TEMPLATE ${name}`);
        session = await connectTo();
        const database = await this.database(copy);
        try {
          return await work(database);
        } finally {
          await database.close();
          await this.administrator.query(`DROP DATABASE ${copy} WITH (FORCE)`).catch(() => this.administrator.query(`DROP DATABASE IF EXISTS ${copy}`));
        }
      },
      close: () => current.close(),
    };
  }
}
