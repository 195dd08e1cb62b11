import type { Span } from '../../../operations/types.js';
import type { Interpreter, Library } from '../evaluate/interpreter.js';
import { toString } from '../evaluate/text.js';
import {
  booleanOf,
  fromString,
  NONE,
  nameOf,
  pathOf,
  stringOf,
  unknown,
  type CallValue,
  type ClassValue,
  type Value,
} from '../evaluate/value.js';
import { alterColumn } from './alter-column.js';
import { callHandle, handleAttribute, isHandle } from './handles.js';
import { createCheck, createExclude, createForeignKey, createPrimaryKey, createUnique, dropConstraint } from './constraints.js';
import { send, sendUnread, type Lowering } from './context.js';
import { completed, insertRows } from './core-statements.js';
import { entity } from './entities.js';
import { execute } from './execute.js';
import { ExpressionPrinter } from './expression.js';
import { createIndex, dropIndex } from './indexes.js';
import { linesOfFile, readProjectFile } from './files.js';
import { searchTrigger, syncEnumValues } from './plugins.js';
import { callOf, operationObject, RegisteredOperations } from './operation-objects.js';
import { queriedRows, writeAttribute } from './orm.js';
import { Arguments, Reading } from './reading.js';
import type { Recorder } from './recorder.js';
import { tableOf } from './table-value.js';
import { isRecreated, recreateTable } from './batch.js';
import { addColumn, createTable, dropColumn, dropTable, renameTable, tableComment } from './tables.js';

type Lower = (lowering: Lowering) => void;

/** Calls of `op` and, without their table, of a `batch_alter_table` block. */
const OPERATIONS: Record<string, Lower> = {
  add_column: addColumn,
  drop_column: dropColumn,
  alter_column: alterColumn,
  create_index: createIndex,
  drop_index: dropIndex,
  create_foreign_key: createForeignKey,
  create_unique_constraint: createUnique,
  create_check_constraint: createCheck,
  create_primary_key: createPrimaryKey,
  create_exclude_constraint: createExclude,
  drop_constraint: dropConstraint,
  create_table: createTable,
  drop_table: dropTable,
  rename_table: renameTable,
  create_table_comment: tableComment,
  drop_table_comment: tableComment,
  bulk_insert: bulkInsert,
  execute,
  sync_enum_values: syncEnumValues,
  create_entity: entity,
  replace_entity: entity,
  drop_entity: entity,
  run_async: runAsync,
};

/** Calls that give a value and send nothing. */
const VALUES: Record<string, (call: CallValue) => Value> = {
  f: (call) => call.positional[0]?.value ?? unknown('name'),
  inline_literal: (call) => call.positional[0]?.value ?? unknown(),
  get_bind: () => ({ type: 'symbol', path: 'migration.bind' }),
  get_context: () => ({ type: 'symbol', path: 'migration.context' }),
  batch_alter_table: (call) => call,
  implementation_for: () => unknown(),
  register_operation: () => unknown(),
};

const OP = 'alembic.op.';

/** Alembic and SQLAlchemy as the evaluator meets them. */
export class AlembicLibrary implements Library {
  /** Null outside `upgrade` and `downgrade`: nothing runs while a module is imported. */
  recorder: Recorder | null = null;
  /** Operations of open batch blocks, sent when each ends. */
  #savepoints = 0;
  readonly #registered = new RegisteredOperations();
  readonly #pending = new Map<Value, (() => void)[]>();

