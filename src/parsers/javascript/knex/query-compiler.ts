import { truthOf, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { quoted, type SqlWriter } from '../sql-writer.js';
import { writeOperand, writeSubquery } from './operand.js';
import type { Join, Query, Write } from './query.js';
import { writeIdentifier } from './raw.js';

/** Writes a query as Knex words it for PostgreSQL; false when there is nothing to send. */
export function writeQuery(writer: SqlWriter, query: Query): boolean {
  if (query.partial) writer.partial = true;
  switch (query.kind) {
    case 'select':
    case 'info':
      writeSelect(writer, query);
      return true;
    case 'truncate':
      writer.sql('truncate ');
      writeTable(writer, query);
      writer.sql(' restart identity');
      return true;
    case 'insert':
      writeCtes(writer, query);
      return writeInsert(writer, query);
    case 'update':
      return writeUpdate(writer, query);
    case 'delete':
      writeDelete(writer, query);
      return true;
  }
}

export function writeSelect(writer: SqlWriter, query: Query): void {
  if (query.partial) writer.partial = true;
  writeCtes(writer, query);
  writeUnions(writer, query);
  clause(writer, ' group by ', query.groups);
  if (!query.having.empty) {
    writer.sql(' having ');
    query.having.write(writer);
  }
  clause(writer, ' order by ', query.orders);
  if (query.limit !== undefined) writer.sql(' limit ').value(query.limit);
  if (query.offset !== undefined) writer.sql(' offset ').value(query.offset);
  writer.sql(query.lock + query.wait);
}

/** The query itself and those united with it; one without a table or columns only unites others. */
function writeUnions(writer: SqlWriter, query: Query): void {
  const onlyUnions = query.unions.length > 0 && query.target === undefined && query.columns.length === 0;
  const parts = query.unions.map(({ word, query: other, wrap }) => ({ word, wrap, write: () => writeSubquery(writer, other) }));
  const core = { word: '', wrap: query.unions.some(({ wrap }) => wrap), write: () => writeCore(writer, query) };
  for (const [index, { word, wrap, write }] of (onlyUnions ? parts : [core, ...parts]).entries()) {
    if (index > 0) writer.sql(` ${word} `);
    if (wrap) writer.sql('(');
    write();
    if (wrap) writer.sql(')');
  }
}

function writeCore(writer: SqlWriter, query: Query): void {
  writer.sql('select ');
  query.distinct?.(writer);
  if (query.columns.length === 0) writer.sql('*');
  writer.list(query.columns, (write) => write(writer));
  if (query.target !== undefined) {
    writer.sql(' from ');
    writeTable(writer, query);
  }
  for (const join of query.joins) {
    writer.sql(' ');
    writeJoin(writer, query, join);
  }
  writeWhere(writer, query);
}

function writeJoin(writer: SqlWriter, query: Query, join: Join): void {
  if ('raw' in join) {
    join.raw(writer);
    return;
  }
  writer.sql(`${join.word} `);
  writeTable(writer, query, join.table);
  if (join.on.empty) return;
  writer.sql(' on ');
  join.on.write(writer);
}

function writeCtes(writer: SqlWriter, { ctes, recursive }: Query): void {
  clause(writer, recursive ? 'with recursive ' : 'with ', ctes);
  if (ctes.length > 0) writer.sql(' ');
}

function clause(writer: SqlWriter, word: string, parts: readonly Write[]): void {
  if (parts.length > 0) writer.sql(word).list(parts, (write) => write(writer));
}

function writeTable(writer: SqlWriter, query: Query, table: Value | undefined = query.target): void {
  if (query.only && table === query.target) writer.sql('only ');
  if (query.schema !== undefined && table?.kind === 'text') writer.sql(`${quoted(query.schema)}.`);
  if (table?.kind === 'callable' || (table?.kind === 'host' && table.host.name === 'query builder')) writeOperand(writer, table);
  else writeIdentifier(writer, table, 'table');
}

function writeWhere(writer: SqlWriter, { where }: Query): void {
  if (where.empty) return;
  writer.sql(' where ');
  where.write(writer);
}

function writeReturning(writer: SqlWriter, { returns }: Query): void {
  if (returns === undefined || truthOf(returns) === false) return;
  writer.sql(' returning ');
  writeIdentifier(writer, returns, 'column');
}

function writeUpdate(writer: SqlWriter, query: Query): boolean {
  // Counters of columns that are set anyway are left out; nothing to set is nothing to send.
  const sets = [...query.sets, ...query.counters.filter(({ column }) => !query.sets.some((set) => set.column === column))];
  if (sets.length === 0 && !query.partial) return false;
  writeCtes(writer, query);
  writer.sql('update ');
  writeTable(writer, query);
  clause(writer, ' set ', sets.length > 0 ? sets.map(({ write }) => write) : [(target) => void target.sql(quoted('__column')).sql(' = ').hole('value')]);
  if (query.from !== undefined) {
    writer.sql(' from ');
    writeIdentifier(writer, query.from, 'table');
  }
  writeWhere(writer, query);
  writeReturning(writer, query);
  return true;
}

/** Joined tables stand behind USING, and what they are joined by after the conditions. */
function writeDelete(writer: SqlWriter, query: Query): void {
  writeCtes(writer, query);
  writer.sql('delete from ');
  writeTable(writer, query);
  const joined = query.joins.filter((join) => 'on' in join);
  const tables = [...(query.using?.kind === 'list' ? query.using.items : query.using === undefined ? [] : [query.using]), ...joined.map(({ table }) => table)];
  if (tables.length > 0) writer.sql(' using ').list(tables, (table) => writeIdentifier(writer, table, 'table'), ',');
  writeWhere(writer, query);
  let word = query.where.empty ? ' where ' : ' and ';
  for (const { on } of joined.filter((join) => !join.on.empty)) {
    writer.sql(word);
    on.write(writer);
    word = ' and ';
  }
  writeReturning(writer, query);
}

/** False when there is nothing to insert. */
function writeInsert(writer: SqlWriter, query: Query): boolean {
  const { rows } = query;
  const items = rows?.kind === 'list' ? rows.items : rows === undefined ? [] : [rows];
  writer.sql('insert into ');
  writeTable(writer, query);
  writer.sql(' ');
  const columns = writeRows(writer, rows, items);
  if (columns === null) return false;
  if (query.conflict?.does !== undefined) writeConflict(writer, query, columns);
  writeReturning(writer, query);
  return true;
}

function writeRows(writer: SqlWriter, rows: Value | undefined, items: readonly Value[]): readonly string[] | null {
  if (rows?.kind === 'list' && rows.open !== true && items.length === 0) return null;
  if (rows?.kind === 'callable' || rows?.kind === 'host') {
    writeSubquery(writer, rows);
    return [];
  }
  const held = items.filter((item) => item.kind === 'dictionary');
  const known = held.length === items.length && items.length > 0;
  if (known) return writeKnownRows(writer, held);
  writer.sql('values ').hole('row');
  return [];
}

function writeKnownRows(writer: SqlWriter, rows: readonly Extract<Value, { kind: 'dictionary' }>[]): readonly string[] {
  if (rows.some(({ open }) => open === true)) writer.partial = true;
  const columns = columnsOf(rows);
  if (columns.length === 0) writer.sql('default values');
  else {
    writer.sql(`(${columns.map(quoted).join(', ')}) values `);
    writer.list(rows, (row) => {
      writer.sql('(').list(columns, (column) => writeCell(writer, row.properties.get(column)?.value)).sql(')');
    });
  }
  return columns;
}

function writeCell(writer: SqlWriter, value: Value | undefined): void {
  if (value === undefined || (value.kind === 'primitive' && value.value === undefined)) writer.sql('DEFAULT');
  else writeOperand(writer, value);
}

function writeConflict(writer: SqlWriter, query: Query, columns: readonly string[]): void {
  const { columns: keys, does, updates } = query.conflict ?? { columns: undefined };
  writer.sql(' on conflict ');
  if (keys !== undefined) {
    const raw = keys.kind === 'host';
    writer.sql(raw ? '' : '(');
    writeIdentifier(writer, keys, 'column');
    writer.sql(raw ? ' ' : ') ');
  }
  if (does === 'nothing') {
    writer.sql('do nothing');
    return;
  }
  writer.sql('do update set ');
  const excluded = (name: string): void => void writer.sql(`${quoted(name)} = excluded.${quoted(name)}`);
  if (updates?.kind === 'dictionary') {
    writer.list([...updates.properties], ([name, { value }]) => {
      writer.sql(`${quoted(name)} = `);
      writeOperand(writer, value);
    });
  } else if (updates?.kind === 'list') writer.list(updates.items.map((item) => spelt(item, 'column').text), excluded);
  else writer.list(columns, excluded);
  writeWhere(writer, query);
}

/** Columns of all rows together, sorted; one that a row leaves undefined stands there too. */
function columnsOf(rows: readonly Extract<Value, { kind: 'dictionary' }>[]): string[] {
  return [...new Set(rows.flatMap(({ properties }) => [...properties.keys()]))].sort();
}
