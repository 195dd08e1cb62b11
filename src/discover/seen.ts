import { statSync } from 'node:fs';

/** What tells one state of a file or a folder from the next; null where there is none. */
export interface Stamp {
  inode: number;
  size: number;
  folder: boolean;
  /** Of the content, in milliseconds. */
  modified: number;
  /** Of the inode: a copy that keeps its time of modification still changes this one. */
  changed: number;
  /** False where another change could still get the same times. */
  settled: boolean;
}

/** Kernels stamp files by a clock that ticks a hundred times a second or more; some disks keep whole seconds, or two. */
const TICK = 50;
const COARSE = 2_100;

export function stampOf(absolute: string): Stamp | null {
  const stats = statSync(absolute, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  const { ino: inode, size, mtimeMs: modified, ctimeMs: changed } = stats;
  const latest = Math.max(modified, changed);
  return { inode, size, folder: stats.isDirectory(), modified, changed, settled: Date.now() - latest > (latest % 1000 === 0 ? COARSE : TICK) };
}

/** True when the disk cannot have changed between the two looks. */
export function isSame(before: Stamp | null, now: Stamp | null): boolean {
  if (before === null || now === null) return before === now;
  return (
    before.settled &&
    before.modified === now.modified &&
    before.changed === now.changed &&
    before.size === now.size &&
    before.inode === now.inode
  );
}

/** The files and folders that answers were taken from, missing ones too, and how they were then. */
export class Seen {
  readonly #stamps = new Map<string, Stamp | null>();

  /** To be called before the disk is asked. */
  note(absolute: string): void {
    if (!this.#stamps.has(absolute)) this.#stamps.set(absolute, stampOf(absolute));
  }

  /** To be called with what a file was found to hold; a process that goes on has enough of the stamp. */
  took?(absolute: string, bytes: Uint8Array): void;

  /** True when every answer would be the same again. */
  holds(): boolean {
    for (const [absolute, stamp] of this.#stamps) if (!isSame(stamp, stampOf(absolute))) return false;
    return true;
  }
}
