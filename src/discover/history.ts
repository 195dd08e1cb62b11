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

function mentions(names: ReadonlySet<string>): RegExp {
  const escaped = [...names].map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\w$])(?:${escaped.join('|')})(?![\\w$])`, 'i');
}

/** An index dropped by name alone tells its table only where it was created, under whatever name. */
function needsEverything(migration: Migration, texts: readonly string[]): boolean {
  if (NAMES_ELSEWHERE.has(migration.framework)) return true;
  return [...migration.up, ...(migration.down ?? [])].some((operation) => {
    if (operation.kind !== 'dropIndex' || operation.table !== undefined) return false;
    const written = mentions(new Set([operation.index.name]));
    return !texts.some((text) => written.test(text));
  });
}

/** Names of objects that no earlier file can have made, or that cannot be looked for in a text. */
function searchable(name: string): boolean {
  return name.length > 0 && !/["'\\]/.test(name);
}

function touchedNames(pending: readonly Migration[]): Set<string> {
  const names = new Set<string>();
  for (const { up, down } of pending) {
    for (const operation of [...up, ...(down ?? [])]) namesIn(operation, names);
  }
  return names;
}

/** Parses the files that mention a name until what they hold leads to no further one. */
function parseMentioning<T extends Earlier>(names: Set<string>, earlier: readonly T[], parse: (file: T) => Migration | null): Map<T, Migration | null> {
  const parsed = new Map<T, Migration | null>();
  for (let known = -1; known !== names.size; ) {
    known = names.size;
    const mentioned = mentions(names);
    for (const file of earlier) {
      if (!parsed.has(file) && (mentioned.test(file.text) || readsElsewhere(file))) parsed.set(file, parse(file));
    }
    const operations = [...parsed.values()].flatMap((migration) => migration?.up ?? []);
    for (const operation of operations) for (const name of olderNames(operation, names)) names.add(name);
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
  pending: readonly Migration[],
  earlier: readonly T[],
  parse: (file: T) => Migration | null,
): Migration[] {
  if (earlier.length === 0) return [];
  const names = touchedNames(pending);
  const texts = earlier.map(({ text }) => text);
  const everything = pending.some((migration) => needsEverything(migration, texts)) || ![...names].every(searchable);
  if (!everything && names.size === 0) return [];
  const parsed = everything ? new Map(earlier.map((file) => [file, parse(file)])) : parseMentioning(names, earlier, parse);
  return earlier.map((file) => parsed.get(file) ?? null).filter((one) => one !== null);
}
