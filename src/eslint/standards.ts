import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { compareWith, parseBaseline, type BaselineEntry } from '../baseline.js';
import { UsageError, type LoadedConfig } from '../config.js';
import { rulesByPath, settingsInForce } from '../config/facts.js';
import { globMatcher } from '../discover/glob.js';
import type { Finding } from '../finding.js';
import type { Preset, RuleSettings } from '../findings.js';
import { schemaFrom, type LintOptions } from '../lint.js';
import { DEFAULT_VERSION, type PostgresVersion } from '../postgres/effects.js';
import type { Schema } from '../postgres/schema.js';
import type { Setting } from '../postgres/session.js';
import type { Standards } from '../project.js';
import type { ProjectMemory } from '../project/memory.js';
import { rules as guardRules } from '../rules/index.js';
import { SUPPRESSION_RULES } from '../suppress.js';

/** Options of the analysis, the same for every rule: `settings['migration-guard']`. They stand above the configuration file. */
export type GuardSettings = Pick<
  LintOptions,
  'postgres' | 'framework' | 'schema' | 'transaction' | 'direction' | 'rules'
>;

/** The rules that report, where ESLint decides; null where the configuration file does. */
export type Wanted = ReadonlySet<string> | null;

/** What the files of one configuration are judged by. */
export interface House {
  schema: Schema;
  version: PostgresVersion;
  settings: ReadonlyMap<string, Setting>;
  standardsFor(path: string, wanted: Wanted): Standards;
  /** True for what the command line leaves alone, unless it is named. */
  leavesAlone(absolute: string): boolean;
  /** True for what lies where the configuration says that migrations are. */
  names(absolute: string): boolean;
}

const IDS: readonly string[] = [...guardRules.map(({ meta }) => meta.id), ...SUPPRESSION_RULES.map(({ id }) => id)];

/** Nothing but the wanted rules, and of those none that the configuration switches off. */
function narrowed(rules: RuleSettings, wanted: ReadonlySet<string>): RuleSettings {
  return { ...rules, ...Object.fromEntries(IDS.filter((id) => !wanted.has(id)).map((id) => [id, 'off' as const])) };
}

function schemaText(settings: GuardSettings, { config, folder }: LoadedConfig, memory: ProjectMemory): string | undefined {
  if (settings.schema !== undefined || config.schema === undefined) return settings.schema;
  const read = memory.text(resolve(folder, config.schema));
  if ('failure' in read) throw new UsageError(`"schema": ${config.schema}: ${read.failure}.`);
  return read.text;
}

function within(absolute: string, folder: string, globs: readonly RegExp[]): boolean {
  const path = relative(folder, absolute).split(sep).join('/');
  return globs.some((glob) => glob.test(path));
}

function build(loaded: LoadedConfig, root: string, asked: GuardSettings, schema: string | undefined): House {
  const { config, folder } = loaded;
  const rulesFor = rulesByPath(config, folder, root, asked.rules);
  const version = asked.postgres ?? config.postgres ?? DEFAULT_VERSION;
  const ignored = (config.ignore ?? []).map(globMatcher);
  const paths = config.paths?.map((path) => globMatcher(relative(folder, resolve(folder, path)).split(sep).join('/') || '**'));
  const narrow = new WeakMap<ReadonlySet<string>, WeakMap<RuleSettings, RuleSettings>>();
  const rulesOf = (path: string, wanted: Wanted): RuleSettings => {
    const rules = rulesFor(path);
    if (wanted === null) return rules;
    const known = narrow.get(wanted) ?? new WeakMap<RuleSettings, RuleSettings>();
    narrow.set(wanted, known);
    const found = known.get(rules) ?? narrowed(rules, wanted);
    known.set(rules, found);
    return found;
  };
  return {
    schema: schemaFrom(schema),
    version,
    settings: settingsInForce(config.settings),
    standardsFor(path, wanted) {
      const preset: Preset = wanted === null ? (config.preset ?? 'recommended') : 'all';
      const { tables } = config;
      return { postgres: version, rules: rulesOf(path, wanted), preset, ...(tables === undefined ? {} : { tables }) };
    },
    leavesAlone: (absolute) => within(absolute, folder, ignored) || (paths !== undefined && !within(absolute, folder, paths)),
    names: (absolute) => paths !== undefined && within(absolute, folder, paths),
  };
}

const houses = new Map<string, House>();

/** As `build`, the same object as long as nothing that goes into it changed. */
export function houseOf(loaded: LoadedConfig, root: string, asked: GuardSettings, memory: ProjectMemory): House {
  const schema = schemaText(asked, loaded, memory);
  const key = JSON.stringify([loaded.config, loaded.folder, root, asked, schema]);
  let house = houses.get(key);
  if (house === undefined) {
    if (houses.size > 50) houses.clear();
    houses.set(key, (house = build(loaded, root, asked, schema)));
  }
  return house;
}

let lastBaseline: { text: string; entries: BaselineEntry[] } | null = null;

/** Marks the findings that the configuration's baseline knows. */
export function setAside(findings: readonly Finding[], { config, folder }: LoadedConfig, root: string, memory: ProjectMemory): void {
  if (config.baseline === undefined || findings.length === 0) return;
  const read = memory.text(resolve(folder, config.baseline));
  if ('failure' in read) throw new UsageError(`Baseline ${config.baseline}: ${read.failure}; --update-baseline writes one.`);
  if (lastBaseline?.text !== read.text) lastBaseline = { text: read.text, entries: parseBaseline(read.text.replace(/^\ufeff/, ''), config.baseline) };
  const reach = { linted: new Set<string>(), exists: (path: string) => existsSync(resolve(root, path)), whole: false, isActive: () => true };
  const { known } = compareWith(lastBaseline.entries, findings, reach);
  for (const finding of known) finding.suppressed = { kind: 'baseline', justification: `known since ${config.baseline} was written` };
}
