import type { OperationDraft, QualifiedName, Span } from '../../../operations/types.js';
import { printColumns, printName } from '../../../sql/name.js';
import { toString } from '../evaluate/text.js';
import { fromString, isNone, NONE, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { send, type Lowering } from './context.js';
import { ExpressionPrinter } from './expression.js';
import { Reading } from './reading.js';
import { calledName, libraryName } from './symbols.js';
import { tableOf } from './table-value.js';

/** A call chained after another: `.where(…)`. */
export interface Link {
  name: string;
  call: CallValue;
}

/** A statement of SQLAlchemy core: what it began with, and the calls chained after it. */
interface Chain {
  verb: 'update' | 'delete' | 'insert' | 'select';
  root: CallValue;
  /** The table of UPDATE, DELETE and INSERT. */
  subject: Value | undefined;
  links: Link[];
}

const VERBS = new Set(['update', 'delete', 'insert', 'select']);

/** The chain that ends in `value`, or null when it is no statement of core. */
export function chainOf(value: Value): Chain | null {
  const links: { name: string; call: CallValue }[] = [];
  let at: Value = value;
  while (at.type === 'call') {
    const { callee }: CallValue = at;
    const name = callee.type === 'attribute' ? callee.name : libraryName(callee);
    if (name !== null && VERBS.has(name)) {
      const verb = name as Chain['verb'];
      const subject = callee.type === 'attribute' ? callee.object : at.positional[0]?.value;
      const isTable = callee.type !== 'attribute' || tableOf(callee.object, new Reading()) !== null || isReflected(callee.object);
      if (isTable) return { verb, root: at, subject, links: links.reverse() };
    }
    if (callee.type !== 'attribute') return null;
    links.push({ name: callee.name, call: at });
    at = callee.object;
  }
  return null;
}

/** A value that may be a table which only the application or the database knows. */
function isReflected(value: Value): boolean {
  if (value.type === 'attribute') return value.name === '__table__';
  return value.type === 'symbol' ? pathOf(value) !== null && libraryName(value) === null : value.type === 'unknown';
}

/** Sends the statement; false when `value` is none. */
export function sendCore(lowering: Lowering, value: Value, span: Span, rows?: Value): boolean {
  const chain = chainOf(value);
  if (chain === null) return false;
  const reading = new Reading();
  const build = { update, delete: deletion, insert, select }[chain.verb];
  send(lowering, build(chain, reading, rows), span, reading);
  return true;
}

/**
 * Collects the relations that subqueries read, and prints with table names.
 * A table of the statement around is not read again: it is correlated.
 */
function printerFor(reading: Reading, reads: QualifiedName[], outer: readonly QualifiedName[] = []): ExpressionPrinter {
  return new ExpressionPrinter(reading, true, (value) => {
    const exists = existsOf(value);
    const inner = exists ?? subquery(value);
    if (inner === null) return null;
    const { text, tables } = selectText(inner, reading, outer);
    reads.push(...tables);
    return exists === null ? `(${text})` : `EXISTS (${text})`;
  });
}

function subquery(value: Value): Chain | null {
  const chain = chainOf(value);
  return chain?.verb === 'select' ? chain : null;
}

/** `sa.exists().where(…)`, `sa.exists(select)` and `select.exists()`. */
function existsOf(value: Value): Chain | null {
  const links: Link[] = [];
  let at = value;
  while (at.type === 'call') {
    const { callee }: CallValue = at;
    if (libraryName(callee) === 'exists') {
      const given = at.positional[0]?.value;
      return (given === undefined ? null : subquery(given)) ?? { verb: 'select', root: at, subject: undefined, links: links.reverse() };
    }
    if (callee.type !== 'attribute') return null;
    if (callee.name === 'exists') return subquery(callee.object);
    links.push({ name: callee.name, call: at });
    at = callee.object;
  }
  return null;
}

/** Tables named beside the statement's own: `FROM` of an UPDATE, `USING` of a DELETE. */
function others(chain: Chain, own: QualifiedName, values: readonly Value[]): QualifiedName[] {
  const tables = new Map<string, QualifiedName>();
  const add = (table: QualifiedName | null): void => {
    if (table !== null && printName(table) !== printName(own)) tables.set(printName(table), table);
  };
  for (const value of [...legacyCondition(chain), ...conditionsOf(chain.links, chain.subject), ...values]) collectTables(value, add);
  return [...tables.values()];
}

function subjectOf(chain: Chain, reading: Reading): QualifiedName {
  const table = tableOf(chain.subject, reading);
  if (table !== null) return table;
  reading.partial = true;
  return { name: reading.name(chain.subject) };
}

function where(chain: Chain, printer: ExpressionPrinter): string | undefined {
  const conditions = [...legacyCondition(chain), ...conditionsOf(chain.links, chain.subject)];
  return conditions.length === 0 ? undefined : printer.joined(conditions, ' AND ');
}

/** `sa.update(table, condition)`, which SQLAlchemy 1 took. */
function legacyCondition({ verb, root }: Chain): Value[] {
  if (verb !== 'update' && verb !== 'delete') return [];
  const at = root.callee.type === 'attribute' ? 0 : 1;
  const condition = root.positional[at]?.value ?? root.keywords.get('whereclause')?.value;
  return condition === undefined || isNone(condition) ? [] : [condition];
}

/** What `where`, `filter` and `filter_by` ask for. */
export function conditionsOf(links: readonly Link[], table: Value | undefined): Value[] {
  const object = table ?? { type: 'unknown', name: 'table' };
  return links.flatMap(({ name, call }): Value[] => {
    if (name === 'where' || name === 'filter') return call.positional.map((argument) => argument.value);
    if (name !== 'filter_by') return [];
    return [...call.keywords].map(([column, argument]) => ({
      type: 'operator',
      operator: '==',
      left: { type: 'attribute', object, name: column },
      right: argument.value,
    }));
  });
}

/** `.values(a=1)`, `.values({"a": 1})`, `.values({t.c.a: 1})`. */
function assignments(chain: Chain, reading: Reading): { column: string; value: Value }[] {
  const found: { column: string; value: Value }[] = [];
  const legacy = chain.root.keywords.get('values')?.value;
  const calls = chain.links.filter((link) => link.name === 'values').map((link) => link.call);
  for (const call of calls) {
    for (const [column, argument] of call.keywords) found.push({ column, value: argument.value });
    if (call.open) reading.partial = true;
  }
  for (const value of [legacy, ...calls.map((call) => call.positional[0]?.value)]) {
    if (value?.type !== 'dictionary') continue;
    for (const entry of value.entries) found.push({ column: reading.name(entry.key), value: entry.value });
  }
  return found;
}

function returning(chain: Chain, printer: ExpressionPrinter): { returning?: string } {
  const link = chain.links.find((found) => found.name === 'returning');
  if (link === undefined) return {};
  return { returning: link.call.positional.map((argument) => printer.print(argument.value)).join(', ') };
}

function update(chain: Chain, reading: Reading, rows?: Value): OperationDraft {
  const reads: QualifiedName[] = [];
  const table = subjectOf(chain, reading);
  const printer = printerFor(reading, reads, [table]);
  const given = assignments(chain, reading);
  reads.push(...others(chain, table, given.map(({ value }) => value)));
  const set = given.map(({ column, value }) => ({ column, value: printer.print(value) }));
  if (set.length === 0) set.push(...boundColumns(rows));
  const condition = where(chain, printer);
  return { kind: 'update', table, set, ...(condition === undefined ? {} : { where: condition }), reads, ...returning(chain, printer) };
}

/** `execute(table.update(), {"a": 1})` sets the keys of the parameters. */
function boundColumns(rows: Value | undefined): { column: string; value: string }[] {
  const row = rows?.type === 'sequence' ? rows.items[0] : rows;
  if (row?.type !== 'dictionary') return [];
  return row.entries.map((entry, index) => ({ column: stringOf(entry.key) ?? 'value', value: `$${index + 1}` }));
}

function deletion(chain: Chain, reading: Reading): OperationDraft {
  const reads: QualifiedName[] = [];
  const table = subjectOf(chain, reading);
  const printer = printerFor(reading, reads, [table]);
  const beside = others(chain, table, []);
  reads.push(...beside);
  const using = beside.length === 0 ? {} : { using: beside.map(printName).join(', ') };
  const condition = where(chain, printer);
  return { kind: 'delete', table, ...using, ...(condition === undefined ? {} : { where: condition }), reads, ...returning(chain, printer) };
}

function insert(chain: Chain, reading: Reading, given?: Value): OperationDraft {
  const table = subjectOf(chain, reading);
  const reads: QualifiedName[] = [];
  const printer = printerFor(reading, reads);
  const from = chain.links.find((link) => link.name === 'from_select');
  if (from !== undefined) return insertFrom(table, from.call, reading);
  const listed = chain.links.find((link) => link.name === 'values')?.call.positional[0]?.value;
  const rows = rowsOf(given) ?? rowsOf(listed) ?? [assignments(chain, reading)];
  if (given !== undefined && rowsOf(given) === null) reading.partial = true;
  const conflict = chain.links.find((link) => link.name.startsWith('on_conflict_do_'));
  const onConflict = conflict === undefined ? {} : { onConflict: conflict.name.endsWith('nothing') ? ('nothing' as const) : ('update' as const) };
  const draft = insertRows(table, completed(rows, chain.subject, reading), printer);
  const suffix = conflict === undefined ? '' : ` ON CONFLICT DO ${conflict.name.endsWith('nothing') ? 'NOTHING' : 'UPDATE'}`;
  return { ...draft, ...onConflict, reads, text: `${draft.text}${suffix}` };
}

type Row = { column: string; value: Value }[];

function rowsOf(value: Value | undefined): Row[] | null {
  if (value?.type === 'dictionary') return [rowOf(value)];
  if (value?.type !== 'sequence' || value.open === true) return null;
  const rows = value.items.flatMap((item) => (item.type === 'dictionary' ? [rowOf(item)] : []));
  return rows.length === value.items.length ? rows : null;
}

function rowOf(value: Extract<Value, { type: 'dictionary' }>): Row {
  return value.entries.map((entry) => ({ column: entry.key.type === 'string' ? toString(entry.key.text) : new Reading().name(entry.key), value: entry.value }));
}

/** Rows in the order of the table's columns, with those that have a default on the side of Python. */
export function completed(rows: readonly Row[], table: Value | undefined, reading: Reading): Row[] {
  const known = columnsOfTable(table, reading);
  const [first] = rows;
  if (known.length === 0 || first === undefined || first.length === 0) return [...rows];
  const given = new Set(first.map((cell) => cell.column));
  const order = known.filter(({ name, fallback }) => given.has(name) || fallback !== undefined);
  if (first.some((cell) => !known.some(({ name }) => name === cell.column))) return [...rows];
  return rows.map((row) => order.map(({ name, fallback }) => ({ column: name, value: row.find((cell) => cell.column === name)?.value ?? fallback ?? NONE })));
}

function columnsOfTable(table: Value | undefined, reading: Reading): { name: string; fallback: Value | undefined }[] {
  if (table?.type !== 'call') return [];
  return table.positional.flatMap(({ value }) => {
    const called = calledName(value);
    if (value.type !== 'call' || (called !== 'Column' && called !== 'column')) return [];
    const given = value.keywords.get('default')?.value;
    const fallback = given === undefined || isNone(given) ? undefined : given;
    return [{ name: reading.name(value.keywords.get('name')?.value ?? value.positional[0]?.value), fallback }];
  });
}

type InsertDraft = Extract<OperationDraft, { kind: 'insert' }>;

/** INSERT … VALUES of rows known as dictionaries. */
export function insertRows(table: QualifiedName, rows: readonly Row[], printer: ExpressionPrinter): InsertDraft {
  const columns = rows[0]?.map((cell) => cell.column) ?? [];
  if (columns.length === 0) {
    return { kind: 'insert', table, columns, source: 'default', reads: [], text: `INSERT INTO ${printName(table)} DEFAULT VALUES` };
  }
  const values = rows.map((row) => `(${columns.map((column) => printer.print(row.find((cell) => cell.column === column)?.value ?? fromString(''))).join(', ')})`);
  return {
    kind: 'insert',
    table,
    columns,
    source: 'values',
    rows: rows.length,
    reads: [],
    text: `INSERT INTO ${printName(table)} ${printColumns(columns)} VALUES ${values.join(', ')}`,
  };
}

function insertFrom(table: QualifiedName, call: CallValue, reading: Reading): InsertDraft {
  const columns = reading.names(call.positional[0]?.value);
  const query = call.positional[1]?.value;
  const chain = query === undefined ? null : chainOf(query);
  const { text, tables } = chain === null ? { text: 'SELECT', tables: [] } : selectText(chain, reading);
  if (chain === null) reading.partial = true;
  return {
    kind: 'insert',
    table,
    columns,
    source: 'query',
    reads: tables,
    text: `INSERT INTO ${printName(table)} ${printColumns(columns)} ${text}`,
  };
}

function select(chain: Chain, reading: Reading): OperationDraft {
  const { text, tables } = selectText(chain, reading);
  const locked = chain.links.some((link) => link.name === 'with_for_update');
  return { kind: 'select', reads: tables, functions: [], text, ...(locked ? { locks: tables } : {}) };
}

function selectText(chain: Chain, reading: Reading, outer: readonly QualifiedName[] = []): { text: string; tables: QualifiedName[] } {
  const reads: QualifiedName[] = [];
  const given = chain.root.positional.map((argument) => argument.value);
  const elements = chain.root.callee.type === 'attribute' ? [chain.subject] : given.flatMap((value) => (value.type === 'sequence' ? value.items : [value]));
  const tables = new Map<string, QualifiedName>();
  const add = (table: QualifiedName | null): void => {
    if (table !== null) tables.set(printName(table), table);
  };
  for (const element of elements) collectTables(element, add);
  for (const link of chain.links) for (const argument of link.call.positional) collectTables(argument.value, add);
  // A correlated table stays with the statement around, unless nothing else would be read.
  if (outer.some((table) => tables.has(printName(table))) && tables.size > 1) for (const table of outer) tables.delete(printName(table));
  const printer = printerFor(reading, reads, [...outer, ...tables.values()]);
  const exists = libraryName(chain.root.callee) === 'exists';
  const columns = exists ? ['*'] : elements.map((element) => selected(element, printer));
  const condition = where(chain, printer);
  const names = [...tables.keys()];
  const text = [
    `SELECT ${columns.join(', ')}`,
    ...(names.length === 0 ? [] : [`FROM ${names.join(', ')}`]),
    ...(condition === undefined ? [] : [`WHERE ${condition}`]),
  ].join(' ');
  return { text, tables: [...tables.values(), ...reads] };
}

/** A function in the list of a SELECT gets a name: `count(t.id) AS count_1`. */
function selected(element: Value | undefined, printer: ExpressionPrinter): string {
  if (tableOf(element, new Reading()) !== null) return '*';
  const called = calledName(element);
  const label = called?.startsWith('func.') === true ? ` AS ${called.slice('func.'.length)}_1` : '';
  return `${printer.print(element)}${label}`;
}

/** Every table whose columns an expression names. */
function collectTables(value: Value | undefined, add: (table: QualifiedName | null) => void): void {
  if (value === undefined) return;
  const table = tableOf(value, new Reading());
  if (table !== null) {
    add(table);
    return;
  }
  switch (value.type) {
    case 'attribute':
      collectTables(value.object, add);
      break;
    case 'operator':
      collectTables(value.left ?? undefined, add);
      collectTables(value.right, add);
      break;
    case 'sequence':
      for (const item of value.items) collectTables(item, add);
      break;
    case 'call':
      // What a subquery reads it reads itself.
      if (existsOf(value) !== null || subquery(value) !== null) break;
      collectTables(value.callee.type === 'attribute' ? value.callee.object : undefined, add);
      for (const argument of value.positional) collectTables(argument.value, add);
      break;
    default:
      break;
  }
}

