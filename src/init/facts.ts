import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import glob from 'fast-glob';
import { FOLDERS_LEFT_OUT } from '../discover/left-out.js';
import { valueAt } from './json.js';

const NAMES = [
  'alembic.ini', 'pyproject.toml', 'package.json', 'Makefile', 'makefile', 'GNUmakefile', '*.mk', 'justfile', 'Justfile', '.justfile',
  'compose.{yml,yaml}', 'docker-compose*.{yml,yaml}', 'requirements*.txt', 'poetry.lock', 'uv.lock', 'pdm.lock', 'Pipfile.lock',
];

const DEPTH = 4;

/** What of a project `init` looks at. Paths are relative to the root, with forward slashes. */
export interface Facts {
  root: string;
  /** Files whose names say something, nearest to the root first. */
  files: readonly string[];
  /** Text of a file; null where there is none. */
  read: (path: string) => string | null;
  has: (path: string) => boolean;
  /** The command that runs us, from the folder of `path`, as words. */
  runner: (path: string) => readonly string[];
  /** `npm`, `pnpm`, `yarn` or `bun`. */
  manager: string;
  /** Is `name` among the dependencies of the package.json at the root? */
  dependsOn: (name: string) => boolean;
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

const LOCKS: readonly (readonly [string, string])[] = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['bun.lock', 'bun'],
  ['bun.lockb', 'bun'],
];

export const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  npm: ['npx', '--no-install', 'migration-guard'],
  pnpm: ['pnpm', 'exec', 'migration-guard'],
  yarn: ['yarn', 'run', 'migration-guard'],
  bun: ['bunx', '--no-install', 'migration-guard'],
};

function managerOf(manifest: string | null, has: (path: string) => boolean): string {
  const named = manifest === null ? undefined : valueAt(manifest, 'packageManager');
  const name = typeof named === 'string' ? (named.split('@')[0] ?? '') : '';
  if (Object.hasOwn(RUNNERS, name)) return name;
  return LOCKS.find(([lock]) => has(lock))?.[1] ?? 'npm';
}

/** Where nothing is installed, npx fetches us. */
export const FETCHED: readonly string[] = ['npx', '--yes', 'migration-guard'];

export function factsOf(root: string): Facts {
  const files = glob
    .sync(`**/{${NAMES.join(',')}}`, { cwd: root, deep: DEPTH, dot: true, suppressErrors: true, followSymbolicLinks: false, ignore: FOLDERS_LEFT_OUT.map((left) => `**/${left}/**`) })
    .sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1));
  const read = (path: string): string | null => textOf(join(root, path));
  const has = (path: string): boolean => existsSync(join(root, path));
  const manifest = read('package.json');
  const manager = managerOf(manifest, has);
  const dependencies = (['dependencies', 'devDependencies'] as const).flatMap((key) => {
    const value = manifest === null ? undefined : valueAt(manifest, key);
    return typeof value === 'object' && value !== null ? Object.keys(value) : [];
  });
  return {
    root,
    files,
    read,
    has,
    manager,
    runner: (path) => {
      for (let folder = dirname(path); ; folder = dirname(folder)) {
        if (has(join(folder, 'package.json'))) return RUNNERS[manager] ?? FETCHED;
        if (folder === '.') return FETCHED;
      }
    },
    dependsOn: (name) => dependencies.includes(name),
  };
}

/** Files of a folder by name, none where there is no such folder. */
export function namesIn({ root }: Facts, folder: string): string[] {
  try {
    return readdirSync(join(root, folder)).sort();
  } catch {
    return [];
  }
}

/** Every file in `facts.files` with one of these names. */
export function filesNamed({ files }: Facts, pattern: RegExp): string[] {
  return files.filter((path) => pattern.test(path.slice(path.lastIndexOf('/') + 1)));
}
