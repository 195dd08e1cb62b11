import type { Earlier } from '../discover/history.js';
import { hostFor, type ProjectHost } from '../discover/host.js';
import { isDownHalf } from '../discover/order.js';
import { pathFrom } from '../discover/place.js';
import { filesOfProject, foldersOfProject, kindOf } from '../discover/project.js';
import { readText, type ReadText } from '../discover/read-text.js';
import { isSame, Seen, stampOf, type Stamp } from '../discover/seen.js';
import { TypeScriptProject } from '../discover/typescript.js';
import { withoutByteOrderMark } from '../lint.js';
import type { Framework, Migration } from '../operations/migration.js';
import type { Host, Source } from '../parsers/parser.js';

/** One question that a front-end asked about other files, and the text it was answered with. */
interface Asked {
  ask: (host: Host) => Source | null | undefined;
  text: string | undefined;
}

interface KnownText {
  stamp: Stamp;
  read: ReadText;
  /** The same object as long as the text is the same. */
  earlier: Earlier | null;
}

interface KnownMigration {
  text: string;
  options: string;
  host: Host;
  migration: Migration | null;
  asked: readonly Asked[];
}

interface KnownFolder {
  seen: Seen;
  files: readonly { absolute: string; path: string }[];
  members: readonly Earlier[];
}

/** More than any project has; an editor that runs for weeks must not keep what was deleted long ago. */
const LIMIT = 20_000;

/**
 * What a long-lived process knows of the files of its projects. The disk is
 * asked every time whether anything changed; what did not is neither read nor
 * parsed again, and answered with the same objects, so that what is worked out
 * from them can be kept beside them.
 */
export class ProjectMemory {
  readonly #hosts = new Map<string, { seen: Seen; host: ProjectHost }>();
  readonly #folders = new Map<string, KnownFolder>();
  readonly #texts = new Map<string, KnownText>();
  readonly #migrations = new Map<string, KnownMigration>();

  /** What parsers may ask of the disk: the same object until something that was asked for is another. */
  host(root: string): ProjectHost {
    const known = this.#hosts.get(root);
    if (known?.seen.holds() === true) return known.host;
    const seen = new Seen();
    const host = hostFor(root, new TypeScriptProject(root, undefined, seen), seen);
    keep(this.#hosts, root, { seen, host });
    return host;
  }

  text(absolute: string): ReadText {
    return this.#known(absolute, absolute)?.read ?? readText(absolute);
  }

  /**
   * The files of the project whose migrations lie in `folder`, in no certain
   * order: the same list until one of them is another.
   */
  members(folder: string, absolute: string, framework: Framework, root: string): readonly Earlier[] {
    const key = [root, framework, folder, kindOf(absolute)].join('\0');
    let known = this.#folders.get(key);
    if (known?.seen.holds() !== true) {
      const seen = new Seen();
      for (const one of foldersOfProject(folder, framework)) seen.note(one);
      const listed = filesOfProject(folder, absolute, framework).filter((file) => !isDownHalf(file));
      known = { seen, files: listed.map((file) => ({ absolute: file, path: pathFrom(root, file) })), members: [] };
      keep(this.#folders, key, known);
    }
    const members: Earlier[] = [];
    for (const file of known.files) {
      const earlier = this.#known(file.absolute, file.path)?.earlier;
      if (earlier) members.push(earlier);
    }
    const before = known.members;
    if (members.length !== before.length || members.some((member, index) => member !== before[index])) known.members = members;
    return known.members;
  }

  /** The migration of `source` as `parse` reads it; `options` are whatever else the reading hangs on. */
  migration(source: Source, options: string, host: Host, parse: (host: Host) => Migration | null): Migration | null {
    const known = this.#migrations.get(source.path);
    if (known?.text === source.text && known.options === options) {
      if (known.host === host) return known.migration;
      if (known.asked.every(({ ask, text }) => ask(host)?.text === text)) {
        known.host = host;
        return known.migration;
      }
    }
    const asked: Asked[] = [];
    const migration = parse(remembering(host, asked));
    keep(this.#migrations, source.path, { text: source.text, options, host, migration, asked });
    return migration;
  }

  #known(absolute: string, path: string): KnownText | null {
    const stamp = stampOf(absolute);
    if (stamp === null) {
      this.#texts.delete(absolute);
      return null;
    }
    const known = this.#texts.get(absolute);
    if (known !== undefined && isSame(known.stamp, stamp)) return known;
    const read = readText(absolute);
    const text = 'text' in read ? withoutByteOrderMark(read.text) : null;
    const same = known?.earlier?.text === text && known?.earlier?.path === path;
    const earlier = same ? known.earlier : text === null ? null : { path, text };
    const fresh = { stamp, read, earlier };
    keep(this.#texts, absolute, fresh);
    return fresh;
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
