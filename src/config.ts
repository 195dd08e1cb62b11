import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { absolutePaths, basesOf, merged } from './config/extended.js';
import { SETTING_NAMES, type KnownSettings, type TableFact } from './config/facts.js';
import type { Severity } from './finding.js';
import type { Preset, RuleSettings } from './findings.js';
import { suggestion } from './nearest.js';
import type { Framework, TransactionShape } from './operations/migration.js';
import { VERSIONS, type PostgresVersion } from './postgres/effects.js';
import { registeredRules } from './rule-register.js';
import { SUPPRESSION_RULES } from './suppress.js';

/** What a configuration file may say. */
export interface Config {
  /** Configurations to begin with: paths from this file, or names of packages. */
  extends?: string[];
  /** Major version of the server, 11 to 18. */
  postgres?: PostgresVersion;
  preset?: Preset;
  rules?: RuleSettings;
  /** Rules for the files that globs match, relative to the configuration file; the last that matches wins. */
  overrides?: { files: string[]; rules: RuleSettings }[];
  /** Where the migrations are: paths, directories and globs, relative to the configuration file. */
  paths?: string[];
  /** Globs of files to leave alone, relative to the configuration file. */
  ignore?: string[];
  deploy?: 'together' | 'each';
  /** The revision that runs, searched for uses of what a migration drops: a ref, `worktree` or `none`; default: the default branch. */
  deployed?: string;
  framework?: Framework;
  transaction?: TransactionShape;
  /** A file of DDL that describes the database before the first migration. */
  schema?: string;
  /** What is known of tables, by name. */
  tables?: Readonly<Record<string, TableFact>>;
  /** Settings in force before a migration begins. */
  settings?: KnownSettings;
  /** A file of findings that are known and not to be reported. */
  baseline?: string;
  failOn?: Severity;
  maxWarnings?: number;
}

/** A mistake of the user's, to be shown without a stack. */
export class UsageError extends Error {}

/** Types a configuration file; returns it as it is. */
export function defineConfig(config: Config): Config {
  return config;
}

export const FRAMEWORKS: readonly Framework[] = [
  'sql', 'prisma', 'drizzle', 'supabase', 'flyway', 'dbmate', 'goose', 'golang-migrate', 'diesel', 'sqlx', 'sqitch',
  'liquibase', 'atlas', 'graphile-migrate', 'hasura', 'alembic-offline', 'alembic', 'django', 'typeorm', 'knex',
  'sequelize', 'mikro-orm', 'kysely', 'node-pg-migrate', 'db-migrate', 'tagged-sql',
];
export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'error'];
export const PRESETS: readonly Preset[] = ['recommended', 'strict', 'all'];
export const TRANSACTIONS: readonly TransactionShape[] = ['file', 'batch', 'implicit', 'none'];
export const DEPLOYS = ['together', 'each'] as const;
export const RULE_SETTINGS = ['off', ...SEVERITIES] as const;
export const TABLE_FACTS: readonly TableFact[] = ['hot', 'small'];

/** The one of `allowed` that `value` is; anything else is the user's mistake. */
export function oneOf<T extends string | number>(value: unknown, allowed: readonly T[], what: string): T {
  const found = allowed.find((one) => String(one) === String(value));
  if (found !== undefined) return found;
  const near = typeof value === 'string' ? suggestion(value, allowed.map(String)) : '';
  throw new UsageError(`${what} must be one of ${allowed.join(', ')}, not ${JSON.stringify(value)}.${near}`);
}

export function ruleSetting(id: string, setting: unknown, where: string): Record<string, 'off' | Severity> {
  const known = [...registeredRules.map(({ id }) => id), ...SUPPRESSION_RULES.map((rule) => rule.id)];
  if (!known.includes(id)) throw new UsageError(`${where}: there is no rule "${id}".${suggestion(id, known)}`);
  return { [id]: oneOf(setting, RULE_SETTINGS, `${where}: the severity of "${id}"`) };
}

function listOf(value: unknown, what: string): string[] {
  const list = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) throw new UsageError(`${what} must be a list of strings.`);
  return list;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new UsageError(`${what} must be a string.`);
  return value;
}

function countOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) throw new UsageError(`${what} must be a whole number, 0 or more.`);
  return value;
}

function rulesOf(value: unknown, where: string): RuleSettings {
  if (typeof value !== 'object' || value === null) throw new UsageError(`${where}: "rules" must be an object of rule names.`);
  return Object.assign({}, ...Object.entries(value).map(([id, setting]) => ruleSetting(id, setting, where))) as RuleSettings;
}

