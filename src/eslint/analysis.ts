import { resolve, sep } from 'node:path';
import { loadConfigNow, UsageError, type LoadedConfig } from '../config.js';
import { hostFor } from '../discover/host.js';
import { rootOf } from '../discover/place.js';
import type { Finding } from '../finding.js';
import { findingsOf } from '../findings.js';
import { schemaFrom, type LintOptions } from '../lint.js';
import type { Migration, SourceComment } from '../operations/migration.js';
import { DEFAULT_VERSION } from '../postgres/effects.js';
import type { Schema } from '../postgres/schema.js';
import { ProjectMemory } from '../project/memory.js';
import { ProjectReader, type ReadFile } from '../project/reader.js';
import { replayProject } from '../project/replayed.js';
import { suppress } from '../suppress.js';

/** Options of the analysis, the same for every rule: `settings['migration-guard']`. They stand above the configuration file. */
export type GuardSettings = Pick<
  LintOptions,
  'postgres' | 'framework' | 'schema' | 'transaction' | 'direction' | 'rules'
>;

export interface Analysis {
  findings: readonly Finding[];
  comments: readonly SourceComment[];
}

const NOTHING: Analysis = { findings: [], comments: [] };

const NO_RULES = {};

const memory = new ProjectMemory();

let lastSchema: { ddl: string | undefined; schema: Schema } | null = null;

function schemaOf(settings: GuardSettings, { config, folder }: LoadedConfig): Schema {
  let ddl = settings.schema;
  if (ddl === undefined && config.schema !== undefined) {
    const read = memory.text(resolve(folder, config.schema));
    if ('failure' in read) throw new UsageError(`"schema": ${config.schema}: ${read.failure}.`);
    ddl = read.text;
  }
  if (lastSchema === null || lastSchema.ddl !== ddl) lastSchema = { ddl, schema: schemaFrom(ddl) };
  return lastSchema.schema;
}

/** True when the configuration names the folder, so that what lies in it is a migration whatever it looks like. */
function isNamed(absolute: string, { config, folder }: LoadedConfig): boolean {
  return (config.paths ?? []).some((path) => {
    const named = resolve(folder, path.replace(/[*?{[].*$/, ''));
    return absolute === named || absolute.startsWith(named.endsWith(sep) ? named : named + sep);
  });
}

function readerOf(absolute: string, root: string, loaded: LoadedConfig, settings: GuardSettings): ProjectReader {
  const framework = settings.framework ?? loaded.config.framework;
  const transaction = settings.transaction ?? loaded.config.transaction;
  const options = { ...(framework === undefined ? {} : { framework }), ...(transaction === undefined ? {} : { transaction }) };
  return new ProjectReader(root, hostFor(root), isNamed(absolute, loaded) ? 'given' : 'all', options, memory);
}

function directionIn({ up, down, language }: Migration, asked: GuardSettings['direction']): 'up' | 'down' | null {
  if (asked === 'down') return down === null ? null : 'down';
  // A file of its own for the way back is only about that.
  return language === 'sql' && up.length === 0 && down !== null ? null : 'up';
}

function findingsIn(file: ReadFile, reader: ProjectReader, loaded: LoadedConfig, settings: GuardSettings): Finding[] {
  const { migration, source } = file;
  const direction = directionIn(migration, settings.direction);
  if (direction === null) return [];
  const version = settings.postgres ?? loaded.config.postgres ?? DEFAULT_VERSION;
  const rules = settings.rules ?? loaded.config.rules ?? NO_RULES;
  let findings: Finding[] = [];
  replayProject([file], reader, { deploy: 'each', schema: schemaOf(settings, loaded), version }, {
    done: (_, replayed) => {
      const found = findingsOf(replayed, { source, version, direction, rules, preset: 'all' });
      findings = suppress(found, migration, source, { rules, preset: 'all', direction });
    },
    crashed: (_, error) => {
      throw error;
    },
  });
  return findings;
}

/**
 * One run of the guard over a text, after the migrations that lie before it on
 * the disk, as the command line does. Every rule of the guard runs: which of
 * them report, and how loudly, is ESLint's to say.
 */
export function analysisOf(text: string, filename: string, cwd: string, settings: GuardSettings): Analysis {
  const absolute = resolve(cwd, filename);
  const root = rootOf(cwd);
  const loaded = loadConfigNow(resolve(cwd), root);
  const reader = readerOf(absolute, root, loaded, settings);
  const file = reader.read({ absolute, named: false, text });
  if (file === null || !('migration' in file)) return NOTHING;
  return { findings: findingsIn(file, reader, loaded, settings), comments: file.migration.comments };
}

// ESLint keeps one syntax tree per file and lint, whatever the number of rules.
const byTree = new WeakMap<object, { settings: string; analysis: Analysis }>();

/** The analysis of a file, run once for all rules that ask. */
export function analysisOfTree(
  tree: object,
  text: string,
  filename: string,
  cwd: string,
  settings: GuardSettings,
): Analysis {
  const key = JSON.stringify(settings);
  const known = byTree.get(tree);
  if (known !== undefined && known.settings === key) return known.analysis;
  const analysis = analysisOf(text, filename, cwd, settings);
  byTree.set(tree, { settings: key, analysis });
  return analysis;
}
