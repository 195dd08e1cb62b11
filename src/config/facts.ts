import { relative, sep } from 'node:path';
import type { Config } from '../config.js';
import { globMatcher } from '../discover/glob.js';
import type { Finding, Severity } from '../finding.js';
import type { RuleSettings } from '../findings.js';
import type { Setting } from '../postgres/session.js';

/** `small`: read in a moment, so what grows with its rows is no harm. `hot`: never idle, so even a moment's lock is felt. */
export type TableFact = 'hot' | 'small';

/** Settings that the role, the database or the runner has in force before a migration begins, as in postgresql.conf. */
export interface KnownSettings {
  lockTimeout?: string;
  statementTimeout?: string;
  idleInTransactionSessionTimeout?: string;
  transactionTimeout?: string;
  timeZone?: string;
}

const PARAMETERS: Record<keyof KnownSettings, string> = {
  lockTimeout: 'lock_timeout',
  statementTimeout: 'statement_timeout',
  idleInTransactionSessionTimeout: 'idle_in_transaction_session_timeout',
  transactionTimeout: 'transaction_timeout',
  timeZone: 'timezone',
};

export const SETTING_NAMES = Object.keys(PARAMETERS) as readonly (keyof KnownSettings)[];

export function settingsInForce(settings: KnownSettings = {}): ReadonlyMap<string, Setting> {
  return new Map(
    SETTING_NAMES.flatMap((name): [string, Setting][] => {
      const value = settings[name];
      return value === undefined ? [] : [[PARAMETERS[name], { value, local: false }]];
    }),
  );
}

/** The rules for a file: those of the configuration, then of each override that its path matches, then of the arguments. */
export function rulesByPath(config: Config, folder: string, root: string, last: RuleSettings = {}): (path: string) => RuleSettings {
  const base: RuleSettings = { ...config.rules, ...last };
  const below = relative(root, folder).split(sep).join('/');
  const overrides = (config.overrides ?? []).map(({ files, rules }) => ({ files: files.map(globMatcher), rules }));
  if (overrides.length === 0) return () => base;
  // One object for each combination: which rules are active is worked out once for each.
  const combined = new Map<string, RuleSettings>();
  return (path) => {
    const own = below === '' ? path : path.startsWith(`${below}/`) ? path.slice(below.length + 1) : path;
    const matching = overrides.filter(({ files }) => files.some((glob) => glob.test(own)));
    const key = matching.map((one) => overrides.indexOf(one)).join();
    let rules = combined.get(key);
    if (rules === undefined) {
      rules = Object.assign({}, config.rules, ...matching.map((one) => one.rules), last) as RuleSettings;
      combined.set(key, rules);
    }
    return rules;
  };
}

const GROWS: ReadonlySet<string> = new Set(['lock', 'rewrite', 'validation', 'data-migration']);
const WORSE: Record<Severity, Severity> = { info: 'warning', warning: 'error', error: 'error' };

function judged({ category, severity, effects }: Finding, fact: TableFact): Severity {
  const grows = effects.scans.length + effects.rewrites.length + effects.builds.length > 0 || category === 'data-migration';
  if (fact === 'hot') return category === 'lock' || category === 'timeout' ? WORSE[severity] : severity;
  // What fails or loses data does so on ten rows as well.
  return GROWS.has(category) && grows && effects.fails === null ? 'info' : severity;
}

/** Judges findings by what is known of their tables. A table of the schema `public` may be named without it. */
export function withFacts(findings: Finding[], tables: Config['tables']): Finding[] {
  if (tables === undefined) return findings;
  for (const finding of findings) {
    const { table } = finding;
    if (table === null) continue;
    const short = table.replace(/^public\./, '');
    const name = [table, short, `public.${short}`].find((one) => Object.hasOwn(tables, one));
    const fact = name === undefined ? undefined : tables[name];
    if (fact !== undefined) finding.severity = judged(finding, fact);
  }
  return findings;
}
