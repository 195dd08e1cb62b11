import type { OperationDraft, QualifiedName, Span } from '../../../operations/types.js';
import { printName, quoteIdentifier } from '../../../sql/name.js';
import type { Interpreter } from '../evaluate/interpreter.js';
import { isNone, NONE, pathOf, stringOf, unknown, type Argument, type CallValue, type UnknownValue, type Value } from '../evaluate/value.js';
import { literal } from '../alembic/raw-sql.js';
import { Reading } from '../alembic/reading.js';
import type { Recorder } from '../alembic/recorder.js';
import { fieldNamed, qualified, tableName, type Model, type ProjectState } from './state.js';

/** What the code of a RunPython works with. */
export interface Code {
  recorder: Recorder;
  interpreter: Interpreter;
  state: ProjectState;
  /** Models that the code imports from the application, by their paths. */
  imported: Set<string>;
}

interface Link {
  name: string;
  call: CallValue | null;
}

/** A manager, a query set or a row: the model it belongs to and what was asked since. */
interface Query {
  model: Value;
  links: Link[];
  row: UnknownValue | null;
}

const IMPORTED = /^((?:\w+\.)*)(\w+)\.models\.(?:\w+\.)*([A-Z]\w*)$/;

function isModel(value: Value): boolean {
  if (value.type === 'call') return /^django\.apps(?:\.apps)?\.get_model$/.test(pathOf(value.callee) ?? '');
  const path = pathOf(value);
  return path !== null && !path.startsWith('django.') && IMPORTED.test(path);
}

/** `Model.objects` of an imported model is one path: its end is taken off again. */
function owner(value: Value): { object: Value; name: string } | null {
  if (value.type === 'attribute') return { object: value.object, name: value.name };
  const path = pathOf(value);
  const dot = path?.lastIndexOf('.') ?? -1;
  return path === null || dot < 0 ? null : { object: { type: 'symbol', path: path.slice(0, dot) }, name: path.slice(dot + 1) };
}

/** The query that a value is, or null. */
export function queryOf(value: Value): Query | null {
  const links: Link[] = [];
  let at = value;
  for (;;) {
    if (isModel(at)) return { model: at, links: links.reverse(), row: null };
    if (at.type === 'unknown') return at.of === undefined ? null : { model: at.of, links: links.reverse(), row: at };
    if (at.type === 'subscript') {
      links.push({ name: '[]', call: null });
      at = at.object;
      continue;
    }
    const call = at.type === 'call' ? at : null;
    const inner = owner(call === null ? at : call.callee);
    if (inner === null) return call !== null && isModel(call.callee) ? { model: call.callee, links: links.reverse(), row: rowOf(call.callee) } : null;
    links.push({ name: inner.name, call });
    at = inner.object;
  }
}

export function rowOf(model: Value): UnknownValue {
  return { type: 'unknown', name: 'row', database: 'rows', of: model };
}

/** The table of a model; `partial` when its migrations do not tell. */
class Target {
  readonly reading = new Reading();
  readonly model: Model | null;
  readonly table: QualifiedName;

  constructor(code: Code, query: Query) {
    const [app, name] = namesOf(query.model, code);
    this.model = app === null || name === null ? null : code.state.find(app, name);
    // A relation of a row leads to another table.
    const related = query.row !== null && query.links.length > 1;
    if (this.model !== null && !related) {
      this.table = qualified(tableName(this.model));
      return;
    }
    this.reading.partial = true;
    const known = related ? (query.links[0]?.name ?? 'table') : `${app ?? 'app'}_${(name ?? 'model').toLowerCase()}`;
    this.table = { name: `__${known}__` };
  }

  column(name: string): string | null {
    if (this.model === null) return null;
    if (name === 'pk') return this.model.fields.find((field) => field.primaryKey)?.column ?? 'id';
    return fieldNamed(this.model, name)?.column ?? null;
  }
}

function namesOf(model: Value, { imported }: Code): [string | null, string | null] {
  if (model.type === 'call') return askedNames(model);
  const path = pathOf(model) ?? '';
  const found = IMPORTED.exec(path);
  imported.add(path);
  return [found?.[2] ?? null, found?.[3] ?? null];
}

/** `apps.get_model("app", "Model")` and `apps.get_model("app.Model")`. */
function askedNames({ positional, keywords }: CallValue): [string | null, string | null] {
  const label = stringOf(positional[0]?.value ?? keywords.get('app_label')?.value);
  const given = stringOf(positional[1]?.value ?? keywords.get('model_name')?.value);
  if (given !== null) return [label, given];
  const [app, name] = label?.split('.') ?? [];
  return [app ?? null, name ?? null];
}