  call(call: CallValue, interpreter: Interpreter): Value | undefined {
    const path = pathOf(call.callee);
    if (path?.startsWith(OP) === true) return this.#operation(path.slice(OP.length), call, interpreter);
    const { callee } = call;
    if (callee.type === 'attribute' && isBatch(callee.object)) return this.#batch(callee.name, callee.object, call, interpreter);
    if (callee.type === 'attribute' && pathOf(callee.object) === 'alembic.op') return this.#operation('', call, interpreter);
    const pure = pureCall(path, call) ?? readProjectFile(call, interpreter);
    if (pure !== undefined) return pure;
    if (this.recorder === null) return undefined;
    const handled = callHandle(this.#lowering(call, interpreter, null));
    if (handled !== undefined) return handled;
    this.#passedOn(call, interpreter);
    return undefined;
  }

  item(value: Value, interpreter: Interpreter, span: Span): Value | undefined {
    const lines = linesOfFile(value, interpreter);
    if (lines !== undefined || this.recorder === null) return lines;
    return queriedRows(this.#lowering(at(span), interpreter, null), value);
  }

  assigned(object: Value, name: string, interpreter: Interpreter, span: Span): void {
    if (this.recorder !== null) writeAttribute(this.#lowering(at(span), interpreter, null), object, name);
  }

  attribute(object: Value, name: string): Value | undefined {
    return handleAttribute(object, name);
  }

  enter(value: Value, interpreter: Interpreter, span: Span): (() => void) | undefined {
    if (value.type !== 'call' || this.recorder === null) return undefined;
    const path = pathOf(value.callee);
    if (path === `${OP}batch_alter_table`) return this.#enterBatch(value, interpreter);
    if (path !== null && /^migration\.(?:bind|session)\.begin_nested$/.test(path)) return this.#enterSavepoint(value, interpreter, span);
    if (path !== 'migration.context.autocommit_block') return undefined;
    // The block commits what stands before it and begins again when it ends.
    const lowering = this.#lowering(value, interpreter, null);
    send(lowering, { kind: 'commit', implied: true }, span);
    return () => send(lowering, { kind: 'begin', implied: true }, span);
  }

  star(module: string, name: string): Value | undefined {
    if (module === 'alembic.op') {
      return name in OPERATIONS || name in VALUES ? { type: 'symbol', path: `${OP}${name}` } : undefined;
    }
    if (module === 'alembic') return name === 'op' ? { type: 'symbol', path: 'alembic.op' } : undefined;
    return /^sqlalchemy/.test(module) && /^(?:[A-Z]|text$|func$|table$|column$|select$|update$|delete$|insert$|and_$|or_$)/.test(name)
      ? { type: 'symbol', path: `${module}.${name}` }
      : undefined;
  }

  /** A TypeDecorator that decides by dialect is asked what it is on PostgreSQL, a UserDefinedType how it is spelled. */
  defined(value: ClassValue, interpreter: Interpreter): void {
    const { recorder } = this;
    this.recorder = null;
    this.#ask(value, 'load_dialect_impl', [{ type: 'symbol', path: 'migration.dialect' }], interpreter);
    this.recorder = recorder;
  }

  decorated(value: Value, decorator: Value): void {
    this.#registered.decorate(value, decorator);
  }

  #ask(value: ClassValue, name: string, given: readonly Value[], interpreter: Interpreter): void {
    const method = value.members.get(name);
    if (method?.type !== 'function') return;
    const span = { start: 0, end: 0 };
    const positional = given.map((argument) => ({ value: argument, span, whole: span }));
    const call: CallValue = { type: 'call', callee: method, positional, keywords: new Map(), open: false, span };
    value.members.set(name, interpreter.invoke({ ...method, self: value }, call));
  }

  /** A type of the project spells itself: its `__init__` and `get_col_spec` are run. */
  made(type: ClassValue, call: CallValue, interpreter: Interpreter): Value | undefined {
    const spelling = type.members.get('get_col_spec');
    if (spelling?.type !== 'function') return operationObject(type, call, interpreter);
    const instance: CallValue = { ...call, attributes: new Map() };
    const initialise = type.members.get('__init__');
    if (initialise?.type === 'function') interpreter.invoke({ ...initialise, self: instance }, call);
    const asked: CallValue = { ...call, callee: spelling, positional: [], keywords: new Map() };
    instance.attributes?.set('__spelling__', interpreter.invoke({ ...spelling, self: instance }, asked));
    return instance;
  }

  broken(span: Span, interpreter: Interpreter): void {
    const text = interpreter.source.text.slice(span.start, span.end);
    this.recorder?.add(
      { kind: 'unread', cause: 'syntax', reason: 'Python that could not be read', text },
      span,
      this.recorder.statement(span),
      { conditional: interpreter.conditional > 0, guard: null },
    );
  }

  #lowering(call: CallValue, interpreter: Interpreter, batch: Lowering['batch']): Lowering {
    const circumstance = { conditional: interpreter.conditional > 0, guard: interpreter.guard };
    // `recorder` is only asked for where one is there.
    return { call, recorder: this.recorder as Recorder, interpreter, circumstance, batch };
  }

  #operation(name: string, call: CallValue, interpreter: Interpreter): Value | undefined {
    const value = VALUES[name];
    if (value !== undefined) return value(call);
    if (this.recorder === null) return NONE;
    if (this.#registered.call(name, call, interpreter)) return NONE;
    if (name === 'invoke') return this.#invoke(call, interpreter);
    const lowering = this.#lowering(call, interpreter, null);
    const lower = OPERATIONS[name];
    if (lower === undefined) sendUnread(lowering, 'unknown-call', `op.${name === '' ? '…' : name} is not an operation of Alembic`);
    else lower(lowering);
    // The table that `create_table` gives back is used for inserts.
    return name === 'create_table' ? undefined : NONE;
  }

  #invoke(call: CallValue, interpreter: Interpreter): Value | undefined {
    const object = call.positional[0]?.value;
    const stands = callOf(object);
    if (stands !== null) return this.#operation(stands.name, stands.call, interpreter);
    if (this.#registered.invoke(object, call, interpreter)) return NONE;
    sendUnread(this.#lowering(call, interpreter, null), 'unknown-call', 'op.invoke runs an operation object');
    return NONE;
  }

  #batch(name: string, batch: CallValue, call: CallValue, interpreter: Interpreter): Value | undefined {
    if (name === 'f') return call.positional[0]?.value;
    if (name === 'get_bind') return { type: 'symbol', path: 'migration.bind' };
    if (this.recorder === null) return NONE;
    const args = new Arguments(batch, ['table_name', 'schema']);
    const lowering = this.#lowering(call, interpreter, { table: args.value('table_name'), schema: args.value('schema') });
    const lower = OPERATIONS[name];
    const run = (): void => {
      if (lower === undefined) sendUnread(lowering, 'unknown-call', `batch operation ${name} is not one of Alembic`);
      else lower(lowering);
    };
    // A block sends its operations when it ends; what else stands in it goes first.
    const pending = this.#pending.get(batch);
    if (pending === undefined || name === 'execute') run();
    else pending.push(run);
    return NONE;
  }

  #enterSavepoint(call: CallValue, interpreter: Interpreter, span: Span): () => void {
    const lowering = this.#lowering(call, interpreter, null);
    const name = `sa_savepoint_${++this.#savepoints}`;
    send(lowering, { kind: 'savepoint', name }, span);
    return () => send(lowering, { kind: 'savepoint', name, release: true }, span);
  }

