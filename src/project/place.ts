import { basename, dirname } from 'node:path';
import { alembicRevision, inOrder } from '../discover/order.js';
import type { Framework, Migration } from '../operations/migration.js';
import type { Host, Source } from '../parsers/parser.js';
import type { Place } from '../place.js';

/** A file of the project's history, in its order. */
export interface Neighbour extends Source {
  /** False for a file that is neither changed nor new: it is deployed. */
  reported: boolean;
}

export interface Surroundings {
  framework: Framework;
  /** The whole history, in the order in which the tool runs it. */
  history: readonly Neighbour[];
  host: Host;
  /** Reads a neighbour; null when it is no migration. */
  read: (source: Source) => Migration | null;
  /** True when the files that are reported are those that changed since the default branch. */
  changed: boolean;
  /** What the default branch has under a path; null when it has none. */
  deployedText: (path: string) => string | null;
}

interface Node {
  id: string;
  parents: readonly string[];
  /** Other names by which it may be asked for. */
  labels?: readonly string[];
}

/** Half of a pair: `001_users_up.sql`, `001_users.down.sql`. */
const HALF = /[._-](?:up|down|do|undo|rollback)(?=\.\w+$|$)/i;

/** Tools that refuse, or run in an order of chance, two files of one number. */
const NUMBERED: ReadonlySet<Framework> = new Set<Framework>(['sql', 'goose', 'golang-migrate', 'sqlx', 'flyway', 'dbmate', 'graphile-migrate', 'node-pg-migrate']);

/** `0007_add_user.sql` → `7`, `V1_2__x.sql` → `1.2`; null for a name without a number in front. */
function numberOf(path: string, framework: Framework): string | null {
  const name = basename(path);
  if (framework === 'flyway') return /^[VU](\d[\d._]*?)__/.exec(name)?.[1]?.replaceAll('_', '.') ?? null;
  const digits = /^(\d+)[._-]/.exec(name)?.[1];
  return digits === undefined ? null : String(BigInt(digits));
}

function nodesOf({ framework, history }: Pick<Surroundings, 'framework' | 'history'>): Map<string, Node> {
  if (framework === 'alembic') {
    return new Map(history.flatMap(({ path, text }): [string, Node][] => {
      const node = alembicRevision(text);
      return node === null ? [] : [[path, node]];
    }));
  }
  if (framework !== 'django') return new Map();
  const names = new Set(history.map(({ path }) => basename(path, '.py')));
  return new Map(history.map((file) => [file.path, djangoNode(file, names)]));
}

