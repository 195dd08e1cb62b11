import type { Span } from '../operations/types.js';

/**
 * What the code of an application, not a migration, says about tables: the
 * models it declares, the SQL it sends, the query builder calls it makes. It is
 * read per file and knows nothing of the question that will be asked.
 */
export interface ApplicationFacts {
  models: Model[];
  sql: SentSql[];
  queries: BuilderQuery[];
}

/** A class, object or block that stands for a table. */
export interface Model {
  /** The name that code uses: a class, a variable, a Prisma model. */
  entity: string;
  /**
   * Every name the table may have: the written one alone, or what the library's
   * naming strategies make of the entity. Empty for a base class.
   */
  tables: string[];
  /** True when the table has this one name: the file writes it, or the library always makes it so. */
  named: boolean;
  /** Names of classes that columns are inherited from. */
  bases: string[];
  columns: ModelColumn[];
  span: Span;
}

export interface ModelColumn {
  /** Every name the column may have, as with `tables`. */
  names: string[];
  span: Span;
}

/** A string that is SQL; what stands for values known only at run time are spaces. */
export interface SentSql {
  text: string;
  /** Of the literal; `offset` of the text's first character. */
  span: Span;
}

/** Calls chained on one table: `knex('orders').select('total')`, `Order.query().where(…)`. */
export interface BuilderQuery {
  /** Tables that strings of the chain name in a table's place, and what columns are qualified with. */
  tables: { name: string; alias: string }[];
  /** The model the chain starts from, when it starts from a name. */
  entity: string | null;
  /** Strings and keys among the arguments, where columns stand. */
  names: QueriedName[];
  span: Span;
}

export interface QueriedName {
  name: string;
  /** `o` of `o.total`. */
  qualifier: string | null;
  span: Span;
}

/** The tables and columns that SQL names; offsets into its text. */
export interface SqlReferences {
  tables: { name: string; offset: number }[];
  /** `tables`: those it can belong to, one when it is qualified or the query reads no other. */
  columns: { column: string; tables: readonly string[]; offset: number }[];
  /** `columns` is null where the statement names none. */
  inserts: { table: string; columns: readonly string[] | null; offset: number }[];
  /** False where the text did not parse and only its words are known. */
  exact: boolean;
}

/** SQL that code sends: how it begins, and the word that has to follow, so that prose is none. Comments may stand before it. */
const SENT =
  /^\s*(?:--[^\n]*\n\s*|\/\*[^]*?\*\/\s*)*(?:select\b[^]*?\bfrom\s|insert\s+into\s+\S+\s*(?:\(|values|select|default|as\b)|update\s+(?:only\s+)?\S+\s+(?:(?:as\s+)?\w+\s+)?set\s|delete\s+from\s|with\s+(?:recursive\s+)?\S+\s*(?:\([^)]*\)\s*)?as\s|merge\s+into\s|copy\s+\S+\s*(?:\(|from|to)|truncate\s|refresh\s+materialized\s|lock\s+table\s)/i;

export function looksLikeSql(text: string): boolean {
  return text.length > 10 && SENT.test(text);
}

export const NO_FACTS: ApplicationFacts = { models: [], sql: [], queries: [] };
