import type { QualifiedName } from '../../../operations/types.js';
import { isEnum } from '../evaluate/iterate.js';
import { fromString, isNone, NONE, pathOf, unknown, type CallValue, type ClassValue, type Value } from '../evaluate/value.js';
import { sendUnread, send, type Lowering } from './context.js';
import { executeCursor, executeDriver } from './driver-sql.js';
import { createTableElement, execute } from './execute.js';
import { columnsOfModel, createTableOf } from './tables.js';
import { sendQuery } from './orm.js';
import { Arguments, Reading } from './reading.js';
import { calledName, libraryName } from './symbols.js';
import { tableOf } from './table-value.js';
import { readType } from './types.js';

const HANDLE = /^migration\.(?:bind|context|session|impl|cursor)$/;

/** The connection, the context, a session over them, or a driver's cursor. */
export function isHandle(value: Value): boolean {
  return HANDLE.test(pathOf(value) ?? '') || pathOf(value) === 'alembic.op';
}

const ATTRIBUTES: Record<string, string> = {
  'alembic.op.migration_context': 'migration.context',
  'alembic.op.impl': 'migration.impl',
  'migration.context.connection': 'migration.bind',
  'migration.context.bind': 'migration.bind',
  'migration.context.impl': 'migration.impl',
  'migration.impl.bind': 'migration.bind',
  'migration.impl.connection': 'migration.bind',
  'migration.bind.engine': 'migration.bind',
  'migration.bind.connection': 'migration.bind',
  'migration.bind.dbapi_connection': 'migration.bind',
  'migration.bind.driver_connection': 'migration.bind',
  'migration.cursor.connection': 'migration.bind',
  'migration.session.bind': 'migration.bind',
  'migration.bind.dialect': 'migration.dialect',
  'migration.context.dialect': 'migration.dialect',
  'migration.impl.dialect': 'migration.dialect',
  'migration.session.connection': 'migration.session.connection',
};

/** An attribute of the connection and its kin: the dialect is PostgreSQL. */
export function handleAttribute(object: Value, name: string): Value | undefined {
  if (isFlaskDatabase(object)) return { type: 'symbol', path: `sqlalchemy.${name}` };
  const path = pathOf(object);
  if (path === null) return undefined;
  // A table's methods and columns are asked of the table.
  if (/^migration\.tables\.\w+$/.test(path)) return { type: 'attribute', object, name };
  const full = `${path}.${name}`;
  if (full === 'migration.context.as_sql' || full === 'migration.impl.as_sql') return { type: 'constant', value: false };
  if (full === 'migration.dialect.name' || full === 'migration.bind.name') return fromString('postgresql');
  if (path === 'migration.dialect' && name !== 'type_descriptor') return unknown(name);
  const known = ATTRIBUTES[full];
  return known === undefined ? undefined : { type: 'symbol', path: known };
}

/** Flask-SQLAlchemy's `db`, which hands on the names of SQLAlchemy. */
function isFlaskDatabase(object: Value): boolean {
  if (object.type !== 'call') return false;
  const { callee } = object;
  const base = callee.type === 'class' ? callee.bases[0] : callee;
  return /(?:^|\.)SQLAlchemy$/.test(pathOf(base) ?? '');
}

const INSPECTOR = 'migration.inspector';

/** Questions whose answer says whether something is there. */
const EXISTENCE =
  /^(?:has_\w+|get_(?:table_names|columns|indexes|view_names|schema_names|foreign_keys|unique_constraints|check_constraints|pk_constraint|enums|sequence_names|materialized_view_names|temp_table_names))$/;

const CONNECTIONS = new Set(['connect', 'begin', 'execution_options', 'connection', 'get_bind', 'raw_connection']);
const READS = new Set(['execute', 'scalar', 'scalars', 'exec']);

