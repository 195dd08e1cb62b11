import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Host, Source } from '../parsers/parser.js';
import { pathFrom } from './place.js';
import { readTextSeen } from './read-text.js';
import type { Seen } from './seen.js';
import { TypeScriptProject } from './typescript.js';

const JAVASCRIPT = ['.ts', '.js', '.mts', '.mjs', '.cts', '.cjs', '.tsx', '.jsx', '.json'];

function candidatesOfModule(base: string): string[] {
  const written = /\.([cm]?)jsx?$/.exec(base);
  // TypeScript imports carry the name of what the compiler will write.
  const source = written === null ? [] : [base.replace(/\.([cm]?)js(x?)$/, '.$1ts$2')];
  return [base, ...source, ...JAVASCRIPT.map((extension) => base + extension), ...JAVASCRIPT.map((extension) => join(base, `index${extension}`))];
}

/** `app.db.names` may begin at the file's own folder or at any folder above it. */
function candidatesOfPythonModule(from: string, root: string, specifier: string): string[] {
  const dots = /^\.*/.exec(specifier)?.[0].length ?? 0;
  const name = specifier.slice(dots).split('.').filter((part) => part !== '').join('/');
  let folder = dirname(from);
  if (dots > 0) {
    for (let up = 1; up < dots; up++) folder = dirname(folder);
    return [join(folder, `${name}.py`), join(folder, name, '__init__.py')];
  }
  const found: string[] = [];
  for (;;) {
    found.push(join(folder, `${name}.py`), join(folder, name, '__init__.py'), join(folder, 'src', `${name}.py`));
    if (folder === root || folder === dirname(folder)) return found;
    folder = dirname(folder);
  }
}

function candidates(from: string, root: string, specifier: string): string[] {
  const folder = dirname(from);
  if (/\.(?:sql|json)$/i.test(specifier)) return [resolve(folder, specifier), resolve(root, specifier)];
  if (/\.pyi?$/i.test(from)) return candidatesOfPythonModule(from, root, specifier);
  if (specifier.startsWith('.') || specifier.startsWith('/')) return candidatesOfModule(resolve(folder, specifier));
  // Without the compiler's path mapping: what a base URL at the root or below `src` would give.
  const bare = specifier.replace(/^[@~]\//, '');
  return bare === specifier && !specifier.includes('/') ? [] : [join(root, bare), join(root, 'src', bare)].flatMap(candidatesOfModule);
}

/** A name that a JavaScript file imports and that is no path. */
function isBareModule(from: string, specifier: string): boolean {
  return /\.[cm]?[jt]sx?$/i.test(from) && !/^[./]/.test(specifier) && !/\.sql$/i.test(specifier);
}

/**
 * Says of most files that are not there that they are not, without asking the
 * disk for each: some settings may stand in forty places. Some disks make no
 * difference between letters, so that a name is compared without one.
 */
function missingFiles(root: string, seen: Seen | undefined): { isMissing: (absolute: string) => boolean; namesIn: (folder: string) => ReadonlySet<string> | null } {
  const folders = new Map<string, ReadonlySet<string> | null>();
  const namesIn = (folder: string): ReadonlySet<string> | null => {
    let names = folders.get(folder);
    if (names === undefined) {
      const missing = isMissing(folder);
      if (!missing) seen?.note(folder);
      names = missing ? null : listed(folder);
      folders.set(folder, names);
    }
    return names;
  };
  const isMissing = (absolute: string): boolean => {
    const folder = dirname(absolute);
    if (absolute === root || !folder.startsWith(root)) return false;
    return namesIn(folder)?.has(basename(absolute).toLowerCase()) !== true;
  };
  return { isMissing, namesIn };
}

function listed(folder: string): ReadonlySet<string> | null {
  try {
    return new Set(readdirSync(folder).map((name) => name.toLowerCase()));
  } catch {
    return null;
  }
}

/** The disk, with what the run must say about it. */
export interface ProjectHost extends Host {
  /** Something that every reader of the report should know; each is given once. */
  takeNotice(): string | null;
  /**
   * Whether a file may stand where `relativePath` says, by the first of its names
   * in the folder `up` from the source: one look at a folder instead of forty at files.
   */
  mayStand(from: string, up: string): (relativePath: string) => boolean;
}

/** What parsers may ask of the disk, each file read once a run. Paths are those of the report; `seen` is told what was looked at. */
export function hostFor(root: string, typescript: TypeScriptProject = new TypeScriptProject(root), seen?: Seen): ProjectHost {
  const known = new Map<string, Source | null>();
  const { isMissing, namesIn } = missingFiles(root, seen);

  const source = (absolute: string): Source | null => {
    let found = known.get(absolute);
    if (found === undefined) {
      const missing = isMissing(absolute);
      const read = missing ? null : readTextSeen(absolute, seen);
      found = read !== null && 'text' in read ? { path: pathFrom(root, absolute), text: read.text.replace(/^\ufeff/, '') } : null;
      known.set(absolute, found);
    }
    return found;
  };
  const isFolder = (absolute: string): boolean => {
    try {
      return !isMissing(absolute) && statSync(absolute).isDirectory();
    } catch {
      return false;
    }
  };

  return {
    resolveImport(from, specifier) {
      const absolute = resolve(root, from);
      const mapped = isBareModule(from, specifier) ? typescript.resolve(absolute, specifier) : null;
      for (const candidate of mapped === null ? candidates(absolute, root, specifier) : [mapped]) {
        const found = source(candidate);
        if (found !== null) return found;
      }
      return null;
    },
    sibling(from, relativePath) {
      const absolute = resolve(root, dirname(from), relativePath);
      return source(absolute) ?? (isFolder(absolute) ? { path: pathFrom(root, absolute), text: '' } : null);
    },
    constant({ path, text }, start, end) {
      return typescript.constant({ absolute: resolve(root, path), text, start, end });
    },
    takeNotice: () => typescript.takeNotice(),
    mayStand(from, up) {
      const folder = resolve(root, dirname(from), up);
      if (!folder.startsWith(root)) return () => true;
      const names = namesIn(folder);
      return (relativePath) => names?.has((relativePath.split('/', 1)[0] as string).toLowerCase()) === true;
    },
  };
}
