import type { Framework, Language, Migration } from '../operations/migration.js';
import type { CreateTable, Operation } from '../operations/types.js';
import { languageOf } from '../parsers/load.js';

/** An earlier file of the project, read but not yet parsed. */
export interface Earlier {
  path: string;
  text: string;
}

/** Table names of these stand nowhere in their files, or the SQL stands in another file. */
const NAMES_ELSEWHERE: ReadonlySet<Framework> = new Set<Framework>(['django', 'db-migrate', 'liquibase']);

/** Signs that names come from another file. */
const READS_ELSEWHERE = {
  sql: /^\s*\\ir?\s/m,
  python:
    /\bread_text\b|\bopen\(|^(?:from|import)\s+(?!alembic|sqlalchemy|sqlmodel|geoalchemy2|pgvector|typing|datetime|uuid|enum|json|re\b|os\b|logging|collections|__future__)[\w.]/m,
  javascript: /\bfrom\s+['"]\.|\brequire\(\s*['"]\.|\breadFile/,
} as const satisfies Record<Language, RegExp>;

function readsElsewhere({ path, text }: Earlier): boolean {
  return READS_ELSEWHERE[languageOf(path) ?? 'sql'].test(text);
}

const LITERAL_KEYS = new Set(['span', 'statement', 'body', 'text', 'reason', 'sql', 'expression', 'default', 'where', 'using']);

const BUILT_IN = /^(?:bool|int|float|bigint|smallint|serial|bigserial|smallserial|text|json|uuid|numeric|date|bytea|real|money|inet|cidr|name|oid|xml|point|box|path|line|circle|polygon|bit|char|character|varchar|time|timestamp|interval|double|tsvector|tsquery|integer|boolean|jsonb|public)\b/;

/** Every name by which an operation speaks of an object: tables, indexes, constraints, types, routines. */
function namesIn(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) namesIn(item, names);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [key, item] of Object.entries(value)) {
    if (LITERAL_KEYS.has(key)) continue;
    if (typeof item !== 'string') namesIn(item, names);
    else if (isName(key, item, value)) names.add(item);
  }
}

/** Not the name of a column or a constraint, which stands in a file of its table anyway, nor of a built-in type. */
function isName(key: string, text: string, holder: object): boolean {
  return key === 'index' || key === 'usingIndex' || (key === 'name' && !('type' in holder) && !BUILT_IN.test(text));
}

/** What a table was made from. */
function originsOf({ like = [], inherits = [], partitionOf, ofType, columns }: CreateTable): string[] {
  const types = columns.flatMap(({ type }) => (type !== undefined && !BUILT_IN.test(type.name) ? [type.name] : []));
  const origins = [...like.map(({ table }) => table), ...inherits, partitionOf?.parent, ofType];
  return [...types, ...origins.flatMap((origin) => (origin === undefined ? [] : [origin.name]))];
}

/** Names under which the same thing, or what decides about it, went before. */
function olderNames(operation: Operation, names: ReadonlySet<string>): string[] {
  switch (operation.kind) {
    case 'renameTable':
      return names.has(operation.to) ? [operation.table.name] : [];
    case 'renameObject':
      return names.has(operation.to) ? [operation.name.name] : [];
    case 'createTable':
      return names.has(operation.table.name) ? originsOf(operation) : [];
    case 'createIndex':
      return operation.index !== undefined && names.has(operation.index) ? [operation.table.name] : [];
    case 'attachPartition': {
      const both = [operation.table.name, operation.partition.name];
      return both.some((name) => names.has(name)) ? both : [];
    }
    default:
      return [];
  }
}

function mentions(name: string): RegExp {
  return new RegExp(`(?<![\\w$])${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w$])`, 'i');
}

