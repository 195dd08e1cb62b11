import type { PostgresVersion } from '../../src/postgres/effects.js';

/** One statement whose effects are predicted and then observed. */
export interface TruthCase {
  statement: string;
  /** Statements of the same transaction that come first. */
  before?: string;
  /** Versions in which the statement parses and is worth running. */
  since?: PostgresVersion;
  until?: PostgresVersion;
  /** `none`: sent outside a transaction block. */
  transaction?: 'none';
  /** The planner decides how the rows are read, so scans are not compared. */
  planned?: true;
  /** Outside a transaction, several tables in turn or none for long: its locks come and go unseen. */
  unwatched?: true;
  /** The rows decide whether a foreign key is looked up: a predicted lock may be missing. */
  atMost?: true;
  /** What the prediction has to assume, since no file can say it: the server's own settings, a function's body. */
  assumes?: string;
}

/** Cases on one setup, which is committed before each of them. */
export interface TruthGroup {
  theme: string;
  setup: string;
  since?: PostgresVersion;
  until?: PostgresVersion;
  cases: readonly (string | TruthCase)[];
}

export interface Truth extends TruthCase {
  theme: string;
  setup: string;
  since: PostgresVersion;
  until: PostgresVersion;
}

/** Every case on its own, with the versions it runs on. */
export function flatten(groups: readonly TruthGroup[]): Truth[] {
  return groups.flatMap(({ theme, setup, since = 14, until = 18, cases }) =>
    cases.map((given) => {
      const one = typeof given === 'string' ? { statement: given } : given;
      return { since, until, ...one, theme, setup };
    }),
  );
}
