import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig, UsageError, type Config } from './config.js';
import { rulesByPath, settingsInForce } from './config/facts.js';
import { hostFor } from './discover/host.js';
import { rootOf } from './discover/place.js';
import { reasonOf } from './discover/read-text.js';
import { choose, type Chosen, type SelectionOptions } from './discover/selection.js';
import type { Finding, Severity } from './finding.js';
import { findingsOf, type Preset, type RuleSettings } from './findings.js';
import { schemaFrom, withoutByteOrderMark } from './lint.js';
import type { Direction, Framework, TransactionShape } from './operations/migration.js';
import { DEFAULT_VERSION, type PostgresVersion, type TableName } from './postgres/effects.js';
import { ProjectReader, type ReadFile } from './project/reader.js';
import type { Seen } from './discover/seen.js';
import { TypeScriptProject } from './discover/typescript.js';
import { setAsideKnown } from './project/known.js';
import { newest } from './project/newest.js';
import { replayProject } from './project/replayed.js';
import type { Source } from './parsers/parser.js';
import type { Place } from './place.js';
import type { ReplayedMigration } from './replay/types.js';
import type { Step } from './rule.js';
import type { Report, ReportedFile } from './report.js';
import { factsFrom, withEstimates, type Snapshot } from './stats/snapshot.js';
import { suppress } from './suppress.js';
import { factOf, withFacts } from './table-facts.js';
import { concernOf, type Concern } from './usage/concern.js';
import { VERSION } from './version.js';

export interface ProjectOptions extends SelectionOptions {
  /** Paths are relative to it; default: the process's. */
  cwd?: string;
  /**
   * `together`: the reported migrations deploy as one, so a table born in one has no rows in the
   * next. `each`: everything before a migration counts as deployed. Default: `together` for
   * changed files, `each` for paths that were named and for `all`.
   */
  deploy?: 'together' | 'each';
  /** Major version of the server, 11 to 18. */
  postgres?: PostgresVersion;
  framework?: Framework;
  /** Overrides what the tool opens around each file. */
  transaction?: TransactionShape;
  /** DDL of what the database already holds, in populated tables. */
  schema?: string;
  direction?: Direction;
  rules?: RuleSettings;
  preset?: Preset;
  /** Globs of files to leave alone. */
  ignore?: readonly string[];
  /** A configuration file instead of the one found from `cwd` upwards; false for none. */
  config?: string | false;
  /** How large and how busy the tables are, as `migration-guard stats` writes it. */
  stats?: Snapshot;
  /** The revision that runs: a ref, `worktree`, or `none` for no search in it; default: the default branch. */
  deployed?: string;
  /** A file of findings that are known and not to be reported, relative to `cwd`; the configuration's when absent. */
  baseline?: string;
  /** Writes the findings of this run into the baseline. */
  updateBaseline?: boolean;
  /** Files that are not on the disk, or not as they are there. */
  sources?: readonly { path: string; text: string }[];
  /** Called between files. */
  progress?: (done: number, total: number) => void;
}

/** A path that could not be linted, and why, in one line without a full stop. */
export interface Failure {
  path: string;
  reason: string;
  /** The user named it, or the fault is ours. */
  fatal: boolean;
  /** The stack, where the fault is ours. */
  stack?: string;
}

/** What the user should hear once, one line without a full stop; the path is null where it is about no file. */
export interface Notice {
  path: string | null;
  text: string;
}

/** A file that was replayed, as long as somebody looks at it. */
export interface ReplayedFile {
  file: ReadFile;
  replayed: ReplayedMigration;
  direction: Direction;
  /** Absent where nobody looked at the rest of the project. */
  place?: Place;
}

/** What a file is judged by. */
export interface Standards {
  postgres: PostgresVersion;
  rules: RuleSettings;
  preset: Preset;
  tables?: Config['tables'];
  stats?: Snapshot;
  /** Collects what hangs on the code of the deployed release; absent where nobody searches it. */
  concerns?: Concern[];
}

/** What a run wants to know of each file: its findings, its operations. */
export type Judge<T> = (one: ReplayedFile, standards: Standards) => T;

