import type { OperationDraft } from '../../../operations/types.js';
import { printName } from '../../../sql/name.js';
import { NONE, pathOf, type CallValue, type Value } from '../evaluate/value.js';
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
  if (callee.type !== 'attribute' || !ENDS.test(callee.name)) return undefined;
  const query = queryOf(callee.object);
  if (query === null) return undefined;
  const reading = new Reading();
  const draft = queryDraft(query, callee.name, lowering.call, reading);
  send(lowering, draft, lowering.call.span, reading);
  return draft.kind === 'select' ? { type: 'unknown', name: 'rows', database: 'rows' } : NONE;
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
    case 'get': {
      const reading = new Reading();
      const table = tableOf(first, reading) ?? { name: reading.name(first) };
      send(lowering, { kind: 'select', reads: [table], functions: [], text: `SELECT * FROM ${printName(table)}` }, lowering.call.span, reading);
      return { type: 'unknown', name: 'row', database: 'rows' };
    }
    default:
      sendUnread(lowering, 'unknown-call', `session.${name} could not be read`);
      return NONE;
  }
}

/** `session.add(Model(…))` inserts a row; an object read before is an UPDATE we do not see. */
function insertObjects(lowering: Lowering, objects: readonly Value[]): void {
  for (const object of objects) {
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
