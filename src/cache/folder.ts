import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** In bytes, of all that is kept for one project. */
const SIZE_LIMIT = 128 * 1024 * 1024;

/** As many files are kept; the oldest go first. */
const COUNT_LIMIT = 100;

/** What a killed process left unfinished is removed after so long, in milliseconds. */
const ABANDONED = 60 * 60 * 1000;

const UNFINISHED = /\.part$/;

/** The user's own, where nothing is installed beside the project. */
function ownFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  const own = process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : process.platform === 'win32' ? LOCALAPPDATA : XDG_CACHE_HOME;
  return join(own || join(homedir(), '.cache'), 'migration-guard');
}

/** Where a project's caches lie: beside those of its other tools, if it has any. */
export function cacheFolder(root: string, name: string): string {
  const modules = join(root, 'node_modules');
  return existsSync(modules) ? join(modules, '.cache', 'migration-guard', name) : join(ownFolder(), name);
}

/** The bytes of an entry; null when there is none that could be read. */
export function readEntry(folder: string, name: string): Buffer | null {
  try {
    return readFileSync(join(folder, name));
  } catch {
    return null;
  }
}

/**
 * Writes an entry, whole or not at all: another process may be reading, or
 * writing the same one. A folder that cannot be written is no reason to fail.
 */
export function writeEntry(folder: string, name: string, write: (file: string) => void): void {
  const draft = join(folder, `${name}.${process.pid}.part`);
  try {
    mkdirSync(folder, { recursive: true });
    write(draft);
    renameSync(draft, join(folder, name));
    forgetOldest(folder);
  } catch {
    remove(draft);
  }
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // It cannot be written, so there is nothing to be removed either.
  }
}

function forgetOldest(folder: string): void {
  const now = Date.now();
  const kept: { file: string; size: number; modified: number }[] = [];
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    if (!UNFINISHED.test(name)) kept.push({ file, size: stats.size, modified: stats.mtimeMs });
    else if (now - stats.mtimeMs > ABANDONED) remove(file);
  }
  kept.sort((a, b) => b.modified - a.modified);
  let total = 0;
  for (const [index, { file, size }] of kept.entries()) {
    total += size;
    // The newest is the one that was just written.
    if (index > 0 && (index >= COUNT_LIMIT || total > SIZE_LIMIT)) remove(file);
  }
}
