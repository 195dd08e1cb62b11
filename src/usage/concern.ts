import type { Finding } from '../finding.js';
import type { RuleSettings } from '../findings.js';
import type { Step } from '../rule.js';
import { readersOf, type Reader } from './readers.js';
import type { Sought } from './sought.js';

/**
 * What a use in the deployed code means for a finding. `gone`: every use of the
 * name fails, and where there is none the operation is harmless. `changed`: it
 * may fail, and the hazard stays without any. `required`: rows without the
 * column are refused.
 */
export type Stake = 'gone' | 'changed' | 'required';

const STAKES: Readonly<Record<string, Stake>> = {
  'drop-column': 'gone',
  'drop-table': 'gone',
  'rename-column': 'gone',
  'rename-table': 'gone',
  'alter-column-type': 'changed',
  'narrowing-type-change': 'changed',
  'timestamp-tz-change': 'changed',
  'type-change-compat': 'changed',
  'drop-and-readd-column': 'changed',
  'recreate-table': 'changed',
  'add-not-null-column': 'required',
};

/** A finding that hangs on what the deployed release uses. */
export interface Concern {
  finding: Finding;
  stake: Stake;
  sought: Sought;
  /** Views and functions of the database that use it. */
  readers: Reader[];
  /** The user set this rule's severity: it stays. */
  fixed: boolean;
}

/** Null for a finding that no code can make better or worse. */
export function concernOf(finding: Finding, step: Step, rules: RuleSettings): Concern | null {
  const stake = Object.hasOwn(STAKES, finding.ruleId) ? STAKES[finding.ruleId] : undefined;
  const sought = soughtBy(step);
  if (stake === undefined || sought === null) return null;
  const readers = stake === 'required' ? [] : readersOf(step, sought);
  return { finding, stake, sought, readers, fixed: Object.hasOwn(rules, finding.ruleId) };
}

function soughtBy({ operation }: Step): Sought | null {
  switch (operation.kind) {
    case 'dropTable':
    case 'renameTable':
      return { table: operation.table.name, column: null };
    case 'dropColumn':
    case 'renameColumn':
    case 'alterColumnType':
      return { table: operation.table.name, column: operation.column };
    case 'addColumn':
      return { table: operation.table.name, column: operation.column.name };
    default:
      return null;
  }
}
