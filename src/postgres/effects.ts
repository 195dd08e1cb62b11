import type { LockMode } from '../operations/types.js';

/** Major versions whose behaviour is known. */
export const VERSIONS = [11, 12, 13, 14, 15, 16, 17, 18] as const;
export type PostgresVersion = (typeof VERSIONS)[number];
export const DEFAULT_VERSION: PostgresVersion = 16;

/** Name as written, the schema only when it is not `public`. */
export type TableName = string;
export type IndexName = string;

export interface Failure {
  sqlstate: string;
  /**
   * `always`: whatever the table holds; `rows`: if it holds any row; `nulls`,
   * `duplicates`, `violations`: if some row breaks the new rule;
   * `in-transaction`: because a transaction block is open.
   */
  when: 'always' | 'rows' | 'nulls' | 'duplicates' | 'violations' | 'in-transaction';
}

/** What PostgreSQL does for one operation. Proven by the truth suite, never typed into a rule. */
export interface Effects {
  /** One entry per table, view or materialised view that existed before: its strongest mode. */
  locks: { table: TableName; mode: LockMode }[];
  /** New relation file, every row written. */
  rewrites: TableName[];
  /** Every row read while the lock is held. */
  scans: TableName[];
  /** Built while the lock is held. */
  builds: IndexName[];
  fails: Failure | null;
  loses: 'data' | 'integrity' | null;
  /** `assumed` when the answer hangs on a fact we were not given. */
  certainty: 'certain' | 'assumed';
  /** What `assumed` hangs on, one phrase: `the old type of "a"`. Null when certain. */
  assumes: string | null;
}

export const NO_EFFECTS: Readonly<Effects> = Object.freeze({
  locks: [],
  rewrites: [],
  scans: [],
  builds: [],
  fails: null,
  loses: null,
  certainty: 'certain',
  assumes: null,
});