/** What a call on the connection, on a session or on the schema's objects does. */
export function callHandle(lowering: Lowering): Value | undefined {
  const { call } = lowering;
  const made = makeHandle(call);
  if (made !== undefined) return made;
  const path = pathOf(call.callee);
  const dot = path?.lastIndexOf('.') ?? -1;
  if (path !== null && dot > 0) {
    const owner = path.slice(0, dot);
    const name = path.slice(dot + 1);
    if (owner === INSPECTOR) return EXISTENCE.test(name) ? { type: 'unknown', name, database: 'exists' } : { type: 'unknown', name, database: 'rows' };
    if (owner === 'migration.cursor') return onCursor(name, lowering);
    if (HANDLE.test(owner)) return onHandle(owner, name, lowering);
  }
  if (call.callee.type !== 'attribute') return undefined;
  return onSchemaObject(lowering, call.callee.object, call.callee.name) ?? sendQuery(lowering);
}

function makeHandle(call: CallValue): Value | undefined {
  const name = calledName(call) ?? '';
  if (isInspector(name, call)) return { type: 'symbol', path: INSPECTOR };
  if (FACTORIES.has(name)) return call;
  const made = /^(?:Async)?Session$/.test(name) || FACTORIES.has(calledName(call.callee) ?? '');
  return made ? { type: 'symbol', path: 'migration.session' } : undefined;
}

/** Calls that give something to call for a session. */
const FACTORIES = new Set(['sessionmaker', 'scoped_session', 'async_sessionmaker']);

function isInspector(name: string, call: CallValue): boolean {
  if (name === 'Inspector' || /\bInspector\.from_engine$/.test(pathOf(call.callee) ?? '')) return true;
  const bind = call.keywords.get('bind')?.value ?? call.positional[0]?.value;
  return name === 'inspect' && bind !== undefined && isHandle(bind);
}

function onHandle(owner: string, name: string, lowering: Lowering): Value | undefined {
  // What these do they do to the block that they stand before.
  if (name === 'begin_nested' || (owner === 'migration.context' && name === 'autocommit_block')) return undefined;
  if (READS.has(name)) {
    execute(lowering);
    return { type: 'unknown', name: 'result', database: 'rows' };
  }
  if (name === 'exec_driver_sql' || name === 'static_output') {
    executeDriver(lowering);
    return { type: 'unknown', name: 'result', database: 'rows' };
  }
  if (CONNECTIONS.has(name) || name === 'cursor') return { type: 'symbol', path: connectionOf(owner, name) };
  if (name === 'commit' && owner === 'migration.bind') return commitConnection(lowering);
  return SILENT.test(name) ? NONE : sendQuery(lowering);
}

/** A cursor of the driver, past SQLAlchemy, in the same transaction. */
function onCursor(name: string, lowering: Lowering): Value | undefined {
  if (name === 'execute' || name === 'executemany') {
    executeCursor(lowering, name === 'executemany');
    // psycopg 3 gives the cursor back, so that rows may be fetched from it.
    return lowering.call.callee.type === 'attribute' ? lowering.call.callee.object : { type: 'symbol', path: 'migration.cursor' };
  }
  if (/^fetch/.test(name)) return { type: 'unknown', name: 'rows', database: 'rows' };
  if (!/^(?:copy\w*|callproc)$/.test(name)) return NONE;
  sendUnread(lowering, 'unknown-call', `cursor.${name} could not be read`);
  return NONE;
}

/** A session over the migration's connection joins its transaction and commits nothing of its own. */
const SILENT = /^(?:commit|rollback|flush|close|expire_all|expunge_all|refresh|__enter__|__exit__|invalidate)$/;

/** `session.begin()` is the session again, everything else leads to the connection. */
function connectionOf(owner: string, name: string): string {
  if (name === 'cursor') return 'migration.cursor';
  const leaves = name === 'connection' || name === 'get_bind';
  return owner === 'migration.session' && !leaves ? owner : 'migration.bind';
}

function commitConnection(lowering: Lowering): Value {
  send(lowering, { kind: 'commit' }, lowering.call.span);
  // The next statement opens a transaction of its own.
  send(lowering, { kind: 'begin', implied: true }, lowering.call.span);
  return NONE;
}