/** What remains of a file: ten thousand of them with all their operations would fill the memory. */
export interface LintedFile<T> {
  source: Source;
  verdict: T;
}

/** Everything one run found out, before it is worded. */
export interface ProjectRun<T = unknown> {
  root: string;
  config: Config;
  /** What paths in `config` are relative to. */
  configFolder: string;
  postgres: PostgresVersion;
  chosen: Chosen;
  /** In the order of their paths. */
  linted: LintedFile<T>[];
  files: ReportedFile[];
  failures: Failure[];
  notices: Notice[];
  /** True when the deployed release was asked what it uses. */
  asked: boolean;
}

function schemaText(options: ProjectOptions, config: Config, folder: string): string | undefined {
  if (options.schema !== undefined || config.schema === undefined) return options.schema;
  const file = resolve(folder, config.schema);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`"schema": ${config.schema}: ${reasonOf(error)}.`);
  }
}

async function chooseFiles(options: ProjectOptions, config: Config, folder: string, cwd: string, root: string): Promise<Chosen> {
  const chosen: Chosen =
    options.sources !== undefined && (options.paths ?? []).length === 0
      ? { files: [], missing: [], how: 'given', against: null, notices: [] }
      : await choose(options, {
          cwd,
          root,
          paths: (config.paths ?? []).map((path) => resolve(folder, path)),
          ignore: [...(config.ignore ?? []), ...(options.ignore ?? [])],
          ignoreFrom: folder,
        });
  const given = (options.sources ?? []).map(({ path, text }) => ({ absolute: resolve(cwd, path), named: true, text }));
  return { ...chosen, files: [...given, ...chosen.files] };
}

/** What reading the chosen files came to. */
interface Reading {
  read: ReadFile[];
  files: ReportedFile[];
  failures: Failure[];
  notices: Notice[];
}

function readAll(chosen: Chosen, reader: ProjectReader, progress: ProjectOptions['progress']): Reading {
  const failures: Failure[] = chosen.missing.map(({ path, reason }) => ({ path, reason, fatal: true }));
  const files = failures.map(({ path, reason }) => skippedFile(path, reason));
  const reading: Reading = { read: [], files, failures, notices: chosen.notices.map((text) => ({ path: null, text })) };
  for (const [index, selected] of chosen.files.entries()) {
    progress?.(index, chosen.files.length);
    const result = reader.read(selected);
    if (result === null) continue;
    if ('migration' in result) {
      reading.read.push(result);
      if (result.notice !== undefined) reading.notices.push({ path: result.source.path, text: result.notice });
    } else {
      files.push(skippedFile(result.path, result.skipped, result.framework));
      if (result.failure !== undefined) failures.push(result.failure);
    }
  }
  return reading;
}

/** Replays what was read and adds to `reading` what that brought to light. */
function replayAll<T>(
  reading: Reading,
  reader: ProjectReader,
  direction: Direction,
  settings: Parameters<typeof replayProject>[2],
  judge: (one: ReplayedFile) => T,
  deployedText: ((path: string) => string | null) | null,
): LintedFile<T>[] {
  const wanted = reading.read.filter((file) => file.selected.named || directionOf(file, direction, false) !== null);
  reading.read = [];
  const linted: LintedFile<T>[] = [];
  const crashed = (file: ReadFile, error: Error): void => {
    const failure = faultOf(file.source.path, error);
    reading.failures.push(failure);
    reading.files.push(skippedFile(failure.path, failure.reason, file.migration.framework));
  };
  const done = (file: ReadFile, replayed: ReplayedMigration, place: Place): void => {
    const one = { file, replayed, place, direction: directionOf(file, direction, true) ?? direction };
    const { path, notices } = file.migration;
    try {
      linted.push({ source: file.source, verdict: judge(one) });
      reading.files.push(lintedFile(one));
    } catch (error) {
      crashed(file, error as Error);
    }
    reading.notices.push(...notices.map((text) => ({ path, text })));
  };
  replayProject(wanted, reader, settings, { done, crashed }, deployedText);
  reading.files.sort(byPath);
  reading.notices.sort((a, b) => byPath({ path: a.path ?? '' }, { path: b.path ?? '' }));
  return linted.sort((a, b) => byPath(a.source, b.source));
}

