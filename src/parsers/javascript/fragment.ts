import type { AlterColumnType, ColumnDefinition, DataType, IndexKey, Query } from '../../operations/types.js';
import { embeddedSql } from '../load.js';
import { parseType } from '../../sql/type.js';
import { quoted } from './sql-writer.js';

/** A column of which the author wrote the part after the name as SQL; null when that is no column. */
export function columnOfSql(name: string, definition: string): ColumnDefinition | null {
  const operation = only(`CREATE TABLE t (${quoted(name)} ${definition})`);
  const [column, ...others] = operation?.kind === 'createTable' ? operation.columns : [];
  if (column === undefined || others.length > 0 || operation?.kind !== 'createTable' || operation.constraints.length > 0) return null;
  return withoutPlaces(column);
}

/** The type alone, as an author's SQL spells it. */
export function typeOfSql(text: string): DataType {
  return parseType(text) ?? columnOfSql('c', text)?.type ?? { name: text };
}

/** What an author wrote behind TYPE: a type, with USING and what else may follow it. */
export function typeChangeOfSql(text: string): Pick<AlterColumnType, 'type' | 'using' | 'collation'> | null {
  const operation = only(`ALTER TABLE t ALTER COLUMN c TYPE ${text}`);
  if (operation?.kind !== 'alterColumnType') return null;
  const { type, using, collation } = operation;
  return { type, ...(using !== undefined && { using }), ...(collation !== undefined && { collation }) };
}

/** A key of an index that the author wrote as SQL; the column or expression as the grammar reads it. */
export function indexKeyOfSql(sql: string): IndexKey {
  const operation = only(`CREATE INDEX ON t (${sql})`) ?? only(`CREATE INDEX ON t ((${sql}))`);
  const [key] = operation?.kind === 'createIndex' ? operation.keys : [];
  return key ?? { expression: sql.trim() };
}

/** A query in the author's words with what it reads. */
export function queryOfSql(text: string): Query {
  const operation = only(`CREATE VIEW v AS ${text}`);
  return operation?.kind === 'createView' ? operation.query : { text, reads: [] };
}

function only(sql: string): ReturnType<typeof embeddedSql>[number] | null {
  let next = 0;
  const operations = embeddedSql({ text: sql, call: 0, holes: [], toSpan: (start, end) => ({ start, end }), nextStatement: () => next++ });
  return operations.length === 1 ? (operations[0] ?? null) : null;
}

/** Places in a text of our own are none in the file. */
function withoutPlaces(column: ColumnDefinition): ColumnDefinition {
  const { span: _column, constraints, ...rest } = column;
  return constraints === undefined ? rest : { ...rest, constraints: constraints.map(({ span: _constraint, ...constraint }) => constraint) };
}