/** `dependencies = [("app", "0001_initial")]`: those of its own app, which are those that lie beside it. */
function djangoNode({ path, text }: Source, names: ReadonlySet<string>): Node {
  const list = /^\s+dependencies\s*=\s*\[([\s\S]*?)\]/m.exec(text)?.[1] ?? '';
  const pairs = [...list.matchAll(/\(\s*['"](\w+)['"]\s*,\s*['"](\w+)['"]\s*,?\s*\)/g)];
  const label = basename(dirname(dirname(path)));
  const own = pairs.some(([, app]) => app === label) ? pairs.filter(([, app]) => app === label) : pairs;
  return { id: basename(path, '.py'), parents: own.map(([, , name]) => name ?? '').filter((name) => names.has(name)) };
}

/** Branches that are named are kept apart on purpose; a squashed migration stands beside those that it replaces. */
function hasOneEnd({ framework, history }: Pick<Surroundings, 'framework' | 'history'>): boolean {
  const apart = framework === 'alembic' ? /^branch_labels\b[^=\n]*=\s*[^N\s]/m : /^\s+replaces\s*=/m;
  return !history.some(({ text }) => apart.test(text));
}

/** All that a file's place hangs on in its own text, beside its history; the same text when nobody asks for more. */
export function placeSign(source: Source, framework: Framework): string {
  const own = { framework, history: [{ ...source, reported: true }] };
  const nodes = framework === 'django' ? source.text : JSON.stringify([...nodesOf(own)]);
  return `${nodes}\0${hasOneEnd(own)}`;
}

/** Alembic takes the beginning of an id for the whole. */
function means(parent: string, id: string): boolean {
  return parent === id || (parent.length >= 4 && id.startsWith(parent));
}

/** Paths of the migrations that no other builds on, of a history that has begun. */
function headsOf(nodes: ReadonlyMap<string, Node>): string[] {
  const parents = new Set([...nodes.values()].flatMap((node) => node.parents));
  const shortened = [...parents].filter((parent) => ![...nodes.values()].some(({ id }) => id === parent));
  const isParent = (id: string): boolean => parents.has(id) || shortened.some((parent) => means(parent, id));
  return [...nodes].filter(([, node]) => node.parents.length > 0 && !isParent(node.id)).map(([path]) => path);
}

/** Files by the number or revision that they claim. */
function byNumber({ framework, history }: Surroundings, nodes: ReadonlyMap<string, Node>): Map<string, string[]> {
  const files = new Map<string, string[]>();
  for (const { path } of history) {
    const number = framework === 'alembic' ? (nodes.get(path)?.id ?? null) : NUMBERED.has(framework) ? numberOf(path, framework) : null;
    if (number === null) continue;
    const key = `${framework === 'alembic' ? '' : dirname(path)} ${number}`;
    files.set(key, [...(files.get(key) ?? []), path]);
  }
  return files;
}

/** The name without what tells the halves of a pair apart. */
function stem(path: string): string {
  return basename(path).replace(HALF, '').replace(/^U(?=\d)/, 'V');
}

function once<T>(compute: () => T): () => T {
  let known: { value: T } | undefined;
  return () => (known ??= { value: compute() }).value;
}

/** Where each file of one history stands among the others; what no rule asks for is never worked out. */
export class Places {
  readonly #around: Surroundings;
  readonly #nodes: () => Map<string, Node>;
  readonly #heads: () => string[];
  readonly #numbers: () => Map<string, string[]>;
  readonly #positions: () => Map<string, number>;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#nodes = once(() => nodesOf(around));
    this.#heads = once(() => (this.#nodes().size > 0 && hasOneEnd(around) ? headsOf(this.#nodes()) : []));
    this.#numbers = once(() => byNumber(around, this.#nodes()));
    this.#positions = once(() => new Map(around.history.map(({ path }, index) => [path, index])));
  }

  of(path: string): Place {
    const facts = {
      otherHeads: once(() => (this.#heads().includes(path) ? this.#heads().filter((other) => other !== path) : [])),
      missingParents: once(() => this.#missingParents(path)),
      sameNumber: once(() => this.#sameNumber(path)),
      overtaken: once(() => this.#overtaken(path)),
      deployed: once(() => this.#deployed(path)),
    };
    return {
      get otherHeads() {
        return facts.otherHeads();
      },
      get missingParents() {
        return facts.missingParents();
      },
      get sameNumber() {
        return facts.sameNumber();
      },
      get overtaken() {
        return facts.overtaken();
      },
      get deployed() {
        return facts.deployed();
      },
      later: (word) => this.#later(path, word),
    };
  }

  #missingParents(path: string): string[] {
    const { framework, history } = this.#around;
    // Django's other apps lie in other folders; of one file alone nothing can be missed.
    if (framework !== 'alembic' || history.length < 2) return [];
    const ids = [...this.#nodes().values()].flatMap(({ id, labels = [] }) => [id, ...labels]);
    return (this.#nodes().get(path)?.parents ?? []).filter((parent) => !ids.some((id) => means(parent, id)));
  }

  #sameNumber(path: string): string[] {
    const claims = [...this.#numbers().values()].find((files) => files.includes(path)) ?? [];
    return claims.filter((other) => other !== path && (this.#around.framework === 'alembic' || stem(other) !== stem(path)));
  }

  /** Tools with a graph run a late parent when it comes; those that go by the name skip or refuse it. */
  #overtaken(path: string): string | null {
    const { framework, history, host, changed, deployedText } = this.#around;
    if (!changed || framework === 'alembic' || framework === 'django' || deployedText(path) !== null) return null;
    const ordered = inOrder([...history], framework, host);
    const own = ordered.findIndex((one) => one.path === path);
    return ordered.slice(own + 1).find((one) => !one.reported && !/^R__/.test(basename(one.path)))?.path ?? null;
  }

  #deployed(path: string): Migration | null {
    const { history, changed, read, deployedText } = this.#around;
    const text = changed ? deployedText(path) : null;
    return text === null || text === history.find((one) => one.path === path)?.text ? null : read({ path, text });
  }

  #later(path: string, word: string): Migration[] {
    const { history, read } = this.#around;
    const own = this.#positions().get(path);
    if (own === undefined) return [];
    return history
      .slice(own + 1)
      .filter(({ text }) => text.includes(word))
      .map((one) => read(one))
      .filter((one) => one !== null);
  }
}
