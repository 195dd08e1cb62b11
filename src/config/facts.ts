import { relative, sep } from 'node:path';
import type { Config } from '../config.js';
import { globMatcher } from '../discover/glob.js';
import type { RuleSettings } from '../findings.js';
import type { Setting } from '../postgres/session.js';

export type { TableFact } from '../table-facts.js';

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
