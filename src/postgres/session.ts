import type { LockMode, QualifiedName } from '../operations/types.js';

/** The connection an operation runs on, as far as it is known at that point. */
export interface Session {
  readonly transaction: Transaction;
  /** Settings in force, by lower-case name, value without quotes; absent means the server's default. */
  readonly settings: ReadonlyMap<string, Setting>;
  /** Locks held from earlier operations of the open transaction, by table name as displayed. */
  readonly held: ReadonlyMap<string, HeldLock>;
  /** Enum values the open transaction has added, by `relationKey` of the type. */
  readonly newLabels?: ReadonlyMap<string, NewLabels>;
  /** Names of the savepoints that can be gone back to; absent outside a transaction. */
  readonly savepoints?: readonly string[];
}

export interface NewLabels {
  labels: ReadonlySet<string>;
  /** The open transaction created the type as well: from 17 on its new values may be used at once. */
  ofNewType: boolean;
}

export interface Setting {
  value: string;
  /** Ends with the transaction. */
  local: boolean;
}

export interface HeldLock {
  table: QualifiedName;
  mode: LockMode;
  /** Position in the migration of the operation that took it, counted from 0. */
  since: number;
  /** Path of the migration that took it, when it is another file of the batch. */
  path: string;
}

export interface Transaction {
  /**
   * `explicit`: opened in the file; `file`, `batch`: opened by the framework;
   * `implicit`: around a multi-statement string; `none`: the statement is its own.
   */
  kind: 'explicit' | 'file' | 'batch' | 'implicit' | 'none';
  /** Counts transactions within one run, so that two operations can be told to share one. */
  id: number;
}

/** True inside a transaction block, where CONCURRENTLY and VACUUM refuse to run. */
export function inTransaction(session: Session): boolean {
  return session.transaction.kind !== 'none';
}
