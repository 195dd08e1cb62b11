import { relative, resolve, sep } from 'node:path';
import { visible } from '../reporters/neutral.js';
import type { Notice, ProjectRun } from '../project.js';

function listed(lists: Map<string, string[]>, key: string): string[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

/** Files that were left alone on purpose, counted by reason: `12 files left alone: written for MySQL`. */
function leftAlone(run: ProjectRun, shown: (path: string) => string): string[] {
  const failed = new Set(run.failures.map(({ path }) => path));
  const byReason = new Map<string, string[]>();
  for (const { path, skipped } of run.files) {
    if (skipped !== null && !failed.has(path)) listed(byReason, skipped).push(path);
  }
  return [...byReason].map(([reason, paths]) =>
    paths.length === 1 ? `${shown(paths[0] ?? '')}: left alone, ${reason}` : `${paths.length} files left alone: ${reason}`,
  );
}

function nothingFound({ chosen }: ProjectRun, paths: readonly string[]): string {
  if (chosen.how === 'changed') return `No migration files changed since ${chosen.against ?? ''}; --all lints every one`;
  return paths.length === 0 ? 'No migration files found' : `No migration files found in ${paths.join(', ')}`;
}

/** The same notice about many files is one line. */
function noticeLines(notices: readonly Notice[], shown: (path: string) => string): string[] {
  const byText = new Map<string, string[]>();
  for (const { path, text } of notices) listed(byText, text).push(...(path === null ? [] : [path]));
  return [...byText].map(([text, paths]) => {
    if (paths[0] === undefined) return text;
    return paths.length === 1 ? `${shown(paths[0])}: ${text}` : `${paths.length} files: ${text}`;
  });
}

export interface MessageOptions {
  silentWhenEmpty: boolean;
  debug: boolean;
  shownPath: (path: string) => string;
}

/** What goes to standard error: what could not be read, what was left alone, what readers noticed. One line each. */
export function messagesOf(run: ProjectRun, paths: readonly string[], { silentWhenEmpty, debug, shownPath }: MessageOptions): string[] {
  const asWritten = new Set(run.chosen.missing.map(({ path }) => path));
  const failures = run.failures.flatMap(({ path, reason, stack }) => [
    `${asWritten.has(path) ? path : shownPath(path)}: ${reason}`,
    ...(debug && stack !== undefined ? stack.split('\n') : []),
  ]);
  const empty = run.files.length === 0 && !silentWhenEmpty ? [nothingFound(run, paths)] : [];
  return [...failures, ...leftAlone(run, shownPath), ...noticeLines(run.notices, shownPath), ...empty].map(visible);
}

/** From where the user stands; the report's own paths begin at the top of the project. */
export function pathPrinter(root: string, cwd: string): (path: string) => string {
  if (root === cwd) return (path) => path;
  return (path) => {
    const shown = relative(cwd, resolve(root, path)).split(sep).join('/');
    return shown.startsWith('../../..') ? path : shown;
  };
}
