import { oneOf, SEVERITIES, UsageError } from '../config.js';
import type { Finding, Severity } from '../finding.js';
import { findingsOfFile, reportOf, runProject, type ProjectOptions, type ProjectRun } from '../project.js';
import type { Report } from '../report.js';
import { FORMAT_NAMES, loadPieces, type Format } from '../reporters/load.js';
import { atOrAbove } from '../reporters/order.js';
import type { ReporterOptions } from '../reporters/reporter.js';
import { setAsideKnown } from '../project/known.js';
import { rules } from '../rules/index.js';
import { fixed } from './fix.js';
import type { Options } from './options.js';
import { destinations, writeReport, type Destination } from './output.js';
import { messagesOf, pathPrinter } from './project-messages.js';
import { projectOptions } from './project-options.js';
import { standardError, standardOutput } from './stream.js';
import { Progress, wantsColour, widthOf, type Terminal } from './terminal.js';

interface Threshold {
  failOn: Severity | null;
  maxWarnings: number | null;
}

function count(value: string | undefined, flag: string): number | null {
  if (value === undefined) return null;
  if (!/^\d+$/.test(value)) throw new UsageError(`${flag} must be a whole number, 0 or more, not "${value}".`);
  return Number(value);
}

function thresholdOf(options: Options, { config }: ProjectRun): Threshold {
  const given = options['fail-on'];
  return {
    failOn: given === undefined ? (config.failOn ?? null) : oneOf(given, SEVERITIES, '--fail-on'),
    maxWarnings: count(options['max-warnings'], '--max-warnings') ?? config.maxWarnings ?? null,
  };
}

function crossed({ findings, summary }: Report, { failOn, maxWarnings }: Threshold): boolean {
  if (maxWarnings !== null && summary.warning > maxWarnings) return true;
  return failOn !== null && findings.some(({ suppressed, severity }) => suppressed === null && atOrAbove(severity, failOn));
}

/** `--quiet`: what is below an error is neither printed nor counted. */
function errorsOnly(report: Report): Report {
  const findings = report.findings.filter(({ severity }) => severity === 'error');
  return { ...report, findings, summary: { ...report.summary, warning: 0, info: 0 } };
}

function reporterOptions(run: ProjectRun, options: Options, { failOn }: Threshold, toFile: boolean): ReporterOptions {
  return {
    // Asked for by one format: to collect them loads every rule.
    get rules() {
      return rules.map(({ meta }) => meta);
    },
    sources: new Map(run.linted.map(({ source }) => [source.path, source.text])),
    width: toFile ? 80 : widthOf(standardOutput()),
    failOn,
    maxAnnotations: count(options['max-annotations'], '--max-annotations') ?? 10,
    markdownLimit: 60_000,
    full: options.full === true,
    shownPath: pathPrinter(run.root, process.cwd()),
  };
}

/** A hook that has nothing to look at has nothing to say. */
function inHook(options: Options): boolean {
  return options.staged === true || options.new === true || options.since !== undefined;
}

async function read(wanted: ProjectOptions, silent: boolean): Promise<ProjectRun<Finding[]>> {
  const progress = new Progress(standardError, silent);
  try {
    return await runProject({ ...wanted, progress: (done, total) => progress.tell(done, total) }, findingsOfFile);
  } finally {
    progress.end();
  }
}

interface Writing {
  run: ProjectRun;
  options: Options;
  threshold: Threshold;
  terminal: Terminal;
}

async function write(report: Report, outputs: readonly Destination<Format>[], { run, options, threshold, terminal }: Writing): Promise<void> {
  for (const { format, file } of outputs) {
    const toFile = file !== null;
    if (!toFile && (options.silent === true || (format === 'text' && run.files.length === 0))) continue;
    const colour = format === 'text' && !toFile && wantsColour(options, standardOutput(), process.env);
    const pieces = (await loadPieces(format, colour))(report, reporterOptions(run, options, threshold, toFile));
    if (toFile) writeReport(file, pieces);
    else for (const piece of pieces) terminal.out(piece);
    if (!toFile && format === 'text') terminal.out(advice(report, threshold));
  }
}

export interface Reported {
  code: number;
  report: Report;
}

/** Lints what the project options select and reports it as the options say. */
export async function report(options: Options, wanted: ProjectOptions, terminal: Terminal): Promise<Reported> {
  const outputs = destinations(options, FORMAT_NAMES);
  const silent = options.silent === true;
  const run = await fixed(options, wanted, await read(wanted, silent), () => read(wanted, silent));
  const threshold = thresholdOf(options, run);
  setAsideKnown(run, wanted);
  const whole = reportOf(run);
  const shown = options.quiet === true ? errorsOnly(whole) : whole;

  if (!silent) {
    const shownPath = pathPrinter(run.root, process.cwd());
    const how = { silentWhenEmpty: inHook(options) || wanted.files !== undefined, debug: options.debug === true, shownPath };
    for (const message of messagesOf(run, wanted.paths ?? [], how)) terminal.error(`${message}\n`);
  }
  await write(shown, outputs, { run, options, threshold, terminal });
  if (run.failures.some(({ fatal }) => fatal)) return { code: 2, report: whole };
  return { code: crossed(whole, threshold) ? 1 : 0, report: whole };
}

/** Lints what the arguments select. Findings are advice: 1 only where the user asked for it, 2 when we failed. */
export async function check(options: Options, operands: readonly string[], terminal: Terminal): Promise<number> {
  if (options['print-config'] === true) return (await import('./print-config.js')).printConfig(options, operands, terminal);
  return (await report(options, projectOptions(options, operands), terminal)).code;
}

function advice({ findings }: Report, { failOn, maxWarnings }: Threshold): string {
  const open = findings.some(({ suppressed }) => suppressed === null);
  return open && failOn === null && maxWarnings === null ? '(advisory; use --fail-on to fail the build)\n' : '';
}
