import type { Migration } from './operations/migration.js';

/** What the rest of the project says about one migration: its neighbours, and what is deployed of it. */
export interface Place {
  /** Paths of the other ends of the same history; empty where the tool orders its files by name. */
  readonly otherHeads: readonly string[];
  /** Revisions that the file builds on and that no file has. */
  readonly missingParents: readonly string[];
  /** Paths of files that claim the same number or revision. */
  readonly sameNumber: readonly string[];
  /** Path of a migration that is deployed already and that the tool runs after this new one. */
  readonly overtaken: string | null;
  /** The file as the default branch has it; null when it is new there, or unchanged, or nobody looked. */
  readonly deployed: Migration | null;
  /** Migrations that run later and whose text holds the word, in their order. */
  later(word: string): readonly Migration[];
}

/** A migration that is looked at by itself: nothing is known of others. */
export const NO_PLACE: Place = {
  otherHeads: [],
  missingParents: [],
  sameNumber: [],
  overtaken: null,
  deployed: null,
  later: () => [],
};