function objectOf(value: unknown, what: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError(`${what} must be an object.`);
  return value;
}

function overridesOf(value: unknown, what: string): Config['overrides'] {
  if (!Array.isArray(value)) throw new UsageError(`${what} must be a list.`);
  return value.map((item: unknown) => {
    const { files, rules, ...rest } = objectOf(item, `Each of ${what}`) as Record<string, unknown>;
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw new UsageError(`${what}: unknown key "${unknown}".${suggestion(unknown, ['files', 'rules'])}`);
    return { files: listOf(files, `"files" of ${what}`), rules: rulesOf(rules, `${what}`) };
  });
}

function tablesOf(value: unknown, what: string): Config['tables'] {
  return Object.fromEntries(Object.entries(objectOf(value, what)).map(([table, fact]) => [table, oneOf(fact, TABLE_FACTS, `${what}: "${table}"`)]));
}

function settingsOf(value: unknown, what: string): KnownSettings {
  const entries = Object.entries(objectOf(value, what)).map(([name, setting]): [string, string] => {
    if (!SETTING_NAMES.some((known) => known === name)) throw new UsageError(`${what}: unknown setting "${name}".${suggestion(name, SETTING_NAMES)}`);
    return [name, textOf(setting, `${what}: "${name}"`)];
  });
  return Object.fromEntries(entries);
}

const READERS: { [K in keyof Config]-?: (value: unknown, what: string, where: string) => Config[K] } = {
  extends: listOf,
  postgres: (value, what) => oneOf(value, VERSIONS, what),
  preset: (value, what) => oneOf(value, PRESETS, what),
  rules: (value, _what, where) => rulesOf(value, where),
  overrides: overridesOf,
  paths: listOf,
  ignore: listOf,
  deploy: (value, what) => oneOf(value, DEPLOYS, what),
  deployed: textOf,
  framework: (value, what) => oneOf(value, FRAMEWORKS, what),
  transaction: (value, what) => oneOf(value, TRANSACTIONS, what),
  schema: textOf,
  tables: tablesOf,
  settings: settingsOf,
  baseline: textOf,
  failOn: (value, what) => oneOf(value, SEVERITIES, what),
  maxWarnings: countOf,
};

/** Checks what a file or a caller gave; `where` begins the message about a mistake. */
export function readConfig(value: unknown, where: string): Config {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UsageError(`${where}: the configuration must be an object.`);
  const config: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === '$schema' || item === undefined) continue;
    if (!Object.hasOwn(READERS, key)) throw new UsageError(`${where}: unknown key "${key}".${suggestion(key, Object.keys(READERS))}`);
    config[key] = READERS[key as keyof Config](item, `${where}: "${key}"`, where);
  }
  return config;
}

export interface LoadedConfig {
  config: Config;
  /** Folder that the paths in it are relative to. */
  folder: string;
  /** Null when there is none. */
  file: string | null;
}

const NAMES = ['ts', 'mts', 'cts', 'mjs', 'js', 'cjs', 'json', 'jsonc'].map((extension) => `migration-guard.config.${extension}`);

function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_, string: string | undefined) => string ?? '')
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_, string: string | undefined) => string ?? '');
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(withoutComments(text.replace(/^\ufeff/, '')));
  } catch (error) {
    throw new UsageError(`${file}: not valid JSON (${(error as Error).message}).`);
  }
}

interface Jiti {
  createJiti: (from: string) => { import: (file: string) => Promise<{ default?: unknown }> };
}

/** For a Node that reads no TypeScript, where the project has `jiti`. */
async function importWithJiti(file: string): Promise<{ default?: unknown }> {
  let jiti: Jiti;
  try {
    jiti = createRequire(file)('jiti') as Jiti;
  } catch {
    throw new UsageError(
      `${file}: Node ${process.version} reads no TypeScript; use Node 22.18 or newer, install jiti, or use a .mjs or .json file.`,
    );
  }
  try {
    return await jiti.createJiti(file).import(file);
  } catch (error) {
    throw new UsageError(`${file}: ${(error as Error).message.split('\n')[0] ?? ''}`);
  }
}

async function importConfig(file: string): Promise<unknown> {
  let loaded: { default?: unknown };
  try {
    loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw new UsageError(`${file}: ${message.split('\n')[0] ?? message}`);
    loaded = await importWithJiti(file);
  }
  const { default: value } = loaded;
  return typeof value === 'function' ? ((await (value as () => unknown)())) : value;
}

