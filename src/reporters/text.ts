import type { Finding, SafeStep, Severity } from '../finding.js';
import { describeBlocked } from '../postgres/locks.js';
import type { Report } from '../report.js';
import { neutral, oneLine, visible } from './neutral.js';
import { counted, reported } from './order.js';
import type { Reporter, ReporterOptions } from './reporter.js';
import { frame } from './text/frame.js';
import { PLAIN, type Paint } from './text/paint.js';
import { wrap } from './text/width.js';

/** Room for `lock`, `why`, `safe` and `more`. */
const LABEL = 7;

const SEVERITY_COLOUR = { error: 'red', warning: 'yellow', info: 'blue' } as const satisfies Record<Severity, keyof Paint>;

/** Everything a block needs beside its finding. */
interface Page {
  width: number;
  paint: Paint;
  /** Lines of each source, split once. */
  lines: (path: string) => readonly string[];
  shownPath: (path: string) => string;
  full: boolean;
  /** The finding with which the safe way of a rule was first printed. */
  explained: Map<string, Finding>;
}

/** Words in lines of at most `width` columns, none of which a terminal or a log acts on. */
function said(words: string, width: number): string[] {
  return wrap(visible(oneLine(words)), width).map(neutral);
}

function place({ path, start }: Finding, { shownPath }: Page): string {
  return neutral(`${oneLine(shownPath(path))}:${start.line}:${start.column}`);
}

function header(finding: Finding, page: Page): string[] {
  const { severity, ruleId } = finding;
  const { paint } = page;
  return [paint.bold(place(finding, page)), `${paint[SEVERITY_COLOUR[severity]](severity)}  ${paint.bold(ruleId)}`];
}

function codeFrame(finding: Finding, { width, paint, lines }: Page): string[] {
  const source = lines(finding.path);
  const room = String(finding.start.line + 1).length + 5;
  const rows = frame(source, finding.start, finding.end, width - room);
  const digits = Math.max(0, ...rows.map(({ number }) => String(number ?? '').length));
  const colour = paint[SEVERITY_COLOUR[finding.severity]];
  return rows.map(({ number, marked, text }) => {
    const label = number === null ? ' '.repeat(digits) : String(number).padStart(digits);
    const bar = text === '' ? ' |' : ' | ';
    const mark = marked ? colour('>') : ' ';
    return `${mark} ${paint.dim(label + bar)}${number === null ? colour(text) : text}`;
  });
}

/** `label` in front of the first line, the others below it. */
function row(label: string, lines: readonly string[], { paint }: Page): string[] {
  return lines.map((line, index) => {
    const head = index === 0 ? paint.bold(label) + ' '.repeat(LABEL - label.length) : line === '' ? '' : ' '.repeat(LABEL);
    return head + line;
  });
}

function lockRow({ effects }: Finding, page: Page): string[] {
  const byMode = new Map<(typeof effects.locks)[number]['mode'], string[]>();
  for (const { table, mode } of effects.locks) byMode.set(mode, [...(byMode.get(mode) ?? []), table]);
  const lines = [...byMode].flatMap(([mode, tables]) =>
    said(`${mode} on ${tables.join(', ')} (${describeBlocked(mode)})`, page.width - LABEL),
  );
  return lines.length === 0 ? [] : row('lock', lines, page);
}

/** From the sizes of the tables, with how it was worked out. */
function timeRow({ estimate }: Finding, page: Page): string[] {
  if (estimate === undefined) return [];
  return row('time', said(`${inWords(estimate.seconds)} under lock: ${estimate.how}`, page.width - LABEL), page);
}

function inWords(seconds: number): string {
  if (seconds < 100) return `about ${seconds} s`;
  return seconds < 6000 ? `about ${Math.round(seconds / 60)} min` : `about ${Math.round(seconds / 3600)} h`;
}

/** Places shown of what the deployed release uses. */
const SHOWN = 8;