/** Names of objects that no earlier file can have made, or that cannot be looked for in a text. */
function searchable(name: string): boolean {
  return name.length > 0 && !/["'\\]/.test(name);
}

/** A setting is not made by a migration, and every other file may set it. */
const OF_NO_OBJECT: ReadonlySet<Operation['kind']> = new Set<Operation['kind']>(['setParameter', 'resetParameter']);

/** What of the files under report decides which earlier ones matter. */
export interface Touched {
  names: ReadonlySet<string>;
  /** Indexes dropped by name alone: their tables are told only where they were created, under whatever name. */
  nameless: ReadonlySet<string>;
  /** The names tell nothing. */
  everything: boolean;
}

export function touchedBy(pending: readonly Migration[]): Touched {
  const names = new Set<string>();
  const nameless = new Set<string>();
  for (const { up, down } of pending) {
    for (const operation of [...up, ...(down ?? [])]) {
      if (!OF_NO_OBJECT.has(operation.kind)) namesIn(operation, names);
      if (operation.kind === 'dropIndex' && operation.table === undefined) nameless.add(operation.index.name);
    }
  }
  const everything = pending.some(({ framework }) => NAMES_ELSEWHERE.has(framework)) || ![...names].every(searchable);
  return { names, nameless, everything };
}

const known = new WeakMap<Earlier, ReadonlySet<string>>();

/** The words of a text, in small letters. */
function wordsOf(file: Earlier): ReadonlySet<string> {
  let words = known.get(file);
  if (words === undefined) {
    words = new Set([...new Set(file.text.match(/[\w$]+/g))].map((word) => word.toLowerCase()));
    known.set(file, words);
  }
  return words;
}

/** Names that are looked for in the texts themselves. */
const FEW = 12;

/** Which of the earlier files, by their numbers, hold a name as a word of its own, in letters of either case. */
class Index {
  readonly #holding = new Map<string, readonly number[]>();
  #reading: readonly number[] | undefined;

  constructor(private readonly earlier: readonly Earlier[]) {}

  holding(name: string): readonly number[] {
    let found = this.#holding.get(name);
    if (found === undefined) {
      const word = name.toLowerCase();
      // One file under report asks for a few names, and all words of all files would take longer to list.
      const written = /^[\w$]+$/.test(name) && this.#holding.size >= FEW ? null : mentions(name);
      found = this.#where((file) => (written === null ? wordsOf(file).has(word) : written.test(file.text)));
      this.#holding.set(name, found);
    }
    return found;
  }

  readingElsewhere(): readonly number[] {
    return (this.#reading ??= this.#where(readsElsewhere));
  }

  #where(test: (file: Earlier) => boolean): number[] {
    return this.earlier.flatMap((file, number) => (test(file) ? [number] : []));
  }
}

const indexes = new WeakMap<readonly Earlier[], Index>();

function indexOf(earlier: readonly Earlier[]): Index {
  let index = indexes.get(earlier);
  if (index === undefined) indexes.set(earlier, (index = new Index(earlier)));
  return index;
}

/** Parses the files that mention a name until what they hold leads to no further one. */
function parseMentioning<T extends Earlier>(touched: ReadonlySet<string>, earlier: readonly T[], parse: (file: T) => Migration | null): Map<T, Migration | null> {
  const index = indexOf(earlier);
  const parsed = new Map<T, Migration | null>();
  const read = (numbers: readonly number[]): void => {
    for (const file of numbers.map((number) => earlier[number] as T)) if (!parsed.has(file)) parsed.set(file, parse(file));
  };
  read(index.readingElsewhere());
  const names = new Set(touched);
  for (let fresh = [...names]; fresh.length > 0; ) {
    for (const name of fresh) read(index.holding(name));
    const operations = [...parsed.values()].flatMap((migration) => migration?.up ?? []);
    const older = new Set(operations.flatMap((operation) => olderNames(operation, names)));
    fresh = [...older].filter((name) => !names.has(name));
    for (const name of fresh) names.add(name);
  }
  return parsed;
}

/**
 * The earlier migrations that say something about what the pending ones touch,
 * in order. A project of a thousand files has a handful of them, and only those
 * are parsed: a text in which none of the names occurs cannot have made, changed
 * or dropped any of them.
 */
export function relevantHistory<T extends Earlier>(
  { names, nameless, everything }: Touched,
  earlier: readonly T[],
  parse: (file: T) => Migration | null,
): Migration[] {
  if (earlier.length === 0) return [];
  const all = everything || [...nameless].some((name) => indexOf(earlier).holding(name).length === 0);
  if (!all && names.size === 0) return [];
  const parsed = all ? new Map(earlier.map((file) => [file, parse(file)])) : parseMentioning(names, earlier, parse);
  return earlier.map((file) => parsed.get(file) ?? null).filter((one) => one !== null);
}