/** `enum.create(bind)`, `table.create(bind)`, `sequence.drop(bind)`, `metadata.create_all(bind)`. */
function onSchemaObject(lowering: Lowering, object: Value, name: string): Value | undefined {
  if (name === 'create_all' || name === 'drop_all') {
    sendUnread(lowering, 'unknown-call', `${name} sends the whole metadata of the application`);
    return NONE;
  }
  if (name !== 'create' && name !== 'drop') return undefined;
  const checked = isChecked(lowering.call);
  if (object.type !== 'call') return ofApplication(lowering, object, name);
  const type = readSchemaType(object);
  if (type !== null) {
    const { enum: found, partial } = type;
    const mark = found.partial || partial ? { partial: true as const } : {};
    if (name === 'create') {
      const guard = checked ? { guard: 'if not exists' as const } : {};
      send(lowering, { kind: 'createEnum', type: found.name, values: found.values, ...guard, ...mark }, lowering.call.span);
    } else {
      const guard = checked ? { guard: 'if exists' as const } : {};
      send(lowering, { kind: 'dropObject', object: 'type', name: found.name, ...guard, ...mark }, lowering.call.span);
    }
    return NONE;
  }
  return onTableObject(lowering, object, name, checked);
}

function readSchemaType(object: CallValue): { enum: NonNullable<ReturnType<typeof readType>['enum']>; partial: boolean } | null {
  const called = libraryName(object.callee);
  if (called !== 'Enum' && called !== 'ENUM') return null;
  const reading = new Reading();
  const type = readType(object, reading);
  return type.enum === undefined ? null : { enum: type.enum, partial: reading.partial };
}

/** `checkfirst` asks the database first, and is on unless it is turned off. */
function isChecked(call: CallValue): boolean {
  const value = new Arguments(call, ['bind', 'checkfirst']).value('checkfirst');
  return value === undefined || !(value.type === 'constant' && value.value === false);
}

function onTableObject(lowering: Lowering, object: CallValue, name: 'create' | 'drop', checked: boolean): Value | undefined {
  const reading = new Reading();
  const called = calledName(object);
  if (called === 'Sequence') {
    const sequence = reading.qualified(object.positional[0]?.value, object.keywords.get('schema')?.value);
    if (name === 'create') send(lowering, { kind: 'createSequence', sequence, ...(checked ? { guard: 'if not exists' } : {}) }, lowering.call.span, reading);
    else send(lowering, { kind: 'dropObject', object: 'sequence', name: sequence, ...(checked ? { guard: 'if exists' } : {}) }, lowering.call.span, reading);
    return NONE;
  }
  const table = tableOf(object, reading);
  if (table === null) return undefined;
  if (name === 'create') createTableElement(lowering, object, reading, checked ? { guard: 'if not exists' } : {});
  else send(lowering, { kind: 'dropTable', table, ...(checked ? { guard: 'if exists' as const } : {}) }, lowering.call.span, reading);
  return NONE;
}

/** The class behind `Model.__table__`, when its columns are known. */
function modelOf(object: Value): ClassValue | null {
  const holder = object.type === 'attribute' ? object.object : object;
  return holder.type === 'class' && !holder.members.has('__table__') ? holder : null;
}

/** `Model.__table__.create(bind)`: columns stand in the class, or in the application. */
function ofApplication(lowering: Lowering, object: Value, name: 'create' | 'drop'): Value | undefined {
  const given = lowering.call.positional[0]?.value ?? lowering.call.keywords.get('bind')?.value;
  if (given === undefined || isNone(given) || !isHandle(given) || isEnum(object)) return undefined;
  const reading = new Reading();
  const table = tableOf(object, reading);
  const model = modelOf(object);
  if (table !== null && name === 'drop') dropModel(lowering, table, reading);
  else if (table !== null && model !== null) createModel(lowering, table, model, reading);
  else sendUnread(lowering, 'unknown-call', `${name} of an object that the application defines`);
  return NONE;
}

function dropModel(lowering: Lowering, table: QualifiedName, reading: Reading): void {
  const guard = isChecked(lowering.call) ? { guard: 'if exists' as const } : {};
  send(lowering, { kind: 'dropTable', table, ...guard }, lowering.call.span, reading);
}

function createModel(lowering: Lowering, table: QualifiedName, model: ClassValue, reading: Reading): void {
  const options = new Arguments({ ...lowering.call, positional: [], keywords: new Map() }, []);
  createTableOf(lowering, table, columnsOfModel(model), options, reading, isChecked(lowering.call) ? { guard: 'if not exists' } : {});
}