function byPath(a: { path: string }, b: { path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function faultOf(path: string, { message, stack }: Error): Failure {
  return { path, reason: `internal error: ${message}`, fatal: true, ...(stack === undefined ? {} : { stack }) };
}

/**
 * Reads, orders and replays what the options select, and keeps what `judge`
 * says of each file; a file on which it fails is reported as ours, the others
 * are judged. Throws a `UsageError` for mistakes of the user's.
 */
export async function runProject<T>(options: ProjectOptions, judge: Judge<T>): Promise<ProjectRun<T>> {
  return runPrepared(await prepareProject(options), options, judge);
}

/** What a run is about, before anybody has looked inside the files. */
export interface PreparedRun {
  root: string;
  config: Config;
  /** What paths in `config` are relative to. */
  configFolder: string;
  /** DDL of what the database already holds. */
  schema: string | undefined;
  chosen: Chosen;
}

/** Finds the configuration and chooses the files. Throws a `UsageError` for mistakes of the user's. */
export async function prepareProject(options: ProjectOptions): Promise<PreparedRun> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const root = rootOf(cwd);
  const { config, folder: configFolder } = await loadConfig(cwd, root, options.config);
  const schema = schemaText(options, config, configFolder);
  return { root, config, configFolder, schema, chosen: await chooseFiles(options, config, configFolder, cwd, root) };
}

/** The rest of `runProject`; `seen` is told what the run looks at on the disk. */
export async function runPrepared<T>(prepared: PreparedRun, options: ProjectOptions, judge: Judge<T>, seen?: Seen): Promise<ProjectRun<T>> {
  const { root, config, configFolder: folder, chosen } = prepared;
  const { direction = 'up', ...asked } = options;
  const { postgres = DEFAULT_VERSION, preset = 'recommended', deploy, framework, transaction } = { ...config, ...withoutUndefined(asked) };
  const schema = schemaFrom(prepared.schema);
  const host = hostFor(root, new TypeScriptProject(root, undefined, seen), seen);
  const reader = new ProjectReader(root, host, chosen.how, withoutUndefined({ framework, transaction }), undefined, seen);
  if (options.latest !== undefined) chosen.files = newest(chosen.files, options.latest, reader);
  const reading = readAll(chosen, reader, options.progress);
  const settings = { deploy: deploy ?? (chosen.how === 'changed' ? 'together' : 'each'), schema, version: postgres, settings: settingsInForce(config.settings) } as const;
  const rulesFor = rulesByPath(config, folder, root, options.rules);
  const concerns: Concern[] = [];
  const { stats } = options;
  const tables = stats === undefined ? config.tables : factsFrom(stats, config.tables);
  const common = { postgres, preset, concerns, ...withoutUndefined({ tables, stats }) };
  const linted = replayAll(reading, reader, direction, settings, (one) => judge(one, { ...common, rules: rulesFor(one.file.source.path) }), deployedIn(chosen, root));
  const { files, failures, notices } = reading;
  notices.push(...(await settled(concerns, linted, root, options.deployed ?? config.deployed)));
  return {
    root,
    config,
    configFolder: folder,
    postgres,
    chosen,
    linted,
    files,
    failures,
    notices,
    asked: concerns.length > 0 && (options.deployed ?? config.deployed) !== 'none',
  };
}

/** Loaded only where a finding hangs on the code of the deployed release. */
async function settled(concerns: readonly Concern[], linted: readonly LintedFile<unknown>[], root: string, deployed: string | undefined): Promise<Notice[]> {
  if (concerns.length === 0 || deployed === 'none') return [];
  const { settle } = await import('./usage/verdict.js');
  const sources = new Map(linted.map(({ source }) => [source.path, source]));
  try {
    return settle(concerns, { root, sources, ...(deployed === undefined ? {} : { deployed }) }).map((text) => ({ path: null, text }));
  } catch (error) {
    // The findings stand without it.
    return [{ path: null, text: `what the deployed code uses could not be looked up: ${(error as Error).message}` }];
  }
}

/** What is deployed under a path of the project; null where nothing was compared. */
function deployedIn({ deployed }: Chosen, root: string): ((path: string) => string | null) | null {
  return deployed === undefined ? null : (path) => withoutMark(deployed.get(resolve(root, path)));
}

function withoutMark(text: string | undefined): string | null {
  return text === undefined ? null : withoutByteOrderMark(text);
}

/** What was given as undefined was not given. */
function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as ReturnType<typeof withoutUndefined<T>>;
}

