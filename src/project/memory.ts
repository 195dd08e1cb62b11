import { statSync } from 'node:fs';
import { readText, type ReadText } from '../discover/read-text.js';
import type { Migration } from '../operations/migration.js';
import type { Host, Source } from '../parsers/parser.js';

/** One question that a front-end asked about other files, and the text it was answered with. */
interface Asked {
  ask: (host: Host) => Source | null | undefined;
  text: string | undefined;
}

interface KnownText {
  stamp: string;
  read: ReadText;
}

interface KnownMigration {
  text: string;
  options: string;
  migration: Migration | null;
  asked: readonly Asked[];
}

/** More than any project has; an editor that runs for weeks must not keep what was deleted long ago. */
const LIMIT = 20_000;

/**
 * What a long-lived process knows of the files of its projects. A file is read
 * again when the disk says it changed, and parsed again when its text, or that
 * of a file it was read with, is another one.
 */
export class ProjectMemory {
  readonly #texts = new Map<string, KnownText>();
  readonly #migrations = new Map<string, KnownMigration>();

  text(absolute: string): ReadText {
    const stats = statSync(absolute, { throwIfNoEntry: false });
    if (stats === undefined) {
      this.#texts.delete(absolute);
      return readText(absolute);
    }
    const stamp = `${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
    const known = this.#texts.get(absolute);
    if (known?.stamp === stamp) return known.read;
    const read = readText(absolute);
    keep(this.#texts, absolute, { stamp, read });
    return read;
  }

  /** The migration of `source` as `parse` reads it; `options` are whatever else the reading hangs on. */
  migration(source: Source, options: string, host: Host, parse: (host: Host) => Migration | null): Migration | null {
    const known = this.#migrations.get(source.path);
    if (known?.text === source.text && known.options === options && known.asked.every(({ ask, text }) => ask(host)?.text === text)) {
      return known.migration;
    }
    const asked: Asked[] = [];
    const migration = parse(remembering(host, asked));
    keep(this.#migrations, source.path, { text: source.text, options, migration, asked });
    return migration;
  }
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= LIMIT) map.clear();
  map.set(key, value);
}

function remembering(host: Host, asked: Asked[]): Host {
  const remember = (ask: Asked['ask']): Source | null => {
    const source = ask(host) ?? null;
    asked.push({ ask, text: source?.text });
    return source;
  };
  return {
    resolveImport: (from, specifier) => remember((one) => one.resolveImport?.(from, specifier)),
    sibling: (from, relativePath) => remember((one) => one.sibling?.(from, relativePath)),
    constant: (source, start, end) => {
      const ask = (one: Host): Source => ({ path: source.path, text: JSON.stringify(one.constant?.(source, start, end)) ?? '' });
      const { text } = remember(ask) ?? { text: '' };
      return text === '' ? undefined : (JSON.parse(text) as string | number | boolean);
    },
  };
}
