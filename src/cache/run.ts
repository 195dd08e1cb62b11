import { appendFileSync, closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digest, digesting } from '../digest.js';
import type { Report } from '../report.js';
import { VERSION } from '../version.js';
import { cacheFolder, readEntry, writeEntry } from './folder.js';
import { Looked, stillSeen, type Sight } from './looked.js';

/** Changes when an entry would. */
const FORMAT = 1;

/** In bytes: what is printed beyond that is printed anew each time. */
const OUTPUT_LIMIT = 48 * 1024 * 1024;

/** What a run came to, beside what it wrote. */
export interface Outcome {
  code: number;
  summary: Report['summary'];
  /** The commit of the deployed release that was asked what it uses; absent when none was. */
  release?: string;
}

/** One piece of what a run printed: text for standard output or for standard error, or a file that it wrote. */
export type Printed = { stream: 1 | 2; text: string } | { file: string };

interface Header extends Outcome {
  sights: Sight[];
  /** `null`: standard output or standard error; sizes are in bytes, one piece after the other. */
  pieces: { stream: 1 | 2 | null; file: string | null; size: number }[];
}

/** A run that came before, in which nothing has changed since. */
export interface KnownRun extends Outcome {
  pieces: { stream: 1 | 2 | null; file: string | null; bytes: Buffer }[];
}

/** Tells one build from the next; null when run from sources, any of which may have changed. */
function build(): string | null {
  const own = fileURLToPath(import.meta.url);
  if (!own.endsWith('.cjs')) return null;
  const { size, mtimeMs } = statSync(own);
  return `${VERSION} ${size} ${mtimeMs}`;
}

const TRAILER = 64;

function parsed(entry: Buffer): { header: Header; bytes: Buffer } | null {
  const body = entry.subarray(0, -TRAILER);
  if (entry.toString('latin1', body.length) !== digest('sha256', body)) return null;
  const end = body.indexOf(10);
  return end < 0 ? null : { header: JSON.parse(body.toString('utf8', 0, end)) as Header, bytes: body.subarray(end + 1) };
}

/** Whole runs, so that one in which nothing has changed is printed and not worked out again. */
export class RunCache {
  readonly looked: Looked;
  readonly #folder: string;
  readonly #name: string;
  readonly #except: ReadonlySet<string>;

  private constructor(root: string, key: string, outputs: readonly string[]) {
    this.#folder = cacheFolder(root, 'runs');
    this.#name = digest('sha256', key).slice(0, 40);
    this.#except = new Set(outputs.map((file) => resolve(file)));
    this.looked = new Looked(this.#except);
  }

  /** `asked`: all that decides about a run besides the disk. `outputs`: the files that it writes. */
  static open(root: string, asked: unknown, outputs: readonly string[]): RunCache | null {
    const version = build();
    return version === null ? null : new RunCache(root, JSON.stringify([FORMAT, version, root, process.cwd(), asked]), outputs);
  }

  /** `release`: the commit that a run like this one asks now. */
  find(release: () => string | null): KnownRun | null {
    const entry = readEntry(this.#folder, this.#name);
    if (entry === null) return null;
    try {
      const found = parsed(entry);
      if (found === null || !found.header.sights.every((sight) => stillSeen(sight, this.#except))) return null;
      const { sights: _, pieces, ...outcome } = found.header;
      if (outcome.release !== undefined && outcome.release !== release()) return null;
      let at = 0;
      return { ...outcome, pieces: pieces.map(({ stream, file, size }) => ({ stream, file, bytes: found.bytes.subarray(at, (at += size)) })) };
    } catch {
      // Written by nobody we know.
      return null;
    }
  }

  /** Keeps a run for the next one; does nothing where the disk changed while it ran. */
  keep(outcome: Outcome, printed: readonly Printed[]): void {
    const sights = this.looked.sights();
    if (sights === null) return;
    writeEntry(this.#folder, this.#name, (draft) => {
      const pieces = printed.map((piece) => ('file' in piece ? { stream: null, file: piece.file, size: statSync(piece.file).size } : { stream: piece.stream, file: null, size: Buffer.byteLength(piece.text) }));
      if (pieces.reduce((sum, { size }) => sum + size, 0) > OUTPUT_LIMIT) throw new RangeError('too large to be kept');
      const header: Header = { ...outcome, sights, pieces };
      const writing = new Writing(draft);
      writing.add(Buffer.from(`${JSON.stringify(header)}\n`));
      for (const piece of printed) {
        if ('file' in piece) writing.addFile(piece.file);
        else writing.add(Buffer.from(piece.text));
      }
      writing.end();
    });
  }
}

/** A file with the digest of all of it at its end. */
class Writing {
  readonly #hash = digesting('sha256');

  constructor(private readonly file: string) {
    closeSync(openSync(file, 'w'));
  }

  add(bytes: Buffer): void {
    this.#hash.update(bytes);
    appendFileSync(this.file, bytes);
  }

  /** Piece by piece: a report of ten thousand files does not go through memory once more. */
  addFile(path: string): void {
    const [from, to] = [openSync(path, 'r'), openSync(this.file, 'a')];
    try {
      const buffer = Buffer.allocUnsafe(1 << 16);
      for (let count = readSync(from, buffer); count > 0; count = readSync(from, buffer)) {
        const piece = buffer.subarray(0, count);
        this.#hash.update(piece);
        writeSync(to, piece);
      }
    } finally {
      closeSync(from);
      closeSync(to);
    }
  }

  end(): void {
    appendFileSync(this.file, this.#hash.digest('hex'));
  }
}
