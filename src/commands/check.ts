import { relative, resolve, sep } from 'node:path';
import { oneOf, SEVERITIES, UsageError } from '../config.js';
import type { Severity } from '../finding.js';
import { findingsOfRun, reportOf, runProject, type ProjectRun } from '../project.js';
import type { Report } from '../report.js';
import { FORMAT_NAMES, loadReporter } from '../reporters/load.js';
import { atOrAbove } from '../reporters/order.js';
import type { ReporterOptions } from '../reporters/reporter.js';
import { rules } from '../rules/index.js';
import type { Options } from './options.js';
import { destinations, writeReport } from './output.js';
import { messagesOf } from './project-messages.js';
import { projectOptions } from './project-options.js';
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

/** From where the user stands; the report's own paths begin at the top of the project. */
function pathPrinter(root: string, cwd: string): (path: string) => string {
  if (root === cwd) return (path) => path;
  return (path) => {
    const shown = relative(cwd, resolve(root, path)).split(sep).join('/');
    return shown.startsWith('../../..') ? path : shown;
  };
}

function reporterOptions(run: ProjectRun, options: Options, { failOn }: Threshold, toFile: boolean): ReporterOptions {
  return {
    rules: rules.map(({ meta }) => meta),
    sources: new Map(run.linted.map(({ file: { source } }) => [source.path, source.text])),
    width: toFile ? 80 : widthOf(process.stdout),
    color: !toFile && wantsColour(options, process.stdout, process.env),
    failOn,
    maxAnnotations: count(options['max-annotations'], '--max-annotations') ?? 10,
    markdownLimit: 60_000,
    full: options.full === true,
    shownPath: pathPrinter(run.root, process.cwd()),
  };
}

/** Lints what the arguments select. Findings are advice: 1 only where the user asked for it, 2 when we failed. */
export async function check(options: Options, operands: readonly string[], terminal: Terminal): Promise<number> {
  const outputs = destinations(options, FORMAT_NAMES);
  const progress = new Progress(process.stderr, options.silent === true);
  const wanted = projectOptions(options, operands);
  let run: ProjectRun;
  try {
    run = await runProject({ ...wanted, progress: (done, total) => progress.tell(done, total) });
  } finally {
    progress.end();
  }
  const threshold = thresholdOf(options, run);
  const whole = reportOf(run, findingsOfRun(run));
  const report = options.quiet === true ? errorsOnly(whole) : whole;

  // A hook that has nothing to look at has nothing to say.
  const hook = options.staged === true || options.new === true || options.since !== undefined;
  const nothing = run.files.length === 0;
  if (options.silent !== true) {
    const messages = messagesOf(run, wanted.paths ?? [], { silentWhenEmpty: hook, debug: options.debug === true });
    for (const message of messages) terminal.error(`${message}\n`);
  }
  for (const { format, file } of outputs) {
    if (file === null && (options.silent === true || (format === 'text' && nothing))) continue;
    const text = (await loadReporter(format))(report, reporterOptions(run, options, threshold, file !== null));
    if (file !== null) writeReport(file, text);
    else terminal.out(format === 'text' ? text + advice(report, threshold) : text);
  }
  if (run.failures.some(({ fatal }) => fatal)) return 2;
  return crossed(whole, threshold) ? 1 : 0;
}

function advice({ findings }: Report, { failOn, maxWarnings }: Threshold): string {
  const open = findings.some(({ suppressed }) => suppressed === null);
  return open && failOn === null && maxWarnings === null ? '(advisory; use --fail-on to fail the build)\n' : '';
}
