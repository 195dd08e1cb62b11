import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Two checkouts must not install into each other's cells. */
function checkoutName(): string {
  return createHash('sha256').update(ROOT).digest('hex').slice(0, 12);
}

/** Outside of the project: what is installed there must not be found by a walk up from its files. */
export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'migration-guard-integrations', checkoutName());

interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

export function execute(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

function pack(folder: string, into: string): string {
  const { status, stdout, stderr } = execute('npm', ['pack', '--silent', '--pack-destination', into], folder);
  const name = stdout.trim().split('\n').at(-1);
  if (status !== 0 || name === undefined) throw new Error(`npm pack in ${folder} failed: ${stderr}`);
  const packed = join(into, name);
  // npm takes an archive of the same name for the one it has installed already.
  const digest = createHash('sha256').update(readFileSync(packed)).digest('hex').slice(0, 12);
  const named = packed.replace(/\.tgz$/, `-${digest}.tgz`);
  renameSync(packed, named);
  return named;
}

let packages: { guard: string; plugin: string } | undefined;

/** Both packages as they would be published, built from the working tree once a run. */
function packed(): { guard: string; plugin: string } {
  if (packages === undefined) {
    const into = join(CACHE, 'packed');
    rmSync(into, { recursive: true, force: true });
    mkdirSync(into, { recursive: true });
    packages = { guard: pack(ROOT, into), plugin: pack(join(ROOT, 'packages/eslint-plugin-migration-guard'), into) };
  }
  return packages;
}

/** A project with one version of ESLint, both of our packages and whatever else is asked for. */
export interface Cell {
  folder: string;
  eslint(args: readonly string[], env?: Record<string, string>): Outcome;
  write(path: string, text: string): void;
  remove(path: string): void;
  script(text: string): Outcome;
}

/** Null where it cannot be installed, for which the reason has been said. */
export function cellWith(name: string, dependencies: Record<string, string>): Cell | null {
  const folder = join(CACHE, name);
  mkdirSync(folder, { recursive: true });
  const { guard, plugin } = packed();
  const manifest = {
    name: 'cell',
    private: true,
    dependencies: { ...dependencies, 'migration-guard': `file:${guard}`, 'eslint-plugin-migration-guard': `file:${plugin}` },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const install = ['install', '--no-package-lock', '--no-audit', '--no-fund', '--prefer-offline', '--legacy-peer-deps'];
  const { status, stderr } = execute('npm', install, folder);
  if (status !== 0) {
    process.stderr.write(`\nSKIPPED ${name}: it could not be installed (${stderr.split('\n').find((line) => /ERR|error/.test(line)) ?? stderr})\n`);
    return null;
  }
  // A checkout of its own, so that the project begins here.
  mkdirSync(join(folder, '.git'), { recursive: true });
  return cellIn(folder);
}

function cellIn(folder: string): Cell {
  const bin = join(folder, 'node_modules/eslint/bin/eslint.js');
  return {
    folder,
    eslint: (args, env) => execute(process.execPath, [bin, ...args], folder, env),
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    },
    remove: (path) => rmSync(join(folder, path), { recursive: true, force: true }),
    script: (text) => execute(process.execPath, ['--input-type=commonjs', '-e', text], folder),
  };
}

/** The demo projects, fresh, under `projects/` of the cell. */
export function copyProjects({ folder }: Cell): void {
  rmSync(join(folder, 'projects'), { recursive: true, force: true });
  cpSync(join(ROOT, 'fixtures/projects'), join(folder, 'projects'), { recursive: true });
}
