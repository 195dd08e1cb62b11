import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig, UsageError, type Config } from './config.js';
import { hostFor } from './discover/host.js';
import { rootOf } from './discover/place.js';
import { reasonOf } from './discover/read-text.js';
import { choose, type Chosen, type SelectionOptions } from './discover/selection.js';
import type { Finding, Severity } from './finding.js';
import { findingsOf, type Preset, type RuleSettings } from './findings.js';
import { schemaFrom } from './lint.js';
import type { Direction, Framework, TransactionShape } from './operations/migration.js';
import { DEFAULT_VERSION, type PostgresVersion } from './postgres/effects.js';
import { ProjectReader, type ReadFile } from './project/reader.js';
import { replayProject } from './project/replayed.js';
import type { ReplayedMigration } from './replay/types.js';
import type { Report, ReportedFile } from './report.js';
import { suppress } from './suppress.js';
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

export interface LintedFile {
  file: ReadFile;
  replayed: ReplayedMigration;
  direction: Direction;
}

/** Everything one run found out, before it is worded. */
export interface ProjectRun {
  root: string;
  config: Config;
  postgres: PostgresVersion;
  chosen: Chosen;
  /** In the order of their paths. */
  linted: LintedFile[];
  files: ReportedFile[];
  failures: Failure[];
  notices: Notice[];
  rules: RuleSettings;
  preset: Preset;
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
function replayAll(
  reading: Reading,
  reader: ProjectReader,
  direction: Direction,
  settings: Parameters<typeof replayProject>[2],
): LintedFile[] {
  const wanted = reading.read.filter((file) => file.selected.named || directionOf(file, direction, false) !== null);
  const { done, crashed } = replayProject(wanted, reader, settings);
  for (const { file, error } of crashed) {
    const failure = faultOf(file.source.path, error);
    reading.failures.push(failure);
    reading.files.push(skippedFile(failure.path, failure.reason, file.migration.framework));
  }
  const linted = done
    .map(({ file, replayed }) => ({ file, replayed, direction: directionOf(file, direction, true) ?? direction }))
    .sort((a, b) => (a.file.source.path < b.file.source.path ? -1 : 1));
  for (const one of linted) {
    const { path, notices } = one.file.migration;
    reading.files.push(lintedFile(one));
    reading.notices.push(...notices.map((text) => ({ path, text })));
  }
  reading.files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return linted;
}

function faultOf(path: string, { message, stack }: Error): Failure {
  return { path, reason: `internal error: ${message}`, fatal: true, ...(stack === undefined ? {} : { stack }) };
}

/** Reads, orders and replays what the options select. Throws a `UsageError` for mistakes of the user's. */
export async function runProject(options: ProjectOptions): Promise<ProjectRun> {
  const cwd = resolve(options.cwd ?? process.cwd());
  const root = rootOf(cwd);
  const { config, folder } = await loadConfig(cwd, root, options.config);
  const { direction = 'up', ...asked } = options;
  const { postgres = DEFAULT_VERSION, preset = 'recommended', deploy, framework, transaction } = { ...config, ...withoutUndefined(asked) };
  const schema = schemaFrom(schemaText(options, config, folder));
  const chosen = await chooseFiles(options, config, folder, cwd, root);

  const reader = new ProjectReader(root, hostFor(root), chosen.how, withoutUndefined({ framework, transaction }));
  const reading = readAll(chosen, reader, options.progress);
  const settings = { deploy: deploy ?? (chosen.how === 'changed' ? 'together' : 'each'), schema, version: postgres } as const;
  const linted = replayAll(reading, reader, direction, settings);
  const { files, failures, notices } = reading;
  return {
    root,
    config,
    postgres,
    chosen,
    linted,
    files,
    failures,
    notices,
    rules: { ...config.rules, ...options.rules },
    preset,
  };
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

function lintedFile({ file: { migration }, direction }: LintedFile): ReportedFile {
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

/** The findings of a run; a file on which a rule fails is reported as ours, the others are judged. */
export function findingsOfRun(run: ProjectRun): Finding[] {
  const { postgres: version, rules, preset } = run;
  return run.linted.flatMap(({ file: { source, migration }, replayed, direction }) => {
    try {
      const findings = findingsOf(replayed, { source, version, direction, rules, preset });
      return suppress(findings, migration, source, { rules, preset, direction });
    } catch (error) {
      const failure = faultOf(source.path, error as Error);
      run.failures.push(failure);
      const file = run.files.find(({ path }) => path === source.path);
      if (file !== undefined) file.skipped = failure.reason;
      return [];
    }
  });
}

export function reportOf(run: ProjectRun, findings: Finding[]): Report {
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
  const run = await runProject(options);
  return reportOf(run, findingsOfRun(run));
}

