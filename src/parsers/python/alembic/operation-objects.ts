import type { Interpreter } from '../evaluate/interpreter.js';
import { pathOf, type Argument, type CallValue, type ClassValue, type FunctionValue, type Value } from '../evaluate/value.js';
import { Arguments } from './reading.js';

// `op.invoke(ops.AddColumnOp(…))`, and operations that a project registers with
// `Operations.register_operation` and `Operations.implementation_for`.

/** The call of `op` that an operation object of Alembic stands for. */
const CALLS: Record<string, string> = {
  AddColumnOp: 'add_column',
  DropColumnOp: 'drop_column',
  AlterColumnOp: 'alter_column',
  CreateTableOp: 'create_table',
  DropTableOp: 'drop_table',
  RenameTableOp: 'rename_table',
  CreateIndexOp: 'create_index',
  DropIndexOp: 'drop_index',
  CreateForeignKeyOp: 'create_foreign_key',
  CreateUniqueConstraintOp: 'create_unique_constraint',
  CreateCheckConstraintOp: 'create_check_constraint',
  CreatePrimaryKeyOp: 'create_primary_key',
  DropConstraintOp: 'drop_constraint',
  CreateTableCommentOp: 'create_table_comment',
  DropTableCommentOp: 'drop_table_comment',
  BulkInsertOp: 'bulk_insert',
  ExecuteSQLOp: 'execute',
};

/** Keywords that the object spells otherwise than the call. */
const KEYWORDS: Record<string, string> = {
  modify_nullable: 'nullable',
  modify_comment: 'comment',
  modify_server_default: 'server_default',
  modify_name: 'new_column_name',
  modify_type: 'type_',
};

/** The call of `op` that stands for an operation object of Alembic; null for any other value. */
export function callOf(value: Value | undefined): { name: string; call: CallValue } | null {
  if (value?.type !== 'call') return null;
  const kind = /^alembic\.operations(?:\.ops)?\.(\w+)$/.exec(pathOf(value.callee) ?? '')?.[1] ?? '';
  const name = CALLS[kind];
  if (name === undefined) return null;
  const keywords = new Map([...value.keywords].map(([word, argument]) => [KEYWORDS[word] ?? word, argument]));
  return { name, call: { ...value, positional: kind === 'CreateTableOp' ? spread(value.positional) : value.positional, keywords } };
}

/** `CreateTableOp` takes its columns as a list. */
function spread([table, columns, ...rest]: readonly Argument[]): Argument[] {
  const items = columns?.value.type === 'sequence' ? columns.value.items : [];
  return [...(table === undefined ? [] : [table]), ...items.map((value) => ({ ...(columns as Argument), value })), ...rest];
}

function derivesFromOperation({ bases }: ClassValue): boolean {
  return bases.some((base) => (base.type === 'class' ? derivesFromOperation(base) : /^alembic\.operations(?:\.ops)?\.MigrateOperation$/.test(pathOf(base) ?? '')));
}

/** An operation object of a class of the project, made by its `__init__`; undefined of any other class. */
export function operationObject(type: ClassValue, call: CallValue, interpreter: Interpreter): Value | undefined {
  if (!derivesFromOperation(type)) return undefined;
  const instance: CallValue = { ...call, attributes: new Map() };
  const initialise = type.members.get('__init__');
  if (initialise?.type === 'function') interpreter.invoke({ ...initialise, self: instance }, call);
  return instance;
}

const DECORATOR = /^alembic\.operations(?:\.base)?\.(?:Batch)?Operations\.(register_operation|implementation_for)$/;

const OPERATIONS: Value = { type: 'symbol', path: 'alembic.op' };

/** What a project has added to `op`. */
export class RegisteredOperations {
  readonly #calls = new Map<string, FunctionValue>();
  readonly #implementations = new Map<ClassValue, FunctionValue>();

  /** `@Operations.register_operation("name")` and `@Operations.implementation_for(Class)`. */
  decorate(value: Value, decorator: Value): void {
    const word = decorator.type === 'call' ? DECORATOR.exec(pathOf(decorator.callee) ?? '')?.[1] : undefined;
    if (decorator.type !== 'call' || word === undefined) return;
    if (word === 'implementation_for') this.#implement(value, decorator.positional[0]?.value);
    else this.#register(value, new Arguments(decorator, ['name', 'sourcename']));
  }

  #implement(value: Value, type: Value | undefined): void {
    if (type?.type === 'class' && value.type === 'function') this.#implementations.set(type, value);
  }

  #register(value: Value, args: Arguments): void {
    const name = args.string('name');
    const method = value.type === 'class' && name !== undefined ? value.members.get(args.string('sourcename') ?? name) : undefined;
    if (name !== undefined && method?.type === 'function') this.#calls.set(name, { ...method, self: value });
  }

  /** `op.name(…)` of the project's own: false when it has none of that name. */
  call(name: string, call: CallValue, interpreter: Interpreter): boolean {
    const method = this.#calls.get(name);
    if (method === undefined) return false;
    enter(method, call, call.positional, interpreter);
    return true;
  }

  /** `op.invoke(object)`: false when nobody said what to do for its class. */
  invoke(object: Value | undefined, call: CallValue, interpreter: Interpreter): boolean {
    const implementation = object?.type === 'call' && object.callee.type === 'class' ? this.#implementations.get(object.callee) : undefined;
    if (implementation === undefined) return false;
    enter(implementation, { ...call, keywords: new Map() }, call.positional.slice(0, 1), interpreter);
    return true;
  }
}

/** Both are handed the operations first. */
function enter(callee: FunctionValue, call: CallValue, given: readonly Argument[], interpreter: Interpreter): void {
  const first: Argument = { value: OPERATIONS, span: call.span, whole: call.span };
  interpreter.invoke(callee, { ...call, callee, positional: [first, ...given] });
}
