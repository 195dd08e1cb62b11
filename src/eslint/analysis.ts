import { relative, sep } from 'node:path';
import type { Finding } from '../finding.js';
import { analyse, type LintOptions } from '../lint.js';
import type { SourceComment } from '../operations/migration.js';

/** Options of the analysis, the same for every rule: `settings['migration-guard']`. */
export type GuardSettings = Pick<
  LintOptions,
  'postgres' | 'framework' | 'schema' | 'transaction' | 'direction' | 'rules'
>;

export interface Analysis {
  findings: readonly Finding[];
  comments: readonly SourceComment[];
}

const NOTHING: Analysis = { findings: [], comments: [] };

/**
 * One run of the guard over a text. Every rule of the guard runs: which of
 * them report, and how loudly, is ESLint's to say.
 */
export function analysisOf(text: string, filename: string, cwd: string, settings: GuardSettings): Analysis {
  const path = relative(cwd, filename).split(sep).join('/');
  const analysed = analyse(text, { ...settings, path, preset: 'all' });
  return analysed === null
    ? NOTHING
    : { findings: analysed.findings, comments: analysed.migration.comments };
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
