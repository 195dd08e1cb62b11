import { visible } from '../reporters/neutral.js';
import type { ProjectRun } from '../project.js';

const SHOWN = 20;

/** Files that were left alone on purpose, counted by reason: `12 files left alone: written for MySQL`. */
function leftAlone(run: ProjectRun): string[] {
  const failed = new Set(run.failures.map(({ path }) => path));
  const byReason = new Map<string, string[]>();
  for (const { path, skipped } of run.files) {
    if (skipped !== null && !failed.has(path)) byReason.set(skipped, [...(byReason.get(skipped) ?? []), path]);
  }
  return [...byReason].map(([reason, paths]) =>
    paths.length === 1 ? `${paths[0] ?? ''}: left alone, ${reason}` : `${paths.length} files left alone: ${reason}`,
  );
}

function nothingFound({ chosen }: ProjectRun, paths: readonly string[]): string {
  if (chosen.how === 'changed') return `No migration files changed since ${chosen.against ?? ''}; --all lints every one`;
  return paths.length === 0 ? 'No migration files found' : `No migration files found in ${paths.join(', ')}`;
}

/** What goes to standard error: what could not be read, what was left alone, what readers noticed. One line each. */
export function messagesOf(run: ProjectRun, paths: readonly string[], options: { silentWhenEmpty: boolean; debug: boolean }): string[] {
  const failures = run.failures.flatMap(({ path, reason, stack }) => [
    `${path}: ${reason}`,
    ...(options.debug && stack !== undefined ? stack.split('\n') : []),
  ]);
  const notices = run.notices.length > SHOWN ? [...run.notices.slice(0, SHOWN), `and ${run.notices.length - SHOWN} more notices`] : run.notices;
  const empty = run.files.length === 0 && !options.silentWhenEmpty ? [nothingFound(run, paths)] : [];
  return [...failures, ...leftAlone(run), ...notices, ...empty].map(visible);
}
