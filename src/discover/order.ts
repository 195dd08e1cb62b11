import { basename, dirname } from 'node:path';
import type { Framework } from '../operations/migration.js';
import type { Host } from '../parsers/parser.js';

/** What the order of a project's files hangs on. */
export interface Ordered {
  path: string;
  text: string;
}

interface Revision {
  id: string;
  parents: string[];
  /** Other names of the branch that begins here, by which it may be asked for. */
  labels: string[];
}

const STRING = /(['"])([^'"\n]+)\1/g;

/**
 * The ids of an Alembic revision, from its assignments alone: what the
 * docstring says is often stale. Null when the file is none.
 */
export function alembicRevision(text: string): Revision | null {
  const id = /^revision\b[^=\n]*=\s*(['"])([^'"\n]+)\1/m.exec(text)?.[2];
  if (id === undefined) return null;
  const parents = [...stringsOf(text, 'down_revision'), ...stringsOf(text, 'depends_on').map((name) => name.replace(/@(?:head|base)s?$/, ''))];
  return { id, parents, labels: stringsOf(text, 'branch_labels') };
}

/** The strings that a name is assigned, alone or in a list. */
function stringsOf(text: string, name: string): string[] {
  const value = new RegExp(`^${name}\\b[^=\\n]*=\\s*(\\([^)]*\\)|\\[[^\\]]*\\]|[^\\n]*)`, 'm').exec(text)?.[1] ?? '';
  return [...value.replace(/#.*$/gm, '').matchAll(STRING)].map(([, , written]) => written as string);
}

/** Parents first; files that nothing orders keep the order of their names. */
function byRevision<T extends Ordered>(files: readonly T[]): T[] {
  const byName = [...files].sort(byPath);
  const revisions = new Map(byName.map((file) => [file, alembicRevision(file.text)]));
  const find = finder(revisions);

  const ordered = new Set<T>();
  // Explicit, because a chain of a thousand revisions is deeper than the stack may be.
  const stack = byName.map((file) => ({ file, entered: false })).reverse();
  const entered = new Set<T>();
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { file } = top;
    if (top.entered) ordered.add(file);
    if (top.entered || entered.has(file)) continue;
    entered.add(file);
    stack.push({ file, entered: true });
    const parents = (revisions.get(file)?.parents ?? []).map(find).filter((parent) => parent !== undefined);
    for (const parent of parents.reverse()) if (!entered.has(parent)) stack.push({ file: parent, entered: false });
  }
  return [...ordered];
}

function byPath(a: Ordered, b: Ordered): number {
  // Up first: what a down half takes back must be there.
  const halves = Number(isDownHalf(a.path)) - Number(isDownHalf(b.path));
  if (halves !== 0 && nameOf(a.path) === nameOf(b.path)) return halves;
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

type Key = readonly (bigint | string)[];

function compareKeys(a: Key, b: Key): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [left, right] = [a[at], b[at]];
    if (left === right) continue;
    if (left === undefined) return -1;
    if (right === undefined) return 1;
    // A number sorts before a word.
    if (typeof left !== typeof right) return typeof left === 'bigint' ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

const DOWN = /(?:^|[./-])down\.sql$/i;

/** True for the half of a pair of files that takes the other half back. */
export function isDownHalf(path: string): boolean {
  return DOWN.test(path);
}

/** The name that the tool sorts by: the folder's where each migration has its own, the same for both halves of a pair. */
function nameOf(path: string): string {
  const name = basename(path);
  if (/^(?:migration|up|down)\.sql$/i.test(name)) return basename(dirname(path));
  return name.replace(/[.-](?:up|down)\.sql$/i, '');
}

/** Leading digits as a number, then the rest: `2_b` before `10_a`. */
function numericKey({ path }: Ordered): Key {
  const name = nameOf(path);
  const digits = /^\D{0,1}(\d+)/.exec(name)?.[1];
  return digits === undefined ? [name] : [BigInt(digits), name];
}

/** Version segments as numbers, repeatable migrations after all others. */
function flywayKey({ path }: Ordered): Key {
  const name = basename(path);
  const version = /^[VUB](\d[\d._]*?)__/.exec(name)?.[1];
  return version === undefined ? ['~', name] : [...version.split(/[._]/).map(BigInt), name];
}

/** TypeORM sorts by the 13 digits at the end of the class name, not by the file's. */
function classTimestampKey({ path, text }: Ordered): Key {
  const digits = /\bclass\s+\w*?(\d{13})\b/.exec(text)?.[1] ?? /(\d{13})/.exec(basename(path))?.[1];
  return digits === undefined ? [nameOf(path)] : [BigInt(digits), nameOf(path)];
}

/** What of a file's text its place among the others hangs on; what of other files, its host is asked for. */
export function orderSign(file: Ordered, framework: Framework): string {
  if (framework === 'alembic' || framework === 'django') return JSON.stringify(alembicRevision(file.text));
  return framework === 'typeorm' ? (/\bclass\s+\w*?(\d{13})\b/.exec(file.text)?.[1] ?? '') : '';
}

interface Journal {
  entries?: { idx?: number; tag?: string }[];
}

function journalKey(files: readonly Ordered[], host: Host): (file: Ordered) => Key {
  const [first] = files;
  const journal = first === undefined ? null : host.sibling?.(first.path, 'meta/_journal.json');
  let entries: Journal['entries'] = [];
  try {
    entries = (JSON.parse(journal?.text ?? '{}') as Journal).entries ?? [];
  } catch {
    // A journal that does not parse orders nothing; names do.
  }
  const places = new Map(entries.map(({ tag }, index) => [`${tag ?? ''}.sql`, BigInt(index)]));
  return (file) => {
    const place = places.get(basename(file.path));
    return place === undefined ? ['~', nameOf(file.path)] : [place];
  };
}

function sqitchKey(files: readonly Ordered[], host: Host): (file: Ordered) => Key {
  const [first] = files;
  const plan = first === undefined ? undefined : host.sibling?.(first.path, '../sqitch.plan')?.text;
  const names = (plan ?? '').split('\n').filter((line) => /^\w/.test(line)).map((line) => `${line.split(/\s/)[0] ?? ''}.sql`);
  const places = new Map(names.map((name, index) => [name, BigInt(index)]));
  return ({ path }) => {
    const place = places.get(basename(path));
    return place === undefined ? ['~', basename(path)] : [place];
  };
}

const NUMERIC: ReadonlySet<Framework> = new Set<Framework>(['sql', 'goose', 'golang-migrate', 'sqlx', 'graphile-migrate', 'dbmate', 'node-pg-migrate']);

/** Names by which tools number their files: `0001_x`, `V1_2__x`, `Migration20240101`, `1718000000000-X`. */
const NUMBERED = /^(?:[VUB]|Migration)?\d|\d{8,}/i;

/** True when the order of the file among the others of its folder is known; the others say nothing about it otherwise. */
export function hasPlace({ path, text }: Ordered, framework: Framework, host: Host): boolean {
  if (framework === 'alembic') return alembicRevision(text) !== null;
  if (framework === 'django' || framework === 'flyway') return true;
  if (framework === 'drizzle' && host.sibling?.(path, 'meta/_journal.json')) return true;
  if (framework === 'sqitch' && host.sibling?.(path, '../sqitch.plan')) return true;
  if (framework === 'typeorm' && /\bclass\s+\w*?\d{13}\b/.test(text)) return true;
  return NUMBERED.test(nameOf(path));
}

/**
 * The files of one folder that belong together, in order: for Alembic those
 * that one chain of revisions joins, for other tools all whose order is known.
 */
export function chains<T extends Ordered>(files: readonly T[], framework: Framework, host: Host): T[][] {
  const ordered = inOrder(files, framework, host);
  const placed = ordered.filter((file) => hasPlace(file, framework, host));
  const alone = ordered.filter((file) => !placed.includes(file)).map((file) => [file]);
  if (framework !== 'alembic') return [...(placed.length > 0 ? [placed] : []), ...alone];

  return [...joined(placed), ...alone];
}

/** Revisions that a chain of parents joins stay together, in the order given. */
function joined<T extends Ordered>(files: readonly T[]): T[][] {
  const revisions = new Map(files.map((file) => [file, alembicRevision(file.text)]));
  const find = finder(revisions);
  const chains = new Map<T, T[]>(files.map((file) => [file, [file]]));
  for (const [file, revision] of revisions) {
    for (const id of revision?.parents ?? []) {
      const parent = find(id);
      const [own, others] = [chains.get(file), parent === undefined ? undefined : chains.get(parent)];
      if (own === undefined || others === undefined || own === others) continue;
      const [long, short] = own.length > others.length ? [own, others] : [others, own];
      for (const member of short) {
        long.push(member);
        chains.set(member, long);
      }
    }
  }
  const place = new Map(files.map((file, index) => [file, index]));
  return [...new Set(chains.values())].map((chain) => chain.sort((a, b) => (place.get(a) ?? 0) - (place.get(b) ?? 0)));
}

/** Looks a revision up by its id, or by the beginning of one, which Alembic takes too. */
function finder<T>(revisions: ReadonlyMap<T, Revision | null>): (id: string) => T | undefined {
  const byId = new Map<string, T>();
  for (const [file, revision] of revisions) {
    for (const name of revision === null ? [] : [...revision.labels, revision.id]) byId.set(name, file);
  }
  return (id) => byId.get(id) ?? [...byId].find(([known]) => known.startsWith(id))?.[1];
}

/** The files of one project in the order in which their tool runs them. */
export function inOrder<T extends Ordered>(files: readonly T[], framework: Framework, host: Host): T[] {
  if (framework === 'alembic' || framework === 'django') return byRevision(files);
  const key =
    framework === 'drizzle' ? journalKey(files, host)
    : framework === 'sqitch' ? sqitchKey(files, host)
    : framework === 'flyway' ? flywayKey
    : framework === 'typeorm' ? classTimestampKey
    : NUMERIC.has(framework) ? numericKey
    : ({ path }: Ordered): Key => [nameOf(path)];
  return files
    .map((file) => ({ file, key: key(file) }))
    .sort((a, b) => compareKeys(a.key, b.key) || byPath(a.file, b.file))
    .map(({ file }) => file);
}