const COMPARISONS: Record<string, string> = { exact: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' };

/** One `field__lookup=value`; null where it cannot be told in SQL. */
function condition(target: Target, key: string, value: Value): string | null {
  const [field = '', lookup = 'exact', ...more] = key.split('__');
  const column = more.length > 0 ? null : target.column(field);
  if (column === null) return null;
  const printed = quoteIdentifier(column);
  if (lookup === 'isnull') return isNullText(printed, value);
  if (lookup === 'in') return `${printed} IN ${literal(value, 'IN ')?.replace(/^\$1$/, '($1)') ?? '($1)'}`;
  if (isNone(value)) return lookup === 'exact' ? `${printed} IS NULL` : null;
  return comparedText(printed, lookup, value);
}

function comparedText(column: string, lookup: string, value: Value): string | null {
  const comparison = COMPARISONS[lookup];
  return comparison === undefined ? null : `${column} ${comparison} ${literal(value, '') ?? '$1'}`;
}

function isNullText(column: string, value: Value): string | null {
  if (value.type !== 'constant') return null;
  return `${column} IS ${value.value === true ? '' : 'NOT '}NULL`;
}

/** WHERE of a query set; what is asked in a way unknown to us leaves a placeholder. */
function whereOf(target: Target, links: readonly Link[]): string | undefined {
  const parts: string[] = [];
  const add = (part: string | null): void => {
    if (part === null) target.reading.partial = true;
    parts.push(part ?? '__condition__');
  };
  for (const { name, call } of links) {
    if (name === '[]') add(null);
    if (call !== null && ASKS.test(name)) for (const part of asked(target, name, call)) add(part);
  }
  return parts.length === 0 ? undefined : parts.join(' AND ');
}

const ASKS = /^(?:filter|exclude|get|get_or_create|update_or_create|in_bulk)$/;

/** The conditions of one call; null for what cannot be told in SQL. */
function asked(target: Target, name: string, call: CallValue): (string | null)[] {
  const given = [...call.keywords].filter(([key]) => key !== 'defaults').map(([key, { value }]) => condition(target, key, value));
  const unclear = call.positional.length > 0 || call.open;
  if (name !== 'exclude') return unclear ? [...given, null] : given;
  return [unclear || given.includes(null) || given.length === 0 ? null : `NOT (${given.join(' AND ')})`];
}

function byKey(target: Target): string {
  return `${quoteIdentifier(target.column('pk') ?? 'id')} = $1`;
}

type Send = (target: Target, draft: OperationDraft) => void;
type End = (query: Query, call: CallValue, target: Target, send: Send) => Value;

const select: End = ({ model, links }, _call, target, send) => {
  const where = whereOf(target, links);
  const text = `SELECT * FROM ${printName(target.table)}${where === undefined ? '' : ` WHERE ${where}`}`;
  send(target, { kind: 'select', reads: [target.table], functions: [], text });
  return rowOf(model);
};

const ask: End = (query, call, target, send) => {
  select(query, call, target, send);
  return { type: 'unknown', name: 'answer', database: 'rows' };
};

function insert(target: Target, rows: number | null, send: Send): void {
  const text = `INSERT INTO ${printName(target.table)} DEFAULT VALUES`;
  send(target, { kind: 'insert', table: target.table, columns: [], source: 'values', ...(rows === null ? {} : { rows }), reads: [], text });
}

function setOf(target: Target, names: readonly string[]): { column: string; value: string }[] {
  return names.map((name, index) => ({ column: target.column(name) ?? name, value: `$${index + 2}` }));
}

function fieldsOf(argument: Argument | undefined): string[] {
  return argument?.value.type === 'sequence' ? argument.value.items.flatMap((item) => stringOf(item) ?? []) : [];
}

/** Methods that send something; every other one builds on the query. */
const ENDS: Record<string, End> = {
  update(query, call, target, send) {
    const where = whereOf(target, query.links);
    const set = [...call.keywords].map(([name, { value }]) => ({ column: target.column(name) ?? name, value: literal(value, '') ?? '$1' }));
    if (call.open) target.reading.partial = true;
    send(target, { kind: 'update', table: target.table, set, ...(where === undefined ? {} : { where }), reads: [] });
    return unknown('count');
  },
  delete(query, _call, target, send) {
    const where = query.row === null || query.links.length > 1 ? whereOf(target, query.links) : byKey(target);
    send(target, { kind: 'delete', table: target.table, ...(where === undefined ? {} : { where }), reads: [] });
    return unknown('count');
  },
  create(query, _call, target, send) {
    insert(target, 1, send);
    return rowOf(query.model);
  },
  bulk_create(query, call, target, send) {
    const rows = call.positional[0]?.value;
    insert(target, rows?.type === 'sequence' && rows.open !== true ? rows.items.length : null, send);
    return rowOf(query.model);
  },
  bulk_update(_query, call, target, send) {
    const set = setOf(target, fieldsOf(call.positional[1] ?? call.keywords.get('fields')));
    send(target, { kind: 'update', table: target.table, set, where: `${quoteIdentifier(target.column('pk') ?? 'id')} IN ($1)`, reads: [] });
    return unknown('count');
  },
  get_or_create(query, call, target, send) {
    select(query, call, target, send);
    insert(target, 1, send);
    return { type: 'sequence', form: 'tuple', items: [rowOf(query.model), unknown('created')] };
  },
  update_or_create(query, call, target, send) {
    const defaults = call.keywords.get('defaults')?.value;
    const names = defaults?.type === 'dictionary' ? defaults.entries.flatMap((entry) => stringOf(entry.key) ?? []) : [];
    const where = whereOf(target, query.links) ?? byKey(target);
    send(target, { kind: 'update', table: target.table, set: setOf(target, names), where, reads: [] });
    insert(target, 1, send);
    return { type: 'sequence', form: 'tuple', items: [rowOf(query.model), unknown('created')] };
  },
  get: select,
  first: select,
  last: select,
  earliest: select,
  latest: select,
  in_bulk: select,
  exists: ask,
  count: ask,
  aggregate: ask,
  contains: ask,
};

/** `for row in Model.objects.filter(…)`: sends the query, and gives one of its rows. */
export function queriedItem(code: Code, value: Value, span: Span): Value | undefined {
  const query = queryOf(value);
  if (query === null) return undefined;
  const call: CallValue = { type: 'call', callee: value, positional: [], keywords: new Map(), open: false, span };
  const target = new Target(code, query);
  if (value.type !== 'unknown') select(query, call, target, sender(code, span));
  const plain = query.links.some(({ name }) => name === 'values' || name === 'values_list' || name === 'dates');
  return plain ? { type: 'unknown', name: 'row', database: 'rows' } : rowOf(query.model);
}

function sender({ recorder, interpreter }: Code, span: Span): Send {
  return ({ reading }, draft) => {
    const marked = reading.partial ? { ...draft, partial: true as const } : draft;
    recorder.add(marked, span, recorder.statement(span), { conditional: interpreter.conditional > 0, guard: interpreter.guard });
  };
}

/** A call on a model, its manager, a query set or a row; undefined of any other. */
export function callOnModel(code: Code, call: CallValue, written: ReadonlyMap<Value, Set<string>>): Value | undefined {
  const query = queryOf(call);
  const last = query?.links.at(-1);
  if (query === null || last === undefined) return undefined;
  const target = new Target(code, query);
  const send = sender(code, call.span);
  if (query.row !== null && query.links.length === 1) return onRow(query, query.row, last.name, call, target, send, written);
  if (query.row !== null && /^(?:add|set|remove|clear)$/.test(last.name)) {
    if (last.name === 'add') insert(target, call.open ? null : call.positional.length, send);
    else send(target, { kind: 'delete', table: target.table, where: '__condition__', reads: [] });
    return NONE;
  }
  const end = Object.hasOwn(ENDS, last.name) ? ENDS[last.name] : undefined;
  return end?.(query, call, target, send);
}

function onRow(query: Query, row: UnknownValue, name: string, call: CallValue, target: Target, send: Send, written: ReadonlyMap<Value, Set<string>>): Value | undefined {
  if (name === 'delete') return ENDS['delete']?.(query, call, target, send);
  if (name === 'refresh_from_db') return select({ ...query, links: [] }, call, target, send);
  if (name !== 'save') return undefined;
  if (row.name === 'new row') {
    insert(target, 1, send);
    return NONE;
  }
  const named = fieldsOf(call.keywords.get('update_fields'));
  const assigned = [...(written.get(row) ?? [])];
  // Without `update_fields` every column is written.
  const all = target.model?.fields.filter((field) => !field.virtual && !field.primaryKey).map((field) => field.name) ?? [];
  const names = named.length > 0 ? named : assigned.length > 0 ? assigned : all;
  if (names.length === 0) target.reading.partial = true;
  send(target, { kind: 'update', table: target.table, set: setOf(target, names), where: byKey(target), reads: [] });
  return NONE;
}

/** `Model(…)`, not saved yet. */
export function newRow(call: CallValue): UnknownValue | null {
  return isModel(call.callee) ? { type: 'unknown', name: 'new row', of: call.callee } : null;
}
