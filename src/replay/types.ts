import type { Migration } from '../operations/migration.js';
import type { PostgresVersion } from '../postgres/effects.js';
import type { Setting } from '../postgres/session.js';
import type { Schema } from '../postgres/schema.js';
import type { Step } from '../rule.js';

export interface ReplayInput {
  /** In the project's real order. `history` gives the schema and is not returned. */
  migrations: readonly { migration: Migration; role: 'history' | 'pending' }[];
  /**
   * `together`: pending migrations deploy as one batch, so a table born in one has no rows in the
   * next. `each`: everything before a migration counts as deployed and populated.
   */
  deploy: 'together' | 'each';
  /** What the database holds before the first of them. */
  schema: Schema;
  version: PostgresVersion;
  /** In force when a connection is opened. */
  settings?: ReadonlyMap<string, Setting>;
}

export interface ReplayedMigration {
  readonly migration: Migration;
  readonly up: Step[];
  /** Against the schema after `up`, every table existing; null when there is no downward part. */
  readonly down: Step[] | null;
}
