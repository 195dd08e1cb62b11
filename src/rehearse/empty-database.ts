import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/** Characters of a digest that stands before what it is of. */
const DIGEST = 64;

/**
 * The data directory of a database in which nothing has happened yet. Making
 * one costs PGlite several seconds, reading one a fraction of that. It is kept
 * for each release of PGlite, in the `.cache` of the modules that this one is
 * among, as a compressed archive behind its digest: what has been cut short or
 * changed is none.
 */
export class EmptyDatabase {
  readonly #file: string | null;

  /** `module` is what PGlite is loaded from. */
  constructor(module: string) {
    const version = versionOf(module);
    const [root = '', ...inside] = module.split(`${sep}node_modules${sep}`);
    this.#file = version === null || inside.length === 0 ? null : join(root, 'node_modules', '.cache', 'migration-guard', 'rehearse', `pglite-${version}-1`);
  }

  /** Null when none is kept, or it is not as it was written. */
  read(): Blob | null {
    const entry = this.#file === null ? null : bytesOf(this.#file);
    if (entry === null) return null;
    const archive = entry.subarray(DIGEST);
    return digestOf(archive) === entry.toString('latin1', 0, DIGEST) ? new Blob([archive], { type: 'application/x-gzip' }) : null;
  }

  /** Whole or not at all: another process may be reading or writing the same. */
  async write(archive: Blob): Promise<void> {
    const file = this.#file;
    if (file === null) return;
    const bytes = Buffer.from(await archive.arrayBuffer());
    const unfinished = `${file}.${process.pid}.part`;
    try {
      mkdirSync(dirname(file), { recursive: true });
    } catch {
      // Nobody may write here: the next run is as slow as this one.
      return;
    }
    try {
      writeFileSync(unfinished, Buffer.concat([Buffer.from(digestOf(bytes), 'latin1'), bytes]));
      renameSync(unfinished, file);
    } catch {
      rmSync(unfinished, { force: true });
    }
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bytesOf(file: string): Buffer | null {
  try {
    return readFileSync(file);
  } catch {
    return null;
  }
}

/** Of the package that a module belongs to; null when nothing says it. */
function versionOf(module: string): string | null {
  for (let folder = dirname(module); folder !== dirname(folder); folder = dirname(folder)) {
    const text = bytesOf(join(folder, 'package.json'));
    if (text === null) continue;
    const { name, version } = JSON.parse(text.toString()) as { name?: unknown; version?: unknown };
    // One that only says which kind of module lies beside it has neither.
    if (typeof name === 'string' && typeof version === 'string' && /^[\w.+-]+$/.test(version)) return version;
  }
  return null;
}
