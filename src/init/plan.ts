import { mkdirSync, readdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FETCHED, RUNNERS, type Facts } from './facts.js';
import type { Place } from './place.js';
import { placesIn } from './places/index.js';

/** What a file holds and would hold; null where there is none. */
export interface Change {
  path: string;
  before: string | null;
  after: string | null;
  places: Place[];
}

export interface Plan {
  changes: Change[];
  /** Places where we are already, or, for `--undo`, that somebody wrote by hand. */
  settled: Place[];
  /** Places that no insertion of lines can reach. */
  byHand: Place[];
}

/** Collects what places make of their files; several may share one. */
class Drafts {
  readonly #changes = new Map<string, Change>();

  constructor(private readonly facts: Facts) {}

  text(path: string): string | null {
    const change = this.#changes.get(path);
    return change === undefined ? this.facts.read(path) : change.after;
  }

  write(place: Place, after: string | null): void {
    const { path } = place;
    const change = this.#changes.get(path) ?? { path, before: this.facts.read(path), after, places: [] };
    change.after = after;
    if (!change.places.some(({ id }) => id === place.id)) change.places.push(place);
    this.#changes.set(path, change);
  }

  get changes(): Change[] {
    return [...this.#changes.values()].filter(({ before, after }) => before !== after);
  }
}

export function planOf(facts: Facts, places: readonly Place[]): Plan {
  const drafts = new Drafts(facts);
  const settled: Place[] = [];
  const byHand: Place[] = [];
  for (const place of places) {
    const text = drafts.text(place.path);
    const after = place.add(text);
    if (after === null) {
      if (place.byHand !== '') byHand.push(place);
    } else if (after === text) {
      if (text.includes('migration-guard')) settled.push(place);
    } else {
      drafts.write(place, after);
    }
  }
  return { changes: drafts.changes, settled, byHand };
}

/** Takes out what `planOf` put in, also where the package manager has changed since. */
export function undoOf(facts: Facts, chosen: (place: Place) => boolean): Plan {
  const drafts = new Drafts(facts);
  const variants = [facts.runner, ...[...Object.values(RUNNERS), FETCHED].map((words) => () => words)];
  for (const runner of variants) {
    for (const place of placesIn({ ...facts, runner }, undefined).filter(chosen)) {
      const text = drafts.text(place.path);
      if (text === null) continue;
      const after = place.remove(text);
      if (after !== text) drafts.write(place, after);
    }
  }
  const changed = new Set(drafts.changes.map(({ path }) => path));
  const settled = placesIn(facts, undefined).filter((place) => {
    const text = drafts.text(place.path);
    return chosen(place) && !changed.has(place.path) && text !== null && place.id !== 'scripts' && /^[^#\n]*migration[-_]guard/m.test(text) && place.add(text) === text;
  });
  return { changes: drafts.changes, settled, byHand: [] };
}

/** Folders that a file leaves empty go with it, as git sees it. */
function removeEmpty(folder: string, root: string): void {
  if (folder === root || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmpty(dirname(folder), root);
}

/** Writes a change to the disk. A new hook may be run. */
export function apply({ path, before, after }: Change, root: string): void {
  const file = join(root, path);
  if (after === null) {
    rmSync(file);
    removeEmpty(dirname(file), root);
    return;
  }
  if (before === null) mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, after, { mode: path.startsWith('.husky/') ? 0o755 : 0o644 });
}