function usedRow({ uses = [] }: Finding, page: Page): string[] {
  const lines = uses.slice(0, SHOWN).flatMap(({ path, line, kind, certainty }) =>
    said(`${page.shownPath(path)}:${line} (${certainty === 'perhaps' ? 'perhaps' : kind})`, page.width - LABEL),
  );
  const more = uses.length > SHOWN ? [`and ${uses.length - SHOWN} more`] : [];
  return row('used', [...lines, ...more], page);
}

function stepLines({ note, code }: SafeStep, width: number): string[] {
  const words = note === '' ? [] : note.split('\n').flatMap((line) => said(line, width - LABEL));
  // Never wrapped: it is there to be copied.
  const written = code === '' ? [] : code.split('\n').map((line) => neutral(line).trimEnd());
  return [...words, ...written];
}

/** A safe way of more lines than this is printed once for each rule. */
const SHORT = 8;

function safeRow(finding: Finding, page: Page): string[] {
  const lines = finding.safe.flatMap((step, index) => [...(index === 0 ? [] : ['']), ...stepLines(step, page.width)]);
  if (lines.length === 0) return [];
  const before = page.explained.get(finding.ruleId);
  if (before !== undefined && lines.length > SHORT) {
    const where = before.path === finding.path ? `line ${before.start.line}` : place(before, page);
    return row('safe', said(`As for ${where} above, with these names; --full prints it.`, page.width - LABEL), page);
  }
  if (!page.full) page.explained.set(finding.ruleId, finding);
  return row('safe', lines, page);
}

function block(finding: Finding, page: Page): string[] {
  const { width } = page;
  const code = codeFrame(finding, page);
  return [
    ...header(finding, page),
    '',
    ...said(finding.message, width),
    '',
    ...code,
    ...(code.length === 0 ? [] : ['']),
    ...lockRow(finding, page),
    ...timeRow(finding, page),
    ...usedRow(finding, page),
    ...row('why', said(finding.why, width - LABEL), page),
    ...(finding.effects.assumes === undefined ? [] : row('note', said(`Assumed, since it was not seen: ${finding.effects.assumes}.`, width - LABEL), page)),
    ...safeRow(finding, page),
    ...row('more', [`migration-guard explain ${finding.ruleId}`], page),
  ];
}

/** `1 error, 2 warnings in 2 files (3 migrations, 7 operations, 0 unread)`. */
export function summary(report: Report, findings: readonly Finding[]): string {
  const { files, operations, unread, suppressed } = report.summary;
  const skipped = report.files.filter((file) => file.skipped !== null).length;
  const facts = [
    counted(files, 'migration'),
    counted(operations, 'operation'),
    `${unread} unread`,
    ...(suppressed === 0 ? [] : [`${suppressed} suppressed`]),
    ...(skipped === 0 ? [] : [`${skipped} not linted`]),
  ].join(', ');
  if (findings.length === 0) return `No findings (${facts})`;
  const found = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    if (count === 0) return [];
    return [severity === 'info' ? `${count} info` : counted(count, severity)];
  });
  return `${found.join(', ')} in ${counted(new Set(findings.map(({ path }) => path)).size, 'file')} (${facts})`;
}

/**
 * For people: a clickable position, what happens and what to do instead, for
 * each finding; a summary line. Colour repeats what the words say.
 */
export function textIn(paint: Paint): Reporter {
  return (report, options) => printed(report, options, paint);
}

export const text: Reporter = textIn(PLAIN);

function printed(report: Report, { sources, width, full = false, shownPath = (path) => path }: ReporterOptions, paint: Paint): string {
  const split = new Map<string, readonly string[]>();
  const page: Page = {
    width,
    paint,
    shownPath,
    full,
    explained: new Map(),
    lines(path) {
      let lines = split.get(path);
      if (lines === undefined) split.set(path, (lines = (sources.get(path) ?? '').split(/\r\n|\n|\r/)));
      return lines;
    },
  };
  const findings = reported(report);
  const blocks = findings.map((finding) => `${block(finding, page).join('\n')}\n`);
  return `${[...blocks, `${summary(report, findings)}\n`].join('\n')}`;
}
