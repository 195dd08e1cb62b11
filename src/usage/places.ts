import type { ApplicationFacts, BuilderQuery, SentSql, SqlReferences } from '../parsers/application.js';
import { sqlReferences } from '../parsers/load.js';
import type { Sought } from './sought.js';

/** How sure it is that code there uses the table or column: `perhaps` is a word beside another. */
export type Certainty = 'certain' | 'likely' | 'perhaps';

/** A place where deployed code uses what a migration takes away. */
export interface Place {
  path: string;
  /** From 1. */
  line: number;
  kind: 'model' | 'sql' | 'query' | 'word';
  certainty: Certainty;
}

/** The same before its line is counted. */
export interface Hit {
  offset: number;
  kind: Place['kind'];
  certainty: Certainty;
}

export function sameName(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}

const parsed = new WeakMap<SentSql, SqlReferences>();

function referencesOf(sql: SentSql): SqlReferences {
  const known = parsed.get(sql);
  if (known !== undefined) return known;
  const references = sqlReferences(sql.text);
  parsed.set(sql, references);
  return references;
}

function sqlHits(sql: SentSql, { table, column }: Sought): Hit[] {
  // Parsing is for texts that hold the words.
  const text = sql.text.toLowerCase();
  if (!text.includes(table.toLowerCase()) || (column !== null && !text.includes(column.toLowerCase()))) return [];
  const { tables, columns, exact } = referencesOf(sql);
  const at = (offset: number): number => sql.span.start + offset;
  if (column === null) {
    return tables.filter(({ name }) => sameName(name, table)).map(({ offset }) => ({ offset: at(offset), kind: 'sql', certainty: exact ? 'certain' : 'likely' }));
  }
  return columns
    .filter((one) => sameName(one.column, column) && one.tables.some((name) => sameName(name, table)))
    .map((one) => ({ offset: at(one.offset), kind: 'sql', certainty: exact && one.tables.length === 1 ? 'certain' : 'likely' }));
}

function queryHits(query: BuilderQuery, sought: Sought, entities: ReadonlySet<string>, spellings: readonly string[]): Hit[] {
  const direct = query.tables.filter(({ name }) => sameName(name, sought.table));
  if (direct.length === 0 && (query.entity === null || !entities.has(query.entity))) return [];
  if (sought.column === null) return [{ offset: query.span.start, kind: 'query', certainty: direct.length > 0 ? 'certain' : 'likely' }];
  const own = (qualifier: string | null): boolean => qualifier === null || direct.length === 0 || direct.some(({ name, alias }) => alias === qualifier || name === qualifier);
  const named = query.names.filter(({ name, qualifier }) => own(qualifier) && spellings.some((spelling) => sameName(spelling, name)));
  return named.map(({ span }) => ({ offset: span.start, kind: 'query', certainty: direct.length > 0 && query.tables.length === 1 ? 'certain' : 'likely' }));
}

/** What the statements of a file do with what is sought; `entities` are the models by which they may reach it. */
export function hitsIn(facts: ApplicationFacts, sought: Sought, entities: ReadonlySet<string>, spellings: readonly string[]): Hit[] {
  return [...facts.sql.flatMap((sql) => sqlHits(sql, sought)), ...facts.queries.flatMap((query) => queryHits(query, sought, entities, spellings))];
}
