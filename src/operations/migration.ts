import type { Operation, Span } from './types.js';

export type Language = 'sql' | 'javascript' | 'python';

/** The tool that wrote the file and will run it. */
export type Framework =
  | 'sql'
  | 'prisma'
  | 'drizzle'
  | 'supabase'
  | 'flyway'
  | 'dbmate'
  | 'goose'
  | 'golang-migrate'
  | 'diesel'
  | 'sqlx'
  | 'sqitch'
  | 'liquibase'
  | 'atlas'
  | 'graphile-migrate'
  | 'hasura'
  | 'alembic-offline'
  | 'alembic'
  | 'django'
  | 'typeorm'
  | 'knex'
  | 'sequelize'
  | 'mikro-orm'
  | 'kysely'
  | 'node-pg-migrate'
  | 'db-migrate'
  | 'tagged-sql';

export type Direction = 'up' | 'down';

/**
 * What the runner opens around one migration before its first operation.
 * - `file`: one transaction for this migration;
 * - `batch`: one transaction for every pending migration;
 * - `implicit`: none, but the whole file is sent as one multi-statement string,
 *   which the server runs as one transaction when it holds more than one statement;
 * - `none`: none; each call is its own (a multi-statement call is still implicit).
 */
export type TransactionShape = 'file' | 'batch' | 'implicit' | 'none';

/** A comment, for suppressions. The span covers its delimiters. */
export interface SourceComment {
  span: Span;
  /** Without delimiters, trimmed. */
  text: string;
}

/** One file read, both directions. */
export interface Migration {
  path: string;
  language: Language;
  framework: Framework;
  /** The tool's own id of the revision, where it has one. */
  revision: string | null;
  /** Ids of the revisions that must come before (Alembic, Django); null where order is by name. */
  parents: string[] | null;
  transaction: TransactionShape;
  /**
   * Why `transaction` is what it is when the file says so itself
   * (`transaction = false` on the class); null when it is the tool's default.
   */
  transactionSetBy: string | null;
  up: Operation[];
  /** Null when the file has no downward part at all and its tool would expect one elsewhere. */
  down: Operation[] | null;
  comments: SourceComment[];
  /** What the reader noticed and the user should hear once, one line each, without a full stop. */
  notices: string[];
}

/** A file that was recognised and left alone on purpose. */
export interface Skipped {
  path: string;
  framework: Framework | null;
  /** One line without a full stop: `written for MySQL`. */
  skipped: string;
}

/** True on the way up. What ran under a search_path is a copy of what was read: both share place and statement. */
export function isForward({ up }: Migration, { statement, span }: Operation): boolean {
  return up.some((written) => written.statement === statement && written.span === span);
}
