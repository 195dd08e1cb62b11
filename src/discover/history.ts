import type { Framework, Language, Migration } from '../operations/migration.js';
import { tableOf } from '../operations/table-of.js';
import type { Operation } from '../operations/types.js';
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
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (LITERAL_KEYS.has(key)) continue;
      if (typeof item !== 'string') namesIn(item, names);
      else if (key === 'index' || key === 'usingIndex' || (key === 'name' && !('type' in value) && !BUILT_IN.test(item))) names.add(item);
    }
  }
}

/** Names under which the same thing, or what decides about it, went before. */
function olderNames(operation: Operation, names: ReadonlySet<string>): string[] {
  switch (operation.kind) {
    case 'renameTable':
      return names.has(operation.to) ? [operation.table.name] : [];
    case 'renameObject':
      return names.has(operation.to) ? [operation.name.name] : [];
    case 'createTable': {
      if (!names.has(operation.table.name)) return [];
      const { like = [], inherits = [], partitionOf, ofType, columns } = operation;
      const types = columns.flatMap(({ type }) => (type !== undefined && !BUILT_IN.test(type.name) ? [type.name] : []));
      const sources = [...like.map(({ table }) => table), ...inherits, ...(partitionOf === undefined ? [] : [partitionOf.parent]), ...(ofType === undefined ? [] : [ofType])];
      return [...sources.map(({ name }) => name), ...types];
    }
    case 'createIndex':
      return operation.index !== undefined && names.has(operation.index) ? [operation.table.name] : [];
    case 'attachPartition':
      return names.has(operation.table.name) || names.has(operation.partition.name) ? [operation.table.name, operation.partition.name] : [];
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
  const parsed = new Map<T, Migration | null>();
  const all = (): Migration[] => earlier.map((file) => (parsed.has(file) ? (parsed.get(file) ?? null) : parse(file))).filter((one) => one !== null);

  const texts = earlier.map(({ text }) => text);
  if (pending.some((migration) => needsEverything(migration, texts))) return all();
  const names = new Set<string>();
  for (const { up, down } of pending) {
    for (const operation of [...up, ...(down ?? [])]) {
      namesIn(operation, names);
      const table = tableOf(operation);
      if (table !== null) names.add(table.name);
    }
  }
  if (names.size === 0) return [];
  if (![...names].every(searchable)) return all();

  for (let known = -1; known !== names.size; ) {
    known = names.size;
    const mentioned = mentions(names);
    for (const file of earlier) {
      if (parsed.has(file) || !(mentioned.test(file.text) || readsElsewhere(file))) continue;
      const migration = parse(file);
      parsed.set(file, migration);
    }
    for (const migration of parsed.values()) {
      for (const operation of migration?.up ?? []) for (const name of olderNames(operation, names)) names.add(name);
    }
  }
  return earlier.map((file) => parsed.get(file) ?? null).filter((one) => one !== null);
}
