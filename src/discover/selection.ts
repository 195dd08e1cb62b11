import { existsSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { UsageError } from '../config.js';
import type { ChangedFiles } from './git.js';
import { leftOut } from './left-out.js';
import { languageOf } from '../parsers/load.js';
import { textOf } from './read-text.js';
import { filesBelow, selectPaths, withoutIgnored, type Selected, type Selection } from './select.js';

/** Which files a run is about; at most one of those after `paths`. */
export interface SelectionOptions {
  paths?: readonly string[];
  all?: boolean;
  since?: string;
  staged?: boolean;
  fresh?: boolean;
  /** The newest so many of each project, by its tool's own order. */
  latest?: number;
  /** Exactly these, by absolute path, each judged by what it looks like. */
  files?: readonly string[];
}

export interface Chosen extends Selection {
  /** `changed`: these files deploy together; `given`: each is judged by itself. */
  how: 'given' | 'changed' | 'all';
  /** What changed files were compared with; null when nothing was compared. */
  against: string | null;
  /** What the default branch, or whatever was compared with, has of the changed files, by absolute path. */
  deployed?: ReadonlyMap<string, string>;
  notices: string[];
}

/** Where the selection looks. */
export interface Scope {
  cwd: string;
  root: string;
  /** `paths` of the configuration, absolute; empty for the whole project. */
  paths: readonly string[];
  ignore: readonly string[];
  ignoreFrom: string;
}

function requireCheckout(checkout: string | null, root: string, flag: string): string {
  if (checkout === null) throw new UsageError(`${flag} needs a git repository and git itself; ${root} has none.`);
  return checkout;
}

function below(folders: readonly string[], file: string): boolean {
  return folders.length === 0 || folders.some((folder) => file === folder || file.startsWith(`${folder}${sep}`));
}

async function fromGit(options: SelectionOptions, scope: Scope): Promise<{ files: Selected[]; changed: ChangedFiles | null; top: string } | null> {
  // Loaded only where git is asked: no path was named.
  const { allFiles, changedOnBranch, changedSince, checkoutOf, newFiles, stagedFiles, toSelected } = await import('./git.js');
  const { since, staged, fresh } = options;
  const checkout = checkoutOf(scope.root);
  if (staged === true) {
    const top = requireCheckout(checkout, scope.root, '--staged');
    const files = stagedFiles(top, (path) => !leftOut(path)).flatMap(({ path, bytes }): Selected[] => {
      const read = textOf(bytes);
      return 'text' in read ? [{ absolute: resolve(top, path), named: false, text: read.text }] : [];
    });
    return { files, changed: { paths: [], against: 'the index', base: 'HEAD' }, top };
  }
  const flag = since !== undefined ? '--since' : fresh === true ? '--new' : null;
  const top = flag === null ? checkout : requireCheckout(checkout, scope.root, flag);
  if (top === null) return null;
  const changed =
    since !== undefined ? changedSince(top, since)
    : fresh === true ? newFiles(top)
    : options.all === true || options.latest !== undefined ? null
    : changedOnBranch(top);
  const paths = (changed?.paths ?? allFiles(top)).filter((path) => !leftOut(path));
  return { files: toSelected(top, paths).filter(({ absolute }) => existsSync(absolute)), changed, top };
}

/** Everything of the project, where git does not tell what changed. */
async function everything(scope: Scope): Promise<Selected[]> {
  const folders = scope.paths.length > 0 ? [] : [scope.root];
  const files = (await Promise.all(folders.map(filesBelow))).flat().map((absolute) => ({ absolute, named: false }));
  return scope.paths.length > 0 ? (await selectPaths(scope.paths, scope.cwd)).files : files;
}

/** The files that a run is about, before anybody has looked inside them. */
export async function choose(options: SelectionOptions, scope: Scope): Promise<Chosen> {
  const { paths = [], files } = options;
  if (files !== undefined) {
    const selected = files.map((absolute) => ({ absolute, named: false }));
    return { files: await withoutIgnored(selected, scope.ignore, scope.ignoreFrom), missing: [], how: 'changed', against: null, notices: [] };
  }
  const compared = options.since !== undefined || options.staged === true || options.fresh === true;
  const chosen = paths.length > 0 && !compared ? await chooseGiven(paths, scope) : await chooseSelf(options, scope);
  return { ...chosen, files: await withoutIgnored(chosen.files, scope.ignore, scope.ignoreFrom) };
}

async function chooseGiven(paths: readonly string[], { cwd }: Scope): Promise<Chosen> {
  return { ...(await selectPaths(paths, cwd)), how: 'given', against: null, notices: [] };
}

async function textsDeployed(top: string, base: string, files: readonly Selected[]): Promise<ReadonlyMap<string, string>> {
  const candidates = files.map(({ absolute }) => absolute).filter((file) => languageOf(file) !== null);
  return candidates.length === 0 ? new Map() : (await import('./git.js')).textsAt(top, base, candidates);
}

async function chooseSelf(options: SelectionOptions, scope: Scope): Promise<Chosen> {
  const told = await fromGit(options, scope);
  if (told === null) return { files: await everything(scope), missing: [], how: 'all', against: null, notices: [] };
  const { paths = [] } = options;
  const folders = (paths.length > 0 ? paths : scope.paths).map((path) => resolve(scope.cwd, path)).filter((path) => !/[*?{]/.test(path));
  const { changed, top } = told;
  const files = told.files.filter(({ absolute }) => below(folders, absolute));
  const deployed = changed?.base === undefined ? undefined : await textsDeployed(top, changed.base, files);
  return {
    files,
    ...(deployed === undefined ? {} : { deployed }),
    missing: [],
    how: changed === null ? 'all' : 'changed',
    against: changed?.against ?? null,
    notices: changed?.notice === undefined ? [] : [changed.notice],
  };
}
