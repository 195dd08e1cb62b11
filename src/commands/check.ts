import { oneOf, SEVERITIES, UsageError } from '../config.js';
import { commitAsked } from '../usage/verdict.js';
import type { Seen } from '../discover/seen.js';
import type { Finding, Severity } from '../finding.js';
import { RunCache, type KnownRun, type Printed } from '../cache/run.js';
import { findingsOfFile, prepareProject, reportOf, runPrepared, type PreparedRun, type ProjectOptions, type ProjectRun } from '../project.js';
import type { Report } from '../report.js';
import { FORMAT_NAMES, loadPieces, type Format } from '../reporters/load.js';
import { atOrAbove } from '../reporters/order.js';
import type { ReporterOptions } from '../reporters/reporter.js';
import { setAsideKnown } from '../project/known.js';
import { rules } from '../rules/index.js';
import { fixed } from './fix.js';
import type { Options } from './options.js';
import { destinations, isReplaceable, writeReport, type Destination } from './output.js';
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

async function read(prepared: PreparedRun, wanted: ProjectOptions, silent: boolean, seen?: Seen): Promise<ProjectRun<Finding[]>> {
  const progress = new Progress(standardError, silent);
  try {
    return await runPrepared(prepared, { ...wanted, progress: (done, total) => progress.tell(done, total) }, findingsOfFile, seen);
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
  summary: Report['summary'];
}

/** Null for a run that changes files, that reads what is no file, or that is not to be remembered. */
function cacheFor(options: Options, wanted: ProjectOptions, prepared: PreparedRun, outputs: readonly Destination<Format>[]): RunCache | null {
  const { fix, 'fix-suggestions': fixAll, 'no-cache': refused, debug } = options;
  // A commit is never the same twice, and to remember thousands of files takes longer than the rest.
  if (options.staged === true) return null;
  if (refused === true || fix === true || fixAll === true || debug === true || wanted.updateBaseline === true || wanted.sources !== undefined) return null;
  const { deployed, ...chosen } = prepared.chosen;
  const screen = outputs.some(({ format, file }) => format === 'text' && file === null);
  const shown = screen ? [wantsColour(options, standardOutput(), process.env), widthOf(standardOutput())] : [];
  const files = outputs.flatMap(({ file }) => (file === null ? [] : [file]));
  if (!files.every(isReplaceable)) return null;
  return RunCache.open(prepared.root, [options, wanted, prepared.config, prepared.configFolder, prepared.schema, chosen, [...(deployed ?? [])], outputs, shown], files);
}

function commitNow({ root, config }: PreparedRun, wanted: ProjectOptions): string | null {
  return commitAsked(root, wanted.deployed ?? config.deployed);
}

/** Prints a run again. */
function repeated({ code, summary, pieces }: KnownRun): Reported {
  for (const { stream, file, bytes } of pieces) {
    if (file !== null) writeReport(file, bytes);
    else (stream === 1 ? standardOutput() : standardError()).write(bytes);
  }
  return { code, summary };
}

/** Lints what the project options select and reports it as the options say. */
export async function report(options: Options, wanted: ProjectOptions, terminal: Terminal): Promise<Reported> {
  const outputs = destinations(options, FORMAT_NAMES);
  const prepared = await prepareProject(wanted);
  const cache = cacheFor(options, wanted, prepared, outputs);
  const known = cache?.find(() => commitNow(prepared, wanted)) ?? null;
  if (known !== null) return repeated(known);
  const silent = options.silent === true;
  const first = await read(prepared, wanted, silent, cache?.looked);
  const run = await fixed(options, wanted, first, async () => read(await prepareProject(wanted), wanted, silent));
  if (cache === null) return judged(run, options, wanted, outputs, terminal);

  const printed: Printed[] = [];
  const reported = await judged(run, options, wanted, outputs, recording(terminal, printed), cache.looked);
  printed.push(...outputs.flatMap(({ file }) => (file === null ? [] : [{ file }])));
  keep(cache, run, reported, printed, () => commitNow(prepared, wanted));
  return reported;
}

function recording(terminal: Terminal, printed: Printed[]): Terminal {
  return {
    out: (text) => {
      printed.push({ stream: 1, text });
      terminal.out(text);
    },
    error: (text) => {
      printed.push({ stream: 2, text });
      terminal.error(text);
    },
  };
}

/** What could not be read may be readable for the next who asks, without having changed. */
function keep(cache: RunCache, run: ProjectRun, { code, summary }: Reported, printed: readonly Printed[], commit: () => string | null): void {
  if (run.failures.length > 0) return;
  const release = run.asked ? commit() : undefined;
  if (release !== null) cache.keep({ code, summary, ...(release === undefined ? {} : { release }) }, printed);
}

/** Applies the baseline to a run, and prints what is left as the options say. */
async function judged(
  run: ProjectRun<Finding[]>,
  options: Options,
  wanted: ProjectOptions,
  outputs: readonly Destination<Format>[],
  terminal: Terminal,
  seen?: Seen,
): Promise<Reported> {
  const silent = options.silent === true;
  const threshold = thresholdOf(options, run);
  setAsideKnown(run, wanted, seen);
  const whole = reportOf(run);
  const shown = options.quiet === true ? errorsOnly(whole) : whole;

  if (!silent) {
    const shownPath = pathPrinter(run.root, process.cwd());
    const how = { silentWhenEmpty: inHook(options) || wanted.files !== undefined, debug: options.debug === true, shownPath };
    for (const message of messagesOf(run, wanted.paths ?? [], how)) terminal.error(`${message}\n`);
  }
  await write(shown, outputs, { run, options, threshold, terminal });
  if (run.failures.some(({ fatal }) => fatal)) return { code: 2, summary: whole.summary };
  return { code: crossed(whole, threshold) ? 1 : 0, summary: whole.summary };
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
