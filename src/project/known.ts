import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { compareWith, parseBaseline, printBaseline, updated, type BaselineEntry, type Reach } from '../baseline.js';
import { UsageError } from '../config.js';
import { reasonOf } from '../discover/read-text.js';
import type { Seen } from '../discover/seen.js';
import type { Finding } from '../finding.js';
import type { ProjectOptions, ProjectRun } from '../project.js';
import { registeredRules } from '../rule-register.js';
import { isActive } from '../suppress.js';

const DEFAULT_NAME = 'migration-guard-baseline.json';

function fileOf(run: ProjectRun, { baseline, cwd = process.cwd() }: ProjectOptions): string | null {
  if (baseline !== undefined) return resolve(cwd, baseline);
  return run.config.baseline === undefined ? null : resolve(run.configFolder, run.config.baseline);
}

function entriesOf(file: string, name: string): BaselineEntry[] {
  try {
    return parseBaseline(readFileSync(file, 'utf8').replace(/^\ufeff/, ''), name);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Baseline ${name}: ${reasonOf(error)}; --update-baseline writes one.`);
  }
}

function reachOf(run: ProjectRun, options: ProjectOptions, seen: Seen | undefined): Reach {
  const { preset = run.config.preset } = options;
  const settings = { rules: { ...run.config.rules, ...options.rules }, ...(preset === undefined ? {} : { preset }) };
  return {
    linted: new Set(run.linted.map(({ source }) => source.path)),
    exists: (path) => {
      seen?.note(resolve(run.root, path));
      return existsSync(resolve(run.root, path));
    },
    whole: run.chosen.how === 'all' && options.latest === undefined,
    // A rule that is switched off in this run says nothing about its entries; one that is gone does.
    isActive: (rule) => settings.rules[rule] !== 'off' && (isActive(rule, settings) || !registeredRules.some(({ id }) => id === rule)),
  };
}

function nameOf(file: string, { cwd = process.cwd() }: ProjectOptions): string {
  return relative(cwd, file) || file;
}

function listed(entries: readonly BaselineEntry[]): string {
  const shown = entries.slice(0, 3).map(({ rule, path }) => `${rule} in ${path}`);
  return `${shown.join(', ')}${entries.length > shown.length ? ', …' : ''}`;
}

/**
 * Marks the findings that the baseline of a run knows as suppressed, or, when
 * it is to be updated, writes the baseline first. Does nothing without one.
 */
export function setAsideKnown(run: ProjectRun<Finding[]>, options: ProjectOptions, seen?: Seen): void {
  const update = options.updateBaseline === true;
  const file = fileOf(run, options) ?? (update ? resolve(run.root, DEFAULT_NAME) : null);
  if (file === null) return;
  seen?.note(file);
  const name = nameOf(file, options);
  const findings = run.linted.flatMap(({ verdict }) => verdict);
  const reach = reachOf(run, options, seen);
  let entries = update && !existsSync(file) ? [] : entriesOf(file, name);
  if (update) {
    entries = updated(entries, findings, reach);
    write(file, entries, name);
    run.notices.push({ path: null, text: `${name}: ${entries.length} ${entries.length === 1 ? 'entry' : 'entries'} written` });
  }
  const { known, expired } = compareWith(entries, findings, reach);
  for (const finding of known) finding.suppressed = { kind: 'baseline', justification: `known since ${name} was written` };
  if (expired.length > 0) run.notices.push({ path: null, text: expiry(expired, name) });
}

function write(file: string, entries: readonly BaselineEntry[], name: string): void {
  try {
    writeFileSync(file, printBaseline(entries));
  } catch (error) {
    throw new UsageError(`Baseline ${name}: ${reasonOf(error)}.`);
  }
}

function expiry(expired: readonly BaselineEntry[], name: string): string {
  const count = expired.length === 1 ? '1 entry finds' : `${expired.length} entries find`;
  return `${name}: ${count} nothing any more (${listed(expired)}); --update-baseline removes what has expired`;
}
