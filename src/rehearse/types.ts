import type { Position } from '../finding.js';
import type { Direction, Framework, TransactionShape } from '../operations/migration.js';
import type { LockMode, OperationKind } from '../operations/types.js';
import type { Failure, IndexName, TableName } from '../postgres/effects.js';

/** What PostgreSQL was expected to do, or did, for one statement. */
export interface Behaviour {
  /** Strongest mode on each relation that existed before the migration. Null when it could not be seen. */
  locks: { table: TableName; mode: LockMode }[] | null;
  rewrites: TableName[];
  scans: TableName[];
  builds: IndexName[];
}

export interface PredictedBehaviour extends Behaviour {
  fails: Failure | null;
  /** What the prediction hangs on; null when it is certain. */
  assumes: string | null;
}

export interface ObservedBehaviour extends Behaviour {
  /** Rows inserted, updated or deleted, by table. */
  rows: { table: TableName; count: number }[];
  /** Of the statement itself, in milliseconds. */
  milliseconds: number;
}

/** How a statement failed and where in the user's file. */
export interface StepFailure {
  sqlstate: string;
  message: string;
  at: Position;
}

export type StepOutcome =
  /** It ran. */
  | 'done'
  /** The server refused it. */
  | 'failed'
  /** A guard or a condition in the code would have passed it over. */
  | 'skipped'
  /** What it sends is only known at run time. */
  | 'unknown'
  /** It cannot run in what can be rolled back; something else stood in for it, or nothing. */
  | 'not run'
  /** An earlier statement failed. */
  | 'not reached';

/** One statement of a migration. */
export interface RehearsedStep {
  kinds: OperationKind[];
  sql: string;
  start: Position;
  end: Position;
  table: TableName | null;
  /** Counts the transactions of the migration from 1; null outside of one. */
  transaction: number | null;
  outcome: StepOutcome;
  /** Why it was not run as it stands, one line without a full stop. */
  note: string | null;
  predicted: PredictedBehaviour;
  /** Null when it did not run to its end. */
  observed: ObservedBehaviour | null;
  failure: StepFailure | null;
  /** Every way in which what was observed differs from what was predicted, one line each. */
  differences: string[];
  /** The first thing of the history that could not be replayed and that this statement needs: `path:line`. */
  dependsOn: string | null;
}

/** A lock from the statement that took it to the end of its transaction. */
export interface HeldLock {
  table: TableName;
  mode: LockMode;
  /** Positions in `steps`: the one that took it, the last one that ran under it. */
  from: number;
  to: number;
  /** Time that the statements took which ran under it, in milliseconds. */
  milliseconds: number;
}

/** The longest time for which a session stood still behind the migration. */
export interface Wait {
  table: TableName;
  /** Rows of the table when the migration began. */
  rows: number;
  /** Milliseconds; null when there was nothing to do it with. */
  reader: number | null;
  writer: number | null;
}

export interface RoundTrip {
  /** Null when the way down ran to its end, else how it failed. */
  failure: StepFailure | null;
  /** The downward statements, as `steps`. */
  steps: RehearsedStep[];
  /** What was there before the migration and is not there, or not the same, after it went up and down. */
  lost: string[];
  /** What the second way up ended in that differs from the first. */
  again: string[];
}

export interface BrokenQuery {
  query: string;
  sqlstate: string;
  message: string;
}

export interface ProbeOutcome {
  /** Statements that could be prepared before. */
  queries: number;
  /** They worked before this migration and do not after it. */
  broken: BrokenQuery[];
  /** They still work, and answer other columns: a session that holds one prepared gets 0A000 once. */
  changed: { query: string; before: string; after: string }[];
}

export interface RehearsedMigration {
  path: string;
  framework: Framework;
  revision: string | null;
  direction: Direction;
  shape: TransactionShape;
  /** `done`; `failed` on the rows that were there; `stopped`: it fails on empty tables too. */
  outcome: 'done' | 'failed' | 'stopped';
  /** The first failure: where a deploy stops. */
  failure: StepFailure | null;
  steps: RehearsedStep[];
  locks: HeldLock[];
  /** Rows that each table it touches held before. */
  rows: { table: TableName; count: number }[];
  differences: number;
  roundTrip: RoundTrip | null;
  probe: ProbeOutcome | null;
  contention: Wait[] | null;
}

export interface UnfilledTable {
  table: TableName;
  rows: number;
  reason: string;
}

/** What the history or the schema file came to. */
export interface RehearsedSchema {
  source: 'history' | 'schema' | 'database';
  migrations: number;
  operations: number;
  replayed: number;
  unreplayed: { path: string; start: Position; sql: string; reason: string; sqlstate: string | null; because: string | null }[];
  /** SQL of what the server was given beside it: roles, extensions. */
  provided: string[];
  tables: number;
  rows: number;
  /** Tables with fewer rows than asked for. */
  unfilled: UnfilledTable[];
}

/** The migrations of one project. */
export interface RehearsedProject {
  schema: RehearsedSchema;
  migrations: RehearsedMigration[];
  /** Statements of the probe that could not be prepared before the first migration. */
  unusable: BrokenQuery[];
}

/** What `rehearse --format json` prints. */
export interface RehearsalReport {
  version: 1;
  tool: { name: 'migration-guard'; version: string };
  server: { description: string; postgres: number };
  rowsPerTable: number;
  seed: number;
  projects: RehearsedProject[];
  summary: {
    migrations: number;
    statements: number;
    failed: number;
    differences: number;
    lost: number;
    broken: number;
    unreplayed: number;
  };
}
