/** The words that `--only` knows a place by. */
export const PLACE_IDS = [
  'alembic', 'scripts', 'recipes', 'pre-commit', 'husky', 'lefthook', 'simple-git-hooks', 'lint-staged', 'github', 'gitlab', 'config',
] as const;

export type PlaceId = (typeof PLACE_IDS)[number];

/** One file of a project that can call us. `remove` undoes `add` to the byte. */
export interface Place {
  id: PlaceId;
  /** What happens then, for whoever has to decide: `every new revision is linted`. */
  effect: string;
  /** Relative to the root of the project, with forward slashes. */
  path: string;
  /**
   * The file with us in it, the same text where we already are; null where it
   * cannot be said by inserting lines, for which `byHand` has the words.
   */
  add: (text: string | null) => string | null;
  /** The file without us, the same text where we are not; null where the file was ours alone. */
  remove: (text: string) => string | null;
  /** What somebody would have to write where we cannot. */
  byHand: string;
  /** What is still to be run, or to be known, afterwards. */
  then?: string;
}
