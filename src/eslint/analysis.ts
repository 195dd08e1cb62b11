import { resolve } from 'node:path';
import { loadConfigNow } from '../config.js';
import { rootOf } from '../discover/place.js';
import type { Finding } from '../finding.js';
import type { Migration, SourceComment } from '../operations/migration.js';
import { expectTheSameAgain } from '../parsers/load.js';
import { findingsOfFile } from '../project.js';
import { replayAlone } from '../project/alone.js';
import { ProjectMemory } from '../project/memory.js';
import { ProjectReader } from '../project/reader.js';
import type { Concern } from '../usage/concern.js';
import { settleAgain } from './deployed.js';
import { houseOf, setAside, type GuardSettings, type Wanted } from './standards.js';

export interface Analysis {
  findings: readonly Finding[];
  comments: readonly SourceComment[];
}

const NOTHING: Analysis = { findings: [], comments: [] };

const memory = new ProjectMemory();
expectTheSameAgain();

function directionIn({ up, down, language }: Migration, asked: GuardSettings['direction']): 'up' | 'down' | null {
  if (asked === 'down') return down === null ? null : 'down';
  // A file of its own for the way back is only about that.
  return language === 'sql' && up.length === 0 && down !== null ? null : 'up';
}

/**
 * One run of the guard over a text, after the migrations that lie before it on
 * the disk, as the command line does. How loudly a rule reports is ESLint's to
 * say.
 */
export function analysisOf(text: string, filename: string, cwd: string, asked: GuardSettings, wanted: Wanted): Analysis {
  const absolute = resolve(cwd, filename);
  const root = rootOf(cwd);
  const loaded = loadConfigNow(resolve(cwd), root);
  const house = houseOf(loaded, root, asked, memory);
  if (house.leavesAlone(absolute)) return NOTHING;

  const framework = asked.framework ?? loaded.config.framework;
  const transaction = asked.transaction ?? loaded.config.transaction;
  const options = { ...(framework === undefined ? {} : { framework }), ...(transaction === undefined ? {} : { transaction }) };
  const reader = new ProjectReader(root, memory.host(root), house.names(absolute) ? 'given' : 'all', options, memory);
  const file = reader.read({ absolute, named: false, text });
  if (file === null || !('migration' in file)) return NOTHING;

  const { migration, source } = file;
  const { comments } = migration;
  const direction = directionIn(migration, asked.direction);
  if (direction === null) return { findings: [], comments };
  const concerns: Concern[] = [];
  const findings = findingsOfFile({ file, direction, ...replayAlone(file, reader, house, memory) }, { ...house.standardsFor(source.path, wanted), concerns });
  settleAgain(concerns, root, source, loaded.config.deployed);
  setAside(findings, loaded, root, memory);
  return { findings, comments };
}

interface OfTree {
  wanted: Set<string>;
  known: { settings: string; rules: number; analysis: Analysis } | null;
}

// ESLint keeps one syntax tree per file and lint, whatever the number of rules.
const byTree = new WeakMap<object, OfTree>();

function ofTree(tree: object): OfTree {
  let found = byTree.get(tree);
  if (found === undefined) byTree.set(tree, (found = { wanted: new Set(), known: null }));
  return found;
}

/** To be called for each rule that will report on the file, before the first of them does: one rule's finding may stand for another's. */
export function announce(tree: object, rule: string): void {
  ofTree(tree).wanted.add(rule);
}

const wantedSets = new Map<string, ReadonlySet<string>>();

/** The same set for the same rules, from file to file. */
function canonical(rules: ReadonlySet<string>): ReadonlySet<string> {
  const key = [...rules].sort().join();
  const known = wantedSets.get(key) ?? new Set(rules);
  wantedSets.set(key, known);
  return known;
}

/** The analysis of a file, run once for all rules that ask. */
export function analysisOfTree(tree: object, text: string, filename: string, cwd: string, asked: GuardSettings): Analysis {
  const one = ofTree(tree);
  const settings = JSON.stringify(asked);
  if (one.known?.settings === settings && one.known.rules === one.wanted.size) return one.known.analysis;
  const analysis = analysisOf(text, filename, cwd, asked, canonical(one.wanted));
  one.known = { settings, rules: one.wanted.size, analysis };
  return analysis;
}
