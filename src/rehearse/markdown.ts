import { neutral, oneLine } from '../reporters/neutral.js';
import { summaryLine, worded } from './report.js';
import type { RehearsalReport, RehearsedMigration, RehearsedStep } from './types.js';

/** Text that a table's cell can hold and Markdown does nothing with. */
function cell(text: string): string {
  return neutral(oneLine(text)).replace(/\s+/g, ' ').replace(/[\\`*_{}[\]<>|~]/g, '\\$&');
}

/** Code between as many backquotes as it takes. */
function code(text: string): string {
  const line = neutral(oneLine(text)).replace(/\s+/g, ' ').replaceAll('|', '\\|');
  const shown = line.length > 120 ? `${line.slice(0, 119)}…` : line;
  const ticks = '`'.repeat(Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return `${ticks}${ticks.length > 1 ? ' ' : ''}${shown}${ticks.length > 1 ? ' ' : ''}${ticks}`;
}

function did({ observed, failure, note, outcome }: RehearsedStep): string {
  if (failure !== null) return `**fails: ${cell(worded(failure))}**`;
  if (observed === null) return cell(note ?? outcome);
  const { rewrites, scans, builds, rows } = observed;
  const parts = [
    ...(rewrites.length === 0 ? [] : [`rewrites ${rewrites.join(', ')}`]),
    ...(scans.length === 0 ? [] : [`scans ${scans.join(', ')}`]),
    ...(builds.length === 0 ? [] : [`builds ${builds.join(', ')}`]),
    ...rows.map(({ table, count }) => `${count} rows of ${table}`),
    ...(note === null ? [] : [note]),
  ];
  return cell(parts.join('; '));
}

function statements({ steps }: RehearsedMigration): string[] {
  return [
    '| line | statement | what it did | as predicted |',
    '| --- | --- | --- | --- |',
    ...steps.map((step) => {
      const agreed = step.outcome === 'not reached' ? 'not reached' : step.differences.length === 0 ? 'yes' : `**no**: ${cell(step.differences.join('; '))}`;
      return `| ${step.start.line} | ${code(step.sql)} | ${did(step)} | ${agreed} |`;
    }),
  ];
}

function locks({ locks: held, steps, rows }: RehearsedMigration): string[] {
  if (held.length === 0) return [];
  const counts = new Map(rows.map(({ table, count }) => [table, count]));
  return [
    '',
    '| table | rows | lock | lines | ms |',
    '| --- | --- | --- | --- | --- |',
    ...held.map(({ table, mode, from, to, milliseconds }) => `| ${cell(table)} | ${counts.get(table) ?? ''} | ${mode} | ${steps[from]?.start.line ?? ''}–${steps[to]?.end.line ?? ''} | ${milliseconds} |`),
  ];
}

function waits({ contention }: RehearsedMigration): string[] {
  return (contention ?? []).map(({ table, rows, reader, writer }) => `* longest wait on ${cell(table)} (${rows} rows): reader ${reader ?? '–'} ms, writer ${writer ?? '–'} ms`);
}

function thereAndBack({ roundTrip }: RehearsedMigration): string[] {
  if (roundTrip === null) return [];
  const { failure, lost, again } = roundTrip;
  return [
    ...(failure === null ? [] : [`* the way down fails: ${cell(worded(failure))}`]),
    ...lost.map((line) => `* lost on the way down: ${cell(line)}`),
    ...again.map((line) => `* different on the second way up: ${cell(line)}`),
  ];
}

function broken({ probe }: RehearsedMigration): string[] {
  return (probe?.broken ?? []).map(({ query, sqlstate, message }) => `* breaks the running version: ${code(query)} (${sqlstate} ${cell(message)})`);
}

function rest(migration: RehearsedMigration): string[] {
  const lines = [...waits(migration), ...thereAndBack(migration), ...broken(migration)];
  return lines.length === 0 ? [] : ['', ...lines];
}

/** The comment on a pull request. */
export function markdownReport(report: RehearsalReport, shownPath: (path: string) => string): string {
  const lines = ['## Migration rehearsal', '', `${cell(summaryLine(report))}.`, ''];
  for (const { schema, migrations } of report.projects) {
    for (const { path, start, reason } of schema.unreplayed) lines.push(`* not replayed: ${cell(shownPath(path))}:${start.line}, ${cell(reason)}`);
    for (const { table, reason } of schema.unfilled) lines.push(`* not filled: ${cell(table)}, ${cell(reason)}`);
    for (const migration of migrations) {
      lines.push('', `### ${cell(shownPath(migration.path))}`, '', ...statements(migration), ...locks(migration), ...rest(migration));
    }
  }
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`;
}
