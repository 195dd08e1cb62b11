import type { Connection } from '../postgres/observe/connection.js';

/** A session with what else the rehearsal needs of it. */
export interface Session extends Connection {
  close(): Promise<void>;
}

/** A place where migrations can be run. */
export interface Database {
  /** As a report names it: `PGlite`, `PostgreSQL 16.4, a throw-away server`. */
  description: string;
  /** Major version. */
  version: number;
  /** The session in which everything happens. */
  session: Session;
  /**
   * `own`: nobody else's, changes may stay; `borrowed`: everything happens in one transaction
   * that is rolled back.
   */
  belongs: 'own' | 'borrowed';
  /** SQL that sets what the session runs under; RESET ALL takes it back. Empty when nothing is set. */
  settings: string;
  /** One more session on the same database; null where there is only one. */
  another: (() => Promise<Session>) | null;
  /** Runs `work` on a copy of the database as it is now; null where none can be made. */
  onCopy: (<T>(work: (database: Database) => Promise<T>) => Promise<T>) | null;
  close(): Promise<void>;
}

/** What of a server's error is used. */
export interface ServerError {
  sqlstate: string;
  message: string;
  column: string | null;
  constraint: string | null;
  table: string | null;
  /** Character of the statement it points at, from 0. */
  position: number | null;
}

function field(error: object, name: string): string | null {
  const value = (error as Record<string, unknown>)[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Null for an error that the server did not answer with. */
export function serverError(error: unknown): ServerError | null {
  if (typeof error !== 'object' || error === null) return null;
  const sqlstate = field(error, 'code');
  if (sqlstate === null || !/^[0-9A-Z]{5}$/.test(sqlstate)) return null;
  const position = Number(field(error, 'position') ?? Number.NaN);
  return {
    sqlstate,
    message: field(error, 'message') ?? '',
    column: field(error, 'column'),
    constraint: field(error, 'constraint'),
    table: field(error, 'table'),
    position: Number.isInteger(position) && position > 0 ? position - 1 : null,
  };
}

/** A whole number of a row, whatever type the client gave it. */
export function numberOf(value: unknown): number {
  return Number(value ?? 0);
}
