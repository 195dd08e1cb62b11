import { readFileSync } from 'node:fs';
import { DEPLOYS, FRAMEWORKS, oneOf, PRESETS, ruleSetting, TRANSACTIONS, UsageError } from '../config.js';
import { readText, reasonOf, textOf } from '../discover/read-text.js';
import { VERSIONS } from '../postgres/effects.js';
import type { ProjectOptions } from '../project.js';
import { parseSnapshot, type Snapshot } from '../stats/snapshot.js';
import type { Options } from './options.js';

const STANDARD_INPUT = '<stdin>.sql';

function standardInput(name: string | undefined): { path: string; text: string } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(0);
  } catch (error) {
    throw new UsageError(`Standard input: ${reasonOf(error)}.`);
  }
  const read = textOf(bytes);
  if ('failure' in read) throw new UsageError(`Standard input: ${read.failure}.`);
  return { path: name ?? STANDARD_INPUT, text: read.text };
}

function schemaText(file: string): string {
  const read = readText(file);
  if ('failure' in read) throw new UsageError(`--schema ${file}: ${read.failure}.`);
  return read.text;
}

function snapshotIn(file: string | undefined): Snapshot | undefined {
  if (file === undefined) return undefined;
  const read = readText(file);
  if ('failure' in read) throw new UsageError(`--stats ${file}: ${read.failure}.`);
  const snapshot = parseSnapshot(read.text);
  if (snapshot === null) throw new UsageError(`--stats ${file}: not what "migration-guard stats" writes.`);
  return snapshot;
}

function rulesOf(settings: readonly string[]): Record<string, 'off' | 'info' | 'warning' | 'error'> {
  const all = settings.map((setting) => {
    const [id = '', severity] = setting.split('=');
    if (severity === undefined) throw new UsageError(`--rule takes <rule>=<severity>, not "${setting}".`);
    return ruleSetting(id, severity, '--rule');
  });
  return Object.assign({}, ...all) as ReturnType<typeof rulesOf>;
}

function directionOf({ down, direction }: Options): 'up' | 'down' | undefined {
  if (down === true) return 'down';
  return direction === undefined ? undefined : oneOf(direction, ['up', 'down'] as const, '--direction');
}

function latestOf(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(value)) throw new UsageError(`--latest takes a whole number, 1 or more, not "${value}".`);
  return Number(value);
}

/** Drops what was not given, so that the configuration has its say. */
function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as ReturnType<typeof given<T>>;
}

/** What the arguments of `check` and `inspect` ask of a project. */
export function projectOptions(options: Options, operands: readonly string[]): ProjectOptions {
  const { stdin, 'stdin-filename': name, schema, rule, config } = options;
  const paths = operands.filter((path) => path !== '-');
  const fromInput = stdin === true || name !== undefined || paths.length < operands.length;
  return given({
    paths,
    all: options.all,
    since: options.since,
    staged: options.staged,
    fresh: options.new,
    latest: latestOf(options.latest),
    deploy: options.deploy === undefined ? undefined : oneOf(options.deploy, DEPLOYS, '--deploy'),
    deployed: options.deployed,
    stats: snapshotIn(options.stats),
    postgres: options.postgres === undefined ? undefined : oneOf(options.postgres, VERSIONS, '--postgres'),
    framework: options.framework === undefined ? undefined : oneOf(options.framework, FRAMEWORKS, '--framework'),
    transaction: options.transaction === undefined ? undefined : oneOf(options.transaction, TRANSACTIONS, '--transaction'),
    preset: options.preset === undefined ? undefined : oneOf(options.preset, PRESETS, '--preset'),
    schema: schema === undefined ? undefined : schemaText(schema),
    baseline: options.baseline,
    updateBaseline: options['update-baseline'],
    direction: directionOf(options),
    rules: rule === undefined ? undefined : rulesOf(rule),
    config: options['no-config'] === true ? (false as const) : config,
    sources: fromInput ? [standardInput(name)] : undefined,
  });
}
