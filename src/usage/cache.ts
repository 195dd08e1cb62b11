import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { digest } from '../digest.js';
import { VERSION } from '../version.js';
import type { Usage } from './search.js';
import { soughtKey, type Sought } from './sought.js';

/** As many answers are kept; the oldest go first. */
const KEPT = 100;

/** Changes when an answer would. */
const FORMAT = 1;

/** Beside the project's other caches, or the user's where nothing is installed. */
function folderFor(root: string): string {
  const modules = join(root, 'node_modules');
  if (existsSync(modules)) return join(modules, '.cache', 'migration-guard', 'usage');
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const own = process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME;
  return join(own || join(homedir(), '.cache'), 'migration-guard', 'usage');
}

/** The question for code that leaves a column out, apart from the one for code that uses it. */
export function omissionsKey(sought: Sought): string {
  return `+${soughtKey(sought)}`;
}

/** What `search` answers about a commit, which never changes; remembered when it can be. */
export function cachedUsages(root: string, commit: string, name: string, keys: readonly string[], search: () => Map<string, Usage>): Map<string, Usage> {
  const folder = folderFor(root);
  const file = join(folder, `${digest('sha256', [VERSION, FORMAT, root, commit, ...[...keys].sort()].join('\0')).slice(0, 40)}.json`);
  const known = remembered(file, keys);
  if (known !== null) return new Map([...known].map(([key, usage]) => [key, { ...usage, code: name }]));
  const usages = search();
  remember(folder, file, usages);
  return usages;
}

function remembered(file: string, keys: readonly string[]): Map<string, Usage> | null {
  try {
    const usages = new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, Usage][]);
    return keys.every((key) => isUsage(usages.get(key))) ? usages : null;
  } catch {
    // Absent, cut short or not ours: it is searched anew.
    return null;
  }
}

function isUsage(value: unknown): value is Usage {
  return typeof value === 'object' && value !== null && 'conclusive' in value && 'places' in value && Array.isArray(value.places);
}

/** Whole or not at all: another process may be reading. A folder that cannot be written costs a search, nothing else. */
function remember(folder: string, file: string, usages: ReadonlyMap<string, Usage>): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(draft, JSON.stringify([...usages]));
    renameSync(draft, file);
    forgetOldest(folder);
  } catch {
    rmSync(draft, { force: true });
  }
}

function forgetOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= KEPT) return;
  const aged = names.map((name) => ({ name, age: statSync(join(folder, name)).mtimeMs })).sort((a, b) => a.age - b.age);
  for (const { name } of aged.slice(0, names.length - KEPT)) rmSync(join(folder, name), { force: true });
}
