import { statSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { EXTENSIONS, FOLDERS_LEFT_OUT, leftOut } from './left-out.js';
import { reasonOf } from './read-text.js';

/** A file that may be reported on. */
export interface Selected {
  absolute: string;
  /** The user named this very file: it is linted whatever it looks like. */
  named: boolean;
  /** Its text where that is not what the disk holds: standard input, the index. */
  text?: string;
}

export interface Selection {
  files: Selected[];
  /** Paths and globs that led nowhere, as the user wrote them, with the reason. */
  missing: { path: string; reason: string }[];
}

type Glob = (patterns: string | string[], options: object) => Promise<string[]>;

/** Loaded for globs and directories only: most runs name their files. */
async function loadGlob(): Promise<Glob> {
  return (await import('fast-glob')).default;
}

const GLOB = /[*?{}[\]]|[!@+]\(/;

async function expand(pattern: string, cwd: string): Promise<string[]> {
  const glob = await loadGlob();
  const ignore = FOLDERS_LEFT_OUT.filter((folder) => !pattern.split('/').includes(folder)).map((folder) => `**/${folder}/**`);
  return glob(pattern.replaceAll('\\', '/'), { cwd, absolute: true, onlyFiles: true, ignore, suppressErrors: true });
}

/** The files below a directory that some front-end may recognise, in order of their paths. */
export async function filesBelow(folder: string): Promise<string[]> {
  const glob = await loadGlob();
  const found = await glob(`**/*.{${EXTENSIONS.join(',')}}`, {
    cwd: folder,
    onlyFiles: true,
    followSymbolicLinks: false,
    caseSensitiveMatch: false,
    ignore: FOLDERS_LEFT_OUT.map((left) => `**/${left}/**`),
    suppressErrors: true,
  });
  return found.filter((path) => !leftOut(path)).sort().map((path) => join(folder, path.split('/').join(sep)));
}

async function selectOne(path: string, cwd: string, add: (absolute: string, named: boolean) => void): Promise<string | null> {
  const absolute = resolve(cwd, path);
  try {
    if (statSync(absolute).isDirectory()) for (const file of await filesBelow(absolute)) add(file, false);
    else add(absolute, true);
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!GLOB.test(path) || (code !== 'ENOENT' && code !== 'ENOTDIR')) return reasonOf(error);
  }
  const found = await expand(path, cwd);
  for (const file of found.sort()) add(resolve(file), false);
  return found.length === 0 ? 'matches no file' : null;
}

/** The files that paths, directories and globs stand for. */
export async function selectPaths(paths: readonly string[], cwd: string): Promise<Selection> {
  const files = new Map<string, Selected>();
  const missing: Selection['missing'] = [];
  for (const path of paths) {
    const reason = await selectOne(path, cwd, (absolute, named) => {
      if (named || !files.has(absolute)) files.set(absolute, { absolute, named });
    });
    if (reason !== null) missing.push({ path, reason });
  }
  return { files: [...files.values()], missing };
}

/** Without the files that the patterns of `ignore` match; patterns are relative to `root`. */
export async function withoutIgnored(files: readonly Selected[], ignore: readonly string[], root: string): Promise<Selected[]> {
  if (ignore.length === 0 || files.length === 0) return [...files];
  const glob = await loadGlob();
  const patterns = ignore.flatMap((pattern) => (pattern.endsWith('/') ? [`${pattern}**`] : [pattern, `${pattern}/**`]));
  const ignored = new Set((await glob(patterns, { cwd: root, absolute: true, dot: true })).map((path) => resolve(path)));
  return files.filter(({ absolute }) => !ignored.has(absolute));
}