  #enterBatch(batch: CallValue, interpreter: Interpreter): () => void {
    const own: (() => void)[] = [];
    const lowering = this.#lowering(batch, interpreter, null);
    this.#pending.set(batch, own);
    return () => {
      this.#pending.delete(batch);
      if (isRecreated(batch) && own.length > 0) recreateTable(lowering);
      else for (const run of own) run();
    };
  }

  /** A function we cannot enter that is handed the connection may do anything with it. */
  #passedOn(call: CallValue, interpreter: Interpreter): void {
    const given = [...call.positional, ...call.keywords.values()].some((argument) => isHandle(argument.value));
    const path = pathOf(call.callee);
    const known = path !== null && /^(?:sqlalchemy|sqlmodel|builtins|alembic)\./.test(path);
    // Reflection reads the catalogue and nothing else.
    const reflects = call.callee.type === 'attribute' && /^(?:reflect|prepare)$/.test(call.callee.name);
    if (!given || known || reflects || call.callee.type === 'class') return;
    const lowering = this.#lowering(call, interpreter, null);
    if (searchTrigger(lowering)) return;
    sendUnread(lowering, 'unknown-call', `${nameOf(call.callee)} is given the connection and could not be read`);
  }
}

/** What happens without a call, at the place where it does. */
function at(span: Span): CallValue {
  return { type: 'call', callee: unknown(), positional: [], keywords: new Map(), open: false, span };
}

function isBatch(value: Value): value is CallValue {
  return value.type === 'call' && pathOf(value.callee) === `${OP}batch_alter_table`;
}

/** Calls that always answer the same. */
const FIXED: Record<string, Value> = {
  'alembic.context.is_offline_mode': { type: 'constant', value: false },
  'alembic.context.get_context': { type: 'symbol', path: 'migration.context' },
  'alembic.context.get_bind': { type: 'symbol', path: 'migration.bind' },
};

/** Calls of the standard library that give a known value. */
function pureCall(path: string | null, call: CallValue): Value | undefined {
  const first = call.positional[0]?.value;
  const fixed = FIXED[path ?? ''];
  if (fixed !== undefined) return fixed;
  if (path?.endsWith('.quote') === true && first?.type === 'string') return fromString(`"${toString(first.text)}"`);
  return undefined;
}

/** `op.run_async(coroutine, …)` calls it with the connection first; one of the project is entered. */
function runAsync(lowering: Lowering): void {
  const { call, interpreter } = lowering;
  const [callee, ...rest] = call.positional;
  if (callee?.value.type !== 'function') {
    sendUnread(lowering, 'unknown-call', 'op.run_async runs a coroutine of its own');
    return;
  }
  const bind = { ...callee, value: { type: 'symbol', path: 'migration.bind' } as Value };
  interpreter.invoke(callee.value, { ...call, callee: callee.value, positional: [bind, ...rest] });
}

function bulkInsert(lowering: Lowering): void {
  const args = new Arguments(lowering.call, ['table', 'rows', 'multiinsert']);
  const reading = new Reading();
  const table = tableOf(args.value('table'), reading);
  const rows = args.value('rows');
  if (table === null) reading.partial = true;
  const name = table ?? { name: reading.name(args.value('table')) };
  const known = rows?.type === 'sequence' && rows.open !== true ? rows.items : null;
  if (known?.length === 0) return;
  if (known === null) {
    reading.partial = true;
    send(lowering, { kind: 'insert', table: name, columns: [], source: 'values', reads: [], text: '' }, args.span('table'), reading);
    return;
  }
  const given = known.flatMap((row) =>
    row.type === 'dictionary' ? [row.entries.map((entry) => ({ column: stringOf(entry.key) ?? 'value', value: entry.value }))] : [],
  );
  const cells = completed(given, args.value('table'), reading);
  const own = new Reading();
  const draft = insertRows(name, cells, new ExpressionPrinter(own, false));
  const groups = booleanOf(args.value('multiinsert')) === false ? cells.map((row) => [row]) : null;
  if (groups === null) send(lowering, draft, args.span('table'), reading);
  else for (const group of groups) send(lowering, insertRows(name, group, new ExpressionPrinter(own, false)), args.span('table'), reading);
}