/** What needs no module to be run; null for what does. */
function loadData(file: string): LoadedConfig | null {
  const folder = dirname(file);
  if (basename(file) === 'package.json') {
    const own = (parseJson(file, readFileSync(file, 'utf8')) as Record<string, unknown>)['migration-guard'];
    return { config: readConfig(own ?? {}, `${file} ("migration-guard")`), folder, file };
  }
  if (!/\.jsonc?$/.test(file)) return null;
  return { config: readConfig(parseJson(file, readFileSync(file, 'utf8')), file), folder, file };
}

async function loadOne(file: string): Promise<LoadedConfig> {
  return loadData(file) ?? { config: readConfig(await importConfig(file), file), folder: dirname(file), file };
}

/** With the configurations that a file extends, the later ones before the earlier. */
async function load(file: string, chain: readonly string[] = []): Promise<LoadedConfig> {
  const own = await loadOne(file);
  if (own.config.extends === undefined) return own;
  let config: Config = {};
  for (const base of basesOf(own.config, own.folder, file, [...chain, file])) {
    const { config: extended, folder } = await load(existing(base, file), [...chain, file]);
    config = merged(config, absolutePaths(extended, folder));
  }
  return { ...own, config: merged(config, own.config) };
}

function loadNow(file: string, chain: readonly string[] = []): LoadedConfig {
  const own = loadData(file) ?? { config: readConfig(requireConfig(file), file), folder: dirname(file), file };
  if (own.config.extends === undefined) return own;
  let config: Config = {};
  for (const base of basesOf(own.config, own.folder, file, [...chain, file])) {
    const { config: extended, folder } = loadNow(existing(base, file), [...chain, file]);
    config = merged(config, absolutePaths(extended, folder));
  }
  return { ...own, config: merged(config, own.config) };
}

function existing(base: string, file: string): string {
  if (existsSync(base)) return base;
  throw new UsageError(`${file}: "extends": there is no ${base}.`);
}

/** For callers that cannot wait: every Node we run on requires modules of either kind. */
function requireConfig(file: string): unknown {
  let loaded: unknown;
  try {
    loaded = createRequire(file)(file);
  } catch (error) {
    const { message } = error as Error;
    throw new UsageError(`${file}: ${message.split('\n')[0] ?? message}`);
  }
  const value = typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : loaded;
  const given: unknown = typeof value === 'function' ? (value as () => unknown)() : value;
  if (given instanceof Promise) throw new UsageError(`${file}: an editor cannot wait for an asynchronous configuration.`);
  return given;
}

function configIn(folder: string): string | null {
  const found = NAMES.filter((name) => existsSync(join(folder, name)));
  if (found.length > 1) throw new UsageError(`${folder} holds two configurations: ${found.join(' and ')}. Keep one.`);
  if (found[0] !== undefined) return join(folder, found[0]);
  const manifest = join(folder, 'package.json');
  return existsSync(manifest) && readFileSync(manifest, 'utf8').includes('"migration-guard"') && hasOwnKey(manifest) ? manifest : null;
}

function hasOwnKey(manifest: string): boolean {
  try {
    return 'migration-guard' in (JSON.parse(readFileSync(manifest, 'utf8')) as object);
  } catch {
    // Not ours to complain about.
    return false;
  }
}

/** The nearest configuration file from `cwd` up to `root`. */
function nearestConfig(cwd: string, root: string): string | null {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const found = configIn(folder);
    if (found !== null || folder === root || folder === dirname(folder)) return found;
  }
}

/** As `loadConfig`, for a caller that cannot wait. */
export function loadConfigNow(cwd: string, root: string): LoadedConfig {
  const file = nearestConfig(cwd, root);
  if (file === null) return { config: {}, folder: cwd, file: null };
  return loadNow(file);
}

/** The nearest configuration from `cwd` up to `root`; `file` names one, false wants none. */
export async function loadConfig(cwd: string, root: string, file?: string | false): Promise<LoadedConfig> {
  if (file === false) return { config: {}, folder: cwd, file: null };
  if (file !== undefined) {
    const absolute = resolve(cwd, file);
    if (!existsSync(absolute)) throw new UsageError(`There is no configuration file ${file}.`);
    return load(absolute);
  }
  const found = nearestConfig(cwd, root);
  return found === null ? { config: {}, folder: cwd, file: null } : load(found);
}
