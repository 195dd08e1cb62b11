import { readdirSync, readFileSync, realpathSync, type Dirent } from 'node:fs';
import { join, sep } from 'node:path';
import { digest } from '../digest.js';
import { isSame, Seen, stampOf, type Stamp } from '../discover/seen.js';

/**
 * How a place on the disk was: a file by what tells one state of it from the
 * next and by the digest of its bytes, a folder by the digest of its names;
 * null where there was nothing.
 */
export type Sight =
  | { path: string; state: null }
  | { path: string; state: 'folder'; names: string }
  | { path: string; state: 'file'; stamp: readonly [inode: number, size: number, modified: number, changed: number]; content: string };

interface Noted {
  stamp: Stamp | null;
  /** Of a folder, as it was then. */
  names: string | null;
}

function digestOf(bytes: Uint8Array): string {
  return digest('sha256', bytes);
}

/** What lies in a folder, by name and kind; a package's is also told by where a link to it leads. */
function namesIn(folder: string, except: ReadonlySet<string>): string | null {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch {
    return null;
  }
  const names = entries
    .filter(({ name }) => !except.has(join(folder, name)))
    .map((entry) => `${entry.isDirectory() ? 'd' : entry.isSymbolicLink() ? 'l' : 'f'}${entry.name}`)
    .sort();
  const real = folder.includes(`${sep}node_modules${sep}`) ? realpathSync(folder) : '';
  return digestOf(Buffer.from([real, ...names].join('\0')));
}

function contentOf(file: string): string | null {
  try {
    return digestOf(readFileSync(file));
  } catch {
    return null;
  }
}

/** Everything that a run asked the disk, in a form that a later run can compare with what it finds. */
export class Looked extends Seen {
  readonly #noted = new Map<string, Noted>();
  readonly #contents = new Map<string, string>();

  /** `except`: files that the run itself writes. */
  constructor(private readonly except: ReadonlySet<string>) {
    super();
  }

  override note(absolute: string): void {
    if (this.#noted.has(absolute)) return;
    const stamp = stampOf(absolute);
    this.#noted.set(absolute, { stamp, names: stamp?.folder === true ? namesIn(absolute, this.except) : null });
  }

  override took(absolute: string, bytes: Uint8Array): void {
    this.#contents.set(absolute, digestOf(bytes));
  }

  /** Null when something changed in the meantime, or so shortly before that another change could go unnoticed. */
  sights(): Sight[] | null {
    const sights: Sight[] = [];
    for (const [path, noted] of this.#noted) {
      const sight = this.#sight(path, noted);
      if (sight === null) return null;
      sights.push(sight);
    }
    return sights;
  }

  #sight(path: string, { stamp, names }: Noted): Sight | null {
    if (stamp === null) return stampOf(path) === null ? { path, state: null } : null;
    if (stamp.folder) return names !== null && namesIn(path, this.except) === names ? { path, state: 'folder', names } : null;
    // The content before the time: what is the same by time was the same when it was read.
    const content = this.#contents.get(path) ?? contentOf(path);
    const now = stampOf(path);
    if (content === null || now === null || now.folder || !isSame(stamp, now)) return null;
    return { path, state: 'file', stamp: [stamp.inode, stamp.size, stamp.modified, stamp.changed], content };
  }
}

/** True when a run would see the same again. */
export function stillSeen(sight: Sight, except: ReadonlySet<string>): boolean {
  const now = stampOf(sight.path);
  if (sight.state === null || now === null) return sight.state === null && now === null;
  if (sight.state === 'folder') return now.folder && namesIn(sight.path, except) === sight.names;
  if (now.folder) return false;
  const [inode, size, modified, changed] = sight.stamp;
  if (now.inode === inode && now.size === size && now.modified === modified && now.changed === changed) return true;
  return now.size === size && contentOf(sight.path) === sight.content;
}
