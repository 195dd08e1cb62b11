import type { Operation, OperationDraft } from '../../../operations/types.js';
import { printName, quoteIdentifier } from '../../../sql/name.js';
import { booleanOf, NONE, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { send, sendUnread, type Lowering } from './context.js';
import { conditionsOf, type Link } from './core-statements.js';
import { ExpressionPrinter } from './expression.js';
import { Reading } from './reading.js';
import { tableOf } from './table-value.js';

/** Methods that end a query and send it. */
const ENDS = /^(?:all|first|one|one_or_none|scalar|scalars|count|get|yield_per|delete|update|exists|fetchall|fetchone)$/;

const SESSION = 'migration.session';

/** `session.query(Model).filter(…).update({…})` and `session.add(…)`. */
export function sendQuery(lowering: Lowering): Value | undefined {
  const path = pathOf(lowering.call.callee);
  if (path?.startsWith(`${SESSION}.`) === true) return onSession(lowering, path.slice(SESSION.length + 1));
  const { callee } = lowering.call;
  // `.all()` and `.first()` of rows already asked for.
  if (callee.type === 'attribute' && callee.object.type === 'unknown' && callee.object.of !== undefined) return callee.object;
  if (callee.type !== 'attribute' || !ENDS.test(callee.name)) return undefined;
  const query = queryOf(callee.object);
  if (query === null) return undefined;
  const reading = new Reading();
  const draft = queryDraft(query, callee.name, lowering.call, reading);
  send(lowering, draft, lowering.call.span, reading);
  return draft.kind === 'select' ? rowsOf(query) : NONE;
}

/** Rows of one model can be written to; of several, or of columns, they cannot. */
function rowsOf({ root }: Query): Value {
  const [entity, second] = root.positional;
  const whole = second === undefined && entity !== undefined && tableOf(entity.value, new Reading()) !== null;
  return { type: 'unknown', name: 'rows', database: 'rows', ...(whole ? { of: entity.value } : {}) };
}

/** `for row in session.query(Model)`: sends the query, and gives its rows. */
export function queriedRows(lowering: Lowering, value: Value): Value | undefined {
  if (value.type === 'unknown') return value.of === undefined ? undefined : value;
  const query = queryOf(value);
  if (query === null) return undefined;
  const reading = new Reading();
  send(lowering, queryDraft(query, 'all', lowering.call, reading), lowering.call.span, reading);
  return rowsOf(query);
}

/** The column of the model's key; `id` where the class does not tell. */
function keyOf(model: Value): string {
  const members = model.type === 'class' ? [...model.members] : [];
  const key = members.find(([, member]) => member.type === 'call' && booleanOf(member.keywords.get('primary_key')?.value) === true);
  return quoteIdentifier(key?.[0] ?? 'id');
}

/** `row.column = …` of a row that a query gave: its flush is an UPDATE by the key. */
export function writeAttribute(lowering: Lowering, object: Value, name: string): void {
  if (object.type !== 'unknown' || object.of === undefined) return;
  const reading = new Reading();
  const table = tableOf(object.of, reading);
  if (table === null) return;
  const last = lowering.recorder.operations.at(-1);
  // Attributes written one after another leave together.
  if (last?.kind === 'update' && FLUSHED.get(last) === object) {
    if (!last.set.some(({ column }) => column === name)) last.set.push({ column: name, value: `$${last.set.length + 2}` });
    return;
  }
  send(lowering, { kind: 'update', table, set: [{ column: name, value: '$2' }], where: `${keyOf(object.of)} = $1`, reads: [] }, lowering.call.span, reading);
  const sent = lowering.recorder.operations.at(-1);
  if (sent !== undefined) FLUSHED.set(sent, object);
}

const FLUSHED = new WeakMap<Operation, Value>();

/** `session.bulk_update_mappings(Model, rows)` and `bulk_insert_mappings`. */
function bulkMappings(lowering: Lowering, way: 'insert' | 'update'): void {
  const [model, rows] = lowering.call.positional.map((argument) => argument.value);
  const reading = new Reading();
  const table = tableOf(model, reading) ?? { name: reading.name(model) };
  const known = rows?.type === 'sequence' && rows.open !== true ? rows.items.length : undefined;
  const columns = columnsOfRows(rows);
  if (columns.length === 0) reading.partial = true;
  if (way === 'insert') {
    const text = `INSERT INTO ${printName(table)} DEFAULT VALUES`;
    send(lowering, { kind: 'insert', table, columns, source: 'values', ...(known === undefined ? {} : { rows: known }), reads: [], text }, lowering.call.span, reading);
    return;
  }
  const key = model === undefined ? 'id' : keyOf(model);
  const set = columns.filter((column) => column !== key).map((column, index) => ({ column, value: `$${index + 2}` }));
  send(lowering, { kind: 'update', table, set, where: `${key} = $1`, reads: [] }, lowering.call.span, reading);
}

/** The keys of the first row. */
function columnsOfRows(rows: Value | undefined): string[] {
  const first = rows?.type === 'sequence' ? rows.items[0] : undefined;
  return first?.type === 'dictionary' ? first.entries.flatMap((entry) => stringOf(entry.key) ?? []) : [];
}

function deleteRow(lowering: Lowering, object: Value | undefined): void {
  const model = object?.type === 'unknown' ? object.of : object?.type === 'call' ? object.callee : undefined;
  const reading = new Reading();
  const table = model === undefined ? null : tableOf(model, reading);
  if (table === null || model === undefined) sendUnread(lowering, 'dynamic', 'object of the application deleted through a session');
  else send(lowering, { kind: 'delete', table, where: `${keyOf(model)} = $1`, reads: [] }, lowering.call.span, reading);
}

function queryDraft(query: Query, end: string, call: CallValue, reading: Reading): OperationDraft {
  const printer = new ExpressionPrinter(reading, true);
  const entity = query.root.positional[0]?.value;
  const holder = entity?.type === 'attribute' ? entity.object : entity;
  const table = tableOf(holder, reading) ?? { name: reading.name(holder) };
  const conditions = conditionsOf(query.links, holder);
  const where = conditions.length === 0 ? {} : { where: printer.joined(conditions, ' AND ') };
  if (end === 'delete') return { kind: 'delete', table, ...where, reads: [] };
  if (end === 'update') {
    const values = call.positional[0]?.value;
    const entries = values?.type === 'dictionary' ? values.entries : [];
    const set = entries.map((entry) => ({ column: reading.name(entry.key), value: printer.print(entry.value) }));
    return { kind: 'update', table, set, ...where, reads: [] };
  }
  const condition = where.where === undefined ? '' : ` WHERE ${where.where}`;
  return { kind: 'select', reads: [table], functions: [], text: `SELECT * FROM ${printName(table)}${condition}` };
}

interface Query {
  root: CallValue;
  links: Link[];
}

function queryOf(value: Value): Query | null {
  const links: Link[] = [];
  let at = value;
  while (at.type === 'call') {
    const { callee }: CallValue = at;
    if (callee.type === 'symbol' && callee.path === `${SESSION}.query`) return { root: at, links: links.reverse() };
    if (callee.type !== 'attribute') return null;
    links.push({ name: callee.name, call: at });
    at = callee.object;
  }
  return null;
}

function onSession(lowering: Lowering, name: string): Value | undefined {
  const first = lowering.call.positional[0]?.value;
  switch (name) {
    case 'query':
      return undefined;
    case 'add':
    case 'merge':
      insertObjects(lowering, first === undefined ? [] : [first]);
      return NONE;
    case 'add_all':
    case 'bulk_save_objects':
      insertObjects(lowering, first?.type === 'sequence' ? first.items : first === undefined ? [] : [first]);
      return NONE;
    case 'bulk_insert_mappings':
    case 'bulk_update_mappings':
      bulkMappings(lowering, name === 'bulk_insert_mappings' ? 'insert' : 'update');
      return NONE;
    case 'delete':
      deleteRow(lowering, first);
      return NONE;
    case 'get': {
      const reading = new Reading();
      const table = tableOf(first, reading) ?? { name: reading.name(first) };
      send(lowering, { kind: 'select', reads: [table], functions: [], text: `SELECT * FROM ${printName(table)}` }, lowering.call.span, reading);
      return { type: 'unknown', name: 'row', database: 'rows', ...(first === undefined ? {} : { of: first }) };
    }
    default:
      sendUnread(lowering, 'unknown-call', `session.${name} could not be read`);
      return NONE;
  }
}

/** `session.add(Model(…))` inserts a row; an object read before is an UPDATE we do not see. */
function insertObjects(lowering: Lowering, objects: readonly Value[]): void {
  for (const object of objects) {
    // Read by the session before: what was written to it is in its list already.
    if (object.type === 'unknown' && object.of !== undefined) continue;
    const reading = new Reading();
    const table = object.type === 'call' ? tableOf(object.callee, reading) : null;
    if (table === null || object.type !== 'call') {
      sendUnread(lowering, 'dynamic', 'object of the application saved through a session');
      continue;
    }
    const columns = [...object.keywords.keys()];
    const text = `INSERT INTO ${printName(table)} DEFAULT VALUES`;
    send(lowering, { kind: 'insert', table, columns, source: 'values', rows: 1, reads: [], text }, lowering.call.span, reading);
  }
}
