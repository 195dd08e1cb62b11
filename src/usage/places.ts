import type { ApplicationFacts, BuilderQuery, SentSql, SqlReferences } from '../parsers/application.js';
import { sqlReferences } from '../parsers/load.js';
import type { Use } from '../finding.js';
import type { Sought } from './sought.js';

/** A place where deployed code uses what a migration takes away. */
export type Place = Use;

/** How sure it is that code there uses the table or column. */
export type Certainty = Use['certainty'];

/** A word beside another is no more than a hint. */
export function isSure({ certainty }: Place): boolean {
  return certainty !== 'perhaps';
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

/** Statements that write rows of the table and list its columns without this one. */
export function insertsWithout(facts: ApplicationFacts, { table, column }: Sought): Hit[] {
  return facts.sql.flatMap((sql): Hit[] => {
    if (!/\binsert\b/i.test(sql.text) || !sql.text.toLowerCase().includes(table.toLowerCase())) return [];
    const { inserts, exact } = referencesOf(sql);
    return inserts
      .filter((one) => sameName(one.table, table) && one.columns !== null && !one.columns.some((name) => sameName(name, column ?? '')))
      .map(({ offset }) => ({ offset: sql.span.start + offset, kind: 'insert', certainty: exact ? 'certain' : 'likely' }));
  });
}
