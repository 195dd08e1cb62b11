import { spawnSync } from 'node:child_process';
import { join, relative, sep } from 'node:path';
import { UsageError } from '../config.js';
import type { Selected } from './select.js';

/** The environment stays as it is: in a hook it says which index is meant. */
function git(root: string, args: readonly string[], input?: string): { status: number | null; stdout: Buffer; missing: boolean } {
  const { status, stdout, error } = spawnSync('git', ['-C', root, ...args], {
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'ignore'],
    ...(input === undefined ? {} : { input }),
  });
  return { status, stdout: stdout ?? Buffer.alloc(0), missing: error !== undefined };
}

function lines(root: string, args: readonly string[]): string[] | null {
  const { status, stdout } = git(root, args);
  return status === 0 ? stdout.toString('utf8').split('\0').filter((path) => path !== '') : null;
}

function line(root: string, args: readonly string[]): string | null {
  const { status, stdout } = git(root, args);
  const text = stdout.toString('utf8').trim();
  return status === 0 && text !== '' ? text : null;
}

/** The top of the checkout that `folder` lies in; null outside of one, or without git. */
export function checkoutOf(folder: string): string | null {
  return line(folder, ['rev-parse', '--show-toplevel']);
}

/** The branch that work is merged into, as a name git resolves; null when there is none to be seen. */
export function defaultBranch(root: string): string | null {
  const remote = line(root, ['symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD']);
  const named = line(root, ['config', '--get', 'init.defaultBranch']);
  const candidates = [remote, 'origin/main', 'origin/master', 'main', 'master', named].filter((name) => name !== null);
  return candidates.find((name) => line(root, ['rev-parse', '--verify', '--quiet', `${name}^{commit}`]) !== null) ?? null;
}

const DIFF = ['--name-only', '-z', '--no-renames', '--diff-filter=ACMRT'];

function untracked(root: string): string[] {
  return lines(root, ['ls-files', '-z', '--others', '--exclude-standard', '--full-name']) ?? [];
}

export interface ChangedFiles {
  paths: string[];
  /** What they were compared with, for messages. */
  against: string;
  /** The commit they were compared with; absent where there is none yet. */
  base?: string;
  notice?: string;
}

/** Changed since the merge-base with `ref`, committed or not, untracked ones included. Paths from the top of the checkout. */
export function changedSince(root: string, ref: string): ChangedFiles {
  if (line(root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]) === null) {
    throw new UsageError(`git knows no "${ref}". In CI, fetch it first (fetch-depth: 0).`);
  }
  const base = line(root, ['merge-base', ref, 'HEAD']);
  const changed = lines(root, ['diff', ...DIFF, base ?? ref, '--']) ?? [];
  return {
    paths: [...new Set([...changed, ...untracked(root)])],
    against: ref,
    base: base ?? ref,
    ...(base === null ? { notice: `No common ancestor with ${ref} in this shallow clone; compared with ${ref} itself.` } : {}),
  };
}

/** What this branch brings: the default selection. */
export function changedOnBranch(root: string): ChangedFiles {
  const branch = defaultBranch(root);
  if (branch !== null && line(root, ['rev-parse', '--verify', '--quiet', 'HEAD']) !== null) return changedSince(root, branch);
  const head = lines(root, ['diff', ...DIFF, 'HEAD', '--']) ?? lines(root, ['diff', '--cached', ...DIFF]) ?? [];
  return { paths: [...new Set([...head, ...untracked(root)])], against: 'the last commit', base: 'HEAD' };
}

/** Files that nobody else has yet: untracked, or added since the merge-base. */
export function newFiles(root: string): ChangedFiles {
  const branch = defaultBranch(root);
  const base = branch === null ? null : line(root, ['merge-base', branch, 'HEAD']);
  const added = lines(root, ['diff', '--name-only', '-z', '--no-renames', '--diff-filter=A', base ?? 'HEAD', '--']) ?? [];
  const staged = lines(root, ['diff', '--cached', '--name-only', '-z', '--no-renames', '--diff-filter=A']) ?? [];
  return { paths: [...new Set([...added, ...staged, ...untracked(root)])], against: branch ?? 'the last commit', base: base ?? 'HEAD' };
}

/** Every file git tracks or would track. */
export function allFiles(root: string): string[] {
  return lines(root, ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--full-name']) ?? [];
}

/** What the next commit will hold, from the index, whatever the disk says. A link or a submodule there is no file of its own. */
export function stagedFiles(root: string, wanted: (path: string) => boolean): { path: string; bytes: Buffer }[] {
  const fields = lines(root, ['diff', '--cached', '--raw', '--abbrev=64', '-z', '--no-renames', '--diff-filter=ACMRT']) ?? [];
  // Each path follows its `:<old mode> <new mode> <old blob> <new blob> <status>`.
  return fields.flatMap((path, index) => {
    if (index % 2 === 0) return [];
    const [, mode = '', , blob = ''] = (fields[index - 1] ?? '').split(' ');
    if (!mode.startsWith('100') || !wanted(path)) return [];
    const { status, stdout } = git(root, ['cat-file', 'blob', blob]);
    return status === 0 ? [{ path, bytes: stdout }] : [];
  });
}

/** The texts that a commit has of files, by absolute path; what it lacks is left out. One process for all of them. */
export function textsAt(folder: string, commit: string, files: readonly string[]): Map<string, string> {
  // A line each: what has two lines in its name cannot be asked for, and would put the answers out of step.
  const askable = files.filter((file) => !file.includes('\n'));
  const asked = askable.map((file) => `${commit}:./${relative(folder, file).split(sep).join('/')}\n`).join('');
  const { stdout } = git(folder, ['cat-file', '--batch'], asked);
  const texts = new Map<string, string>();
  let at = 0;
  for (const file of askable) {
    const end = stdout.indexOf(10, at);
    if (end < 0) break;
    const size = / blob (\d+)$/.exec(stdout.toString('utf8', at, end))?.[1];
    at = end + 1;
    if (size === undefined) continue;
    texts.set(file, stdout.toString('utf8', at, at + Number(size)));
    at += Number(size) + 1;
  }
  return texts;
}

export function toSelected(root: string, paths: readonly string[]): Selected[] {
  return paths.map((path) => ({ absolute: join(root, path), named: false }));
}
