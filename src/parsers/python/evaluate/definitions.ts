import type { Expression, Statement } from '../syntax/nodes.js';
import { evaluate } from './expressions.js';
import type { Interpreter } from './interpreter.js';
import { Scope } from './scope.js';
import { pathOf, unknown, type ClassValue, type FunctionValue, type Value } from './value.js';

type Definition<K extends Statement['kind']> = Extract<Statement, { kind: K }>;

/** Binds a function under its name, as its decorators leave it. */
export function defineFunction(statement: Definition<'function'>, scope: Scope, interpreter: Interpreter): void {
  const { name, parameters, body, generator } = statement;
  let value: Value = { type: 'function', name, parameters, body, scope, ...(generator ? { generator: true as const } : {}) };
  for (const decorator of statement.decorators.toReversed()) value = decorated(value, decorator, scope, interpreter);
  scope.set(name, value);
}

const MADE: Record<string, FunctionValue['made']> = {
  'builtins.staticmethod': 'static method',
  'builtins.classmethod': 'class method',
  'builtins.property': 'property',
  'functools.cached_property': 'property',
  'contextlib.contextmanager': 'context manager',
  'contextlib.asynccontextmanager': 'context manager',
};

/** A decorator of the project is called; one of a library leaves the function what it does. */
function decorated(value: Value, decorator: Expression, scope: Scope, interpreter: Interpreter): Value {
  const { span } = decorator;
  const around = evaluate(decorator, scope, interpreter);
  const made = MADE[pathOf(around) ?? ''];
  if (made !== undefined && value.type === 'function') return { ...value, made };
  if (around.type !== 'function') {
    interpreter.library.decorated?.(value, around);
    return value;
  }
  const positional = [{ value, span, whole: span }];
  const result = interpreter.invoke(around, { type: 'call', callee: around, positional, keywords: new Map(), open: false, span });
  return result.type === 'function' || result.type === 'partial' ? result : value;
}

/** Binds a class under its name, with what it has from those of the project that it derives from. */
export function defineClass(statement: Definition<'class'>, scope: Scope, interpreter: Interpreter): void {
  const inner = new Scope(scope.source, scope);
  interpreter.run(statement.body, inner);
  const bases = statement.bases.filter((base) => base.name === null).map((base) => evaluate(base.value, scope, interpreter));
  const inherited = bases.flatMap((base) => (base.type === 'class' ? [base] : [])).reverse();
  const members = new Map(inherited.flatMap((base) => [...base.members].filter(([name]) => !/^__(?!init__|tablename__|table_args__|a?enter__|a?exit__|call__)/.test(name))));
  for (const [name, member] of inner.names()) members.set(name, member);
  const fields = new Set([...inherited.flatMap((base) => base.fields), ...fieldsOf(statement.body)]);
  const value: ClassValue = { type: 'class', name: statement.name, bases, members, fields: [...fields] };
  if (inherited.some((base) => base.dataclass) || statement.decorators.some((decorator) => isDataclass(decorator, scope, interpreter))) value.dataclass = true;
  scope.set(statement.name, value);
  interpreter.library.defined(value, interpreter);
  for (const decorator of statement.decorators) interpreter.library.decorated?.(value, evaluate(decorator, scope, interpreter));
}

function fieldsOf(body: readonly Statement[]): string[] {
  return body.flatMap((statement) => {
    if (statement.kind === 'declare') return [statement.name];
    const [target] = statement.kind === 'assign' && statement.annotated === true ? statement.targets : [];
    return target?.kind === 'name' ? [target.id] : [];
  });
}

const DATACLASS = /^(?:dataclasses\.dataclass|pydantic\.dataclasses\.dataclass|attrs?\.(?:s|attrs|define|frozen|dataclass))$/;

function isDataclass(decorator: Expression, scope: Scope, interpreter: Interpreter): boolean {
  const value = evaluate(decorator, scope, interpreter);
  return DATACLASS.test(pathOf(value.type === 'call' ? value.callee : value) ?? '');
}

/** `del name`, `del d[key]`. */
export function forget(target: Expression, scope: Scope, interpreter: Interpreter, remove: (object: Value, key: Value) => void): void {
  if (target.kind === 'name') scope.delete(target.id);
  if (target.kind !== 'subscript' || target.index.kind === 'slice') return;
  remove(evaluate(target.object, scope, interpreter) ?? unknown(), evaluate(target.index, scope, interpreter));
}