/** The direction of a file that findings are about; null when the file has no such part. */
function directionOf({ migration }: ReadFile, direction: Direction, named: boolean): Direction | null {
  const { up, down, language } = migration;
  const half = language === 'sql' && up.length === 0 && down !== null;
  if (direction === 'up') return half ? (named ? 'down' : null) : 'up';
  return down === null ? null : 'down';
}

function skippedFile(path: string, skipped: string, framework: Framework | null = null): ReportedFile {
  return { path, framework, revision: null, operations: 0, unread: 0, skipped };
}

function lintedFile({ file: { migration }, direction }: ReplayedFile): ReportedFile {
  const operations = (direction === 'up' ? migration.up : migration.down) ?? [];
  return {
    path: migration.path,
    framework: migration.framework,
    revision: migration.revision,
    operations: operations.filter(({ implied }) => implied !== true).length,
    unread: operations.filter(({ kind }) => kind === 'unread').length,
    skipped: null,
  };
}

/** Judges a file by the rules and by its suppression comments. */
export const findingsOfFile: Judge<Finding[]> = ({ file: { source, migration }, replayed, direction, place }, { postgres: version, rules, preset, tables, stats, concerns }) => {
  const known = tables === undefined ? {} : { factOf: (table: TableName) => factOf(tables, table) };
  const steps = new Map<Finding, Step>();
  const made = (finding: Finding, step: Step): void => void steps.set(finding, step);
  const options = { source, version, direction, rules, preset, ...(place === undefined ? {} : { place }), ...known, made };
  const judged = withFacts(findingsOf(replayed, options), tables);
  const findings = suppress(stats === undefined ? judged : withEstimates(judged, stats), migration, source, { rules, preset, direction });
  // The release that a rollback returns to is not the one that git has.
  if (direction === 'up') concerns?.push(...findings.flatMap((finding) => concernIn(finding, steps, rules)));
  return findings;
};

function concernIn(finding: Finding, steps: ReadonlyMap<Finding, Step>, rules: RuleSettings): Concern[] {
  const step = finding.suppressed === null ? steps.get(finding) : undefined;
  const concern = step === undefined ? null : concernOf(finding, step, rules);
  return concern === null ? [] : [concern];
}

export function reportOf(run: ProjectRun<Finding[]>): Report {
  const findings = run.linted.flatMap(({ verdict }) => verdict);
  const open = findings.filter(({ suppressed }) => suppressed === null);
  const count = (severity: Severity): number => open.filter((finding) => finding.severity === severity).length;
  const linted = run.files.filter(({ skipped }) => skipped === null);
  return {
    version: 1,
    tool: { name: 'migration-guard', version: VERSION },
    postgres: run.postgres,
    files: run.files,
    findings,
    summary: {
      error: count('error'),
      warning: count('warning'),
      info: count('info'),
      suppressed: findings.length - open.length,
      files: linted.length,
      operations: linted.reduce((sum, { operations }) => sum + operations, 0),
      unread: linted.reduce((sum, { unread }) => sum + unread, 0),
    },
  };
}

/**
 * Lints what the options select and returns what `--format json` prints. A file
 * that could not be read is in `files` with its reason; a mistake in the options
 * or the configuration throws.
 */
export async function lintProject(options: ProjectOptions = {}): Promise<Report> {
  const run = await runProject(options, findingsOfFile);
  setAsideKnown(run, options);
  return reportOf(run);
}

