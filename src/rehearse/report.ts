import type { Position } from '../finding.js';
import { describeBlocked } from '../postgres/locks.js';
import { neutral, oneLine } from '../reporters/neutral.js';
import { counted } from '../reporters/order.js';
import { wrap } from '../reporters/text/width.js';
import type { HeldLock, RehearsalReport, RehearsedMigration, RehearsedProject, RehearsedSchema, RehearsedStep, StepFailure } from './types.js';

const WIDTH = 80;
/** Columns of a bar in the timeline. */
const BAR = 16;
const LABEL = 11;

function number(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

function cut(text: string, width: number): string {
  const line = neutral(oneLine(text)).replace(/\s+/g, ' ');
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

function row(label: string, text: string, indent = 4): string[] {
  const space = ' '.repeat(indent);
  return wrap(neutral(oneLine(text)), WIDTH - indent - LABEL).map((line, at) => space + (at === 0 ? label : '').padEnd(LABEL) + line);
}

export const SHAPES = {
  file: 'in one transaction of its own',
  batch: 'in one transaction with the others',
  implicit: 'sent as one string, which is one transaction',
  none: 'without a transaction',
} as const;

function place({ line, column }: Position): string {
  return `${line}:${column}`;
}

export function worded({ sqlstate, message }: StepFailure): string {
  return `${sqlstate} ${message}`;
}

function behaviour({ observed, predicted }: RehearsedStep): string[] {
  if (observed === null) return [];
  const { locks, rewrites, scans, builds, rows } = observed;
  const known = new Set((predicted.locks ?? []).map(({ table, mode }) => `${mode} on ${table}`));
  // A transaction gathers locks: those of this statement are the ones it was expected to take.
  const own = (locks ?? []).map(({ table, mode }) => `${mode} on ${table}`).filter((lock) => known.has(lock));
  return [
    ...(locks === null ? row('locks', 'gone before anybody could look: it runs outside a transaction') : own.length === 0 ? [] : row('locks', own.join(', '))),
    ...(rewrites.length === 0 ? [] : row('rewrites', rewrites.join(', '))),
    ...(scans.length === 0 ? [] : row('scans', scans.join(', '))),
    ...(builds.length === 0 ? [] : row('builds', builds.join(', '))),
    ...(rows.length === 0 ? [] : row('rows', rows.map(({ table, count }) => `${number(count)} of ${table}`).join(', '))),
  ];
}

function stepLines(step: RehearsedStep): string[] {
  const { outcome, note, failure, differences, dependsOn } = step;
  if (outcome === 'not reached') return [];
  const head = place(step.start).padEnd(8);
  return [
    `  ${head}${cut(step.sql === '' ? step.kinds.join(', ') : step.sql, WIDTH - 2 - head.length)}`,
    ...(failure === null ? [] : row('FAILS', `${worded(failure)} (${place(failure.at)})`)),
    ...(outcome === 'unknown' ? row('unknown', note ?? '') : outcome === 'not run' ? row('not run', note ?? '') : note === null ? [] : row('note', note)),
    ...behaviour(step),
    ...differences.flatMap((line) => row('DIFFERS', line)),
    ...(differences.length > 0 && step.predicted.assumes !== null ? row('', `the prediction assumed ${step.predicted.assumes}`) : []),
    ...(dependsOn === null ? [] : row('depends on', `${dependsOn}, which could not be replayed`)),
  ];
}

function bar({ from, to }: HeldLock, count: number): string {
  const width = Math.min(BAR, count);
  const first = Math.floor((from * width) / count);
  const last = Math.max(first, Math.ceil(((to + 1) * width) / count) - 1);
  return Array.from({ length: width }, (_, at) => (at >= first && at <= last ? '#' : '.')).join('');
}

function timeline(migration: RehearsedMigration): string[] {
  const { locks, steps, rows } = migration;
  if (locks.length === 0) return [];
  const counts = new Map(rows.map(({ table, count }) => [table, count]));
  const lines = [`  who has to wait, statement 1 to ${steps.length}`];
  for (const table of [...new Set(locks.map((lock) => lock.table))].sort()) {
    const count = counts.get(table);
    lines.push(`    ${cut(table, 60)}${count === undefined ? '' : `, ${counted(count, 'row').replace(/^\d+/, number(count))}`}`);
    for (const lock of locks.filter((one) => one.table === table)) {
      const first = steps[lock.from]?.start.line ?? 0;
      const last = steps[lock.to]?.end.line ?? first;
      const where = first === last ? `line ${first}` : `line ${first} to ${last}`;
      const text = `${lock.mode}, ${where}, ${lock.milliseconds} ms: ${describeBlocked(lock.mode)}`;
      const shown = bar(lock, steps.length);
      const indent = 7 + shown.length;
      lines.push(...wrap(text, WIDTH - indent).map((line, at) => (at === 0 ? `      ${shown} ${line}` : `${' '.repeat(indent)}${line}`)));
    }
  }
  return lines;
}

function wait(milliseconds: number | null): string {
  return milliseconds === null ? 'none' : `${number(milliseconds)} ms`;
}

function waits({ contention }: RehearsedMigration): string[] {
  if (contention === null || contention.length === 0) return [];
  return [
    '  longest wait beside it, measured',
    ...contention.flatMap(({ table, rows, reader, writer }) =>
      row('', `${table} (${number(rows)} rows): reader ${wait(reader)}, writer ${wait(writer)}`, 0).map((line) => line.slice(LABEL - 4)),
    ),
  ];
}

function thereAndBack({ roundTrip }: RehearsedMigration): string[] {
  if (roundTrip === null) return [];
  const { failure, lost, again } = roundTrip;
  const good = failure === null && lost.length === 0 && again.length === 0;
  return [
    good ? '  down and up again: all is as it was' : '  down and up again',
    ...(failure === null ? [] : row('FAILS', `${worded(failure)} (${place(failure.at)})`)),
    ...lost.flatMap((line) => row('LOST', line)),
    ...again.flatMap((line) => row('AGAIN', line)),
  ];
}

function probed({ probe }: RehearsedMigration): string[] {
  if (probe === null) return [];
  return [
    ...(probe.broken.length === 0 ? [`  ${counted(probe.queries, 'statement')} of the running version: all still work`] : []),
    ...probe.broken.flatMap(({ query, sqlstate, message }) => [...row('BREAKS', cut(query, 300)), ...row('', `${sqlstate} ${message}`)]),
    ...probe.changed.flatMap(({ query }) => row('changes', `${cut(query, 200)} answers other columns; a session that holds it prepared fails once`)),
  ];
}

function migrationText(migration: RehearsedMigration, shownPath: (path: string) => string): string {
  const { path, framework, shape, direction, outcome, failure, steps } = migration;
  const unreached = steps.filter((step) => step.outcome === 'not reached').length;
  const verdict =
    failure === null
      ? `ran; ${migration.differences === 0 ? 'it did what was predicted' : `${counted(migration.differences, 'difference')} from what was predicted`}`
      : `fails at line ${failure.at.line}${outcome === 'failed' ? ' on the rows that are there; the rest was seen over empty tables' : ''}`;
  return [
    `${neutral(shownPath(path))}${direction === 'down' ? ' (down)' : ''}`,
    ...wrap(`${framework}, ${SHAPES[shape]}: ${verdict}`, WIDTH - 2).map((line) => `  ${line}`),
    '',
    ...steps.flatMap(stepLines),
    ...(unreached === 0 ? [] : [`  ${counted(unreached, 'statement')} not reached`]),
    '',
    ...timeline(migration),
    ...waits(migration),
    ...thereAndBack(migration),
    ...probed(migration),
  ].join('\n').replace(/\n*$/, '\n').replace(/\n{3,}/g, '\n\n');
}

function schemaText(schema: RehearsedSchema, rowsAsked: number, shownPath: (path: string) => string): string {
  const { source, operations, replayed, unreplayed, provided, tables, rows, unfilled, migrations } = schema;
  const from = source === 'history' ? counted(migrations, 'earlier migration') : source === 'schema' ? 'the schema file' : 'the database itself';
  const share = operations === 0 ? '' : `, ${number(replayed)} of ${counted(operations, 'operation').replace(/^\d+/, number(operations))} replayed`;
  const lines = wrap(`Schema from ${from}${share}; ${number(rows)} rows in ${counted(tables, 'table')} (${number(rowsAsked)} each).`, WIDTH);
  for (const one of unreplayed) {
    const because = one.because === null ? '' : ` (after ${shownPath(one.because)})`;
    lines.push(...row('', `${shownPath(one.path)}:${one.start.line}: ${one.sqlstate === null ? '' : `${one.sqlstate} `}${one.reason}${because}`, 2).map((line, at) => (at === 0 ? `  not replayed ${line.slice(2 + LABEL)}` : line)));
  }
  for (const sql of provided) lines.push(`  given beside it: ${cut(sql, 60)}`);
  for (const { table, rows: count, reason } of unfilled) lines.push(...wrap(`not filled: ${table} (${number(count)} rows): ${cut(reason, 200)}`, WIDTH - 4).map((line, at) => `${at === 0 ? '  ' : '    '}${line}`));
  return `${lines.join('\n')}\n`;
}

function projectText(project: RehearsedProject, rowsAsked: number, shownPath: (path: string) => string): string {
  const unusable = project.unusable.map(({ query, sqlstate, message }) => `  of no use to the probe: ${cut(query, 40)} (${sqlstate} ${cut(message, 60)})\n`).join('');
  return [schemaText(project.schema, rowsAsked, shownPath) + unusable, ...project.migrations.map((migration) => migrationText(migration, shownPath))].join('\n');
}

/** The closing line of a report. */
export function summaryLine({ summary, server }: RehearsalReport): string {
  const { migrations, statements, failed, differences, lost, broken } = summary;
  return [
    `${counted(migrations, 'migration')}, ${counted(statements, 'statement')} on ${server.description}`,
    failed === 0 ? 'none failed' : `${failed} failed`,
    differences === 0 ? 'all as predicted' : counted(differences, 'difference'),
    ...(lost === 0 ? [] : [`${lost} lost on the way down`]),
    ...(broken === 0 ? [] : [`${counted(broken, 'statement')} of the running version broken`]),
  ].join('; ');
}

/** What a terminal is shown, 80 columns wide. */
export function textReport(report: RehearsalReport, shownPath: (path: string) => string): string {
  const projects = report.projects.map((project) => projectText(project, report.rowsPerTable, shownPath));
  return [...projects, `${wrap(summaryLine(report), WIDTH).join('\n')}\n`].join('\n');
}
