import type { Source } from '../../parser.js';
import { readModule } from '../syntax/module.js';
import type { Module, Statement } from '../syntax/nodes.js';
import { BUILTINS } from './builtins.js';
import type { Interpreter } from './interpreter.js';
import { ModuleScope } from './module-scope.js';
import type { Scope } from './scope.js';
import { fromString, unknown, type Value } from './value.js';

/** Packages whose objects stay symbolic: nobody's migration writes its own. */
const LIBRARIES =
  /^(?:sqlalchemy|alembic|sqlmodel|geoalchemy2|pgvector|sqlalchemy_utils|builtins|flask|typing|enum|textwrap|datetime|os|pathlib|json|uuid|re|logging|collections|itertools|functools|importlib|time|sys|decimal|string|random|hashlib|secrets|contextlib|dataclasses|abc|copy|math|asyncio|operator|types|inspect|warnings|io|csv|base64|traceback|typing_extensions|__future__)(?:\.|$)/;

/** The value of a bare name. */
export function lookup(name: string, scope: Scope, interpreter: Interpreter): Value {
  const found = scope.get(name);
  if (found !== undefined) {
    const resolved = found.type === 'symbol' ? resolveSymbol(found, interpreter) : found;
    return resolved;
  }
  if (name === '__file__') return fromString(scope.source.path);
  // Alembic loads a revision under its file's name.
  if (name === '__name__') return fromString(scope.source.path.replace(/^.*\//, '').replaceAll(/\W/g, '_'));
  for (const module of interpreter.stars.toReversed()) {
    const starred = interpreter.library.star(module, name);
    if (starred !== undefined) return starred;
  }
  return BUILTINS.has(name) ? { type: 'symbol', path: `builtins.${name}` } : unknown(name);
}

export function importModule(statement: Extract<Statement, { kind: 'import' }>, scope: Scope, interpreter: Interpreter): void {
  const root = statement.module.split('.')[0] ?? statement.module;
  // `import a.b` binds `a`, `import a.b as c` binds the module itself.
  if (statement.alias === null) scope.set(root, { type: 'symbol', path: root });
  else scope.set(statement.alias, resolveSymbol({ type: 'symbol', path: statement.module }, interpreter));
}

export function importFrom(statement: Extract<Statement, { kind: 'importFrom' }>, scope: Scope, interpreter: Interpreter): void {
  for (const { name, alias } of statement.names) {
    if (name !== '*') {
      const path = statement.module.endsWith('.') ? `${statement.module}${name}` : `${statement.module}.${name}`;
      scope.set(alias, { type: 'symbol', path: absolute(path, scope) });
    } else if (LIBRARIES.test(statement.module)) {
      interpreter.stars.push(statement.module);
    } else {
      const module = moduleScope(absolute(statement.module, scope), interpreter);
      for (const [inner, value] of module?.all() ?? []) scope.set(inner, value);
    }
  }
}

/** A relative module keeps its dots and the file it was written in: `path/to/file.py|..constants.NAME`. */
function absolute(path: string, scope: Scope): string {
  return path.startsWith('.') ? `${scope.source.path}|${path}` : path;
}

/** The value that a symbol of the project's own code stands for; the symbol itself when it cannot be found. */
export function resolveSymbol(symbol: Extract<Value, { type: 'symbol' }>, interpreter: Interpreter): Value {
  if (LIBRARIES.test(symbol.path) || interpreter.host.resolveImport === undefined) return symbol;
  const dot = symbol.path.lastIndexOf('.');
  if (dot < 0) return symbol;
  const name = symbol.path.slice(dot + 1);
  let module = symbol.path.slice(0, dot);
  if (/\|\.*$/.test(module)) module = symbol.path.slice(0, dot + 1);
  const value = moduleScope(module, interpreter)?.get(name);
  return value === undefined || value === symbol ? symbol : value.type === 'symbol' ? resolveSymbol(value, interpreter) : value;
}

/** The names of a module of the project, read once; null when the host has no such file. */
function moduleScope(module: string, interpreter: Interpreter): ModuleScope | null {
  const known = interpreter.modules.get(module);
  if (known !== undefined) return known;
  interpreter.modules.set(module, null);
  const [from, specifier] = module.includes('|') ? (module.split('|') as [string, string]) : [interpreter.source.path, module];
  const source = interpreter.host.resolveImport?.(from, specifier) ?? null;
  if (source === null) return null;
  const scope = new ModuleScope(source, moduleOf(source), (statements, inner) => interpreter.run(statements, inner));
  interpreter.modules.set(module, scope);
  return scope;
}

/** A host that keeps its sources spares their modules a second reading. */
const READ = new WeakMap<Source, Module>();

function moduleOf(source: Source): Module {
  let module = READ.get(source);
  if (module === undefined) {
    module = readModule(source.text);
    READ.set(source, module);
  }
  return module;
}
