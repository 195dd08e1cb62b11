import type * as t from '@babel/types';
import type { Span } from '../../../operations/types.js';
import { parseSource, type SourceFile } from '../parse.js';
import type { Machine } from './machine.js';
import { nodeModule } from './node-modules.js';
import { Scope } from './scope.js';
import { type Dictionary, unknown, type Value } from './value.js';

/** A file of the project with its top level run. */
export interface Module {
  file: SourceFile;
  scope: Scope;
  /** Local name → where it comes from; `*` for a namespace. */
  imports: Map<string, { specifier: string; name: string }>;
  /** Exported name → local name, or the module it is passed on from. */
  exports: Map<string, { local: string } | { specifier: string; name: string }>;
  /** `export * from`. */
  passesOn: string[];
  /** What CommonJS code hangs its exports on. */
  commonJs: Dictionary;
}

/** Imports of imports are followed this deep. */
const MODULES = 12;

/** Reads a file's top level: its names, then its statements in order. */
export function moduleOf(machine: Machine, file: SourceFile): Module {
  const scope = new Scope(machine.root);
  const commonJs: Dictionary = { kind: 'dictionary', properties: new Map() };
  const module: Module = { file, scope, imports: new Map(), exports: new Map(), passesOn: [], commonJs };
  machine.modules.set(file.path, module);
  machine.scopes.set(scope, module);
  // Paths are put together relative to the file.
  scope.declare('__dirname', { kind: 'text', text: '.', segments: [], holes: [] });
  scope.declare('exports', commonJs);
  scope.declare('module', { kind: 'dictionary', properties: new Map([['exports', { value: commonJs }]]) });
  for (const statement of file.program.body) noteNames(module, statement);
  machine.run(file.program.body, scope);
  return module;
}

function noteNames(module: Module, statement: t.Statement): void {
  if (statement.type === 'ImportDeclaration') noteImports(module, statement);
  else if (statement.type === 'ExportAllDeclaration') module.passesOn.push(statement.source.value);
  else if (statement.type === 'ExportDefaultDeclaration' || statement.type === 'TSExportAssignment') module.exports.set('default', { local: '*default*' });
  else if (statement.type === 'ExportNamedDeclaration') noteExports(module, statement);
  else if (statement.type === 'TSImportEqualsDeclaration' && statement.moduleReference.type === 'TSExternalModuleReference') {
    module.imports.set(statement.id.name, { specifier: statement.moduleReference.expression.value, name: '*' });
  }
}

function noteImports(module: Module, statement: t.ImportDeclaration): void {
  const specifier = statement.source.value;
  for (const part of statement.specifiers) {
    const name = part.type === 'ImportDefaultSpecifier' ? 'default' : part.type === 'ImportNamespaceSpecifier' ? '*' : nameOf(part.imported);
    module.imports.set(part.local.name, { specifier, name });
  }
}

function nameOf(node: t.Identifier | t.StringLiteral): string {
  return node.type === 'Identifier' ? node.name : node.value;
}

function noteExports(module: Module, statement: t.ExportNamedDeclaration): void {
  for (const part of statement.specifiers) {
    if (part.type !== 'ExportSpecifier') continue;
    const exported = nameOf(part.exported);
    if (statement.source == null) module.exports.set(exported, { local: part.local.name });
    else module.exports.set(exported, { specifier: statement.source.value, name: part.local.name });
  }
  const { declaration } = statement;
  if (declaration == null) return;
  if (declaration.type === 'VariableDeclaration') {
    for (const { id } of declaration.declarations) if (id.type === 'Identifier') module.exports.set(id.name, { local: id.name });
  } else if ('id' in declaration && declaration.id?.type === 'Identifier') {
    module.exports.set(declaration.id.name, { local: declaration.id.name });
  }
}

/** What an imported name stands for, or undefined when nothing of that name is imported. */
export function importedValue(machine: Machine, module: Module, local: string, at: Span): Value | undefined {
  const from = module.imports.get(local);
  return from === undefined ? undefined : exportOf(machine, module, from.specifier, from.name, at);
}

/** A module's export by its name; `*` is the whole module. Undefined when the module is not to be had. */
export function exportOf(machine: Machine, from: Module, specifier: string, name: string, at: Span): Value | undefined {
  const known = machine.options.library(specifier, name) ?? nodeModule(machine, specifier, name);
  if (known !== undefined) return known;
  const module = loaded(machine, from, specifier, at);
  if (module === null) return undefined;
  return name === '*' ? namespaceOf(machine, module, at) : exported(machine, module, name, at);
}

function loaded(machine: Machine, from: Module, specifier: string, at: Span): Module | null {
  const source = machine.options.host?.resolveImport?.(from.file.path, specifier) ?? null;
  if (source === null) return null;
  const known = machine.modules.get(source.path);
  if (known !== undefined) return known;
  if (machine.modules.size >= MODULES) return null;
  const place = machine.place;
  machine.place = place ?? at;
  try {
    return moduleOf(machine, parseSource(/\.json$/i.test(source.path) ? { path: source.path, text: `module.exports = ${source.text}` } : source));
  } finally {
    machine.place = place;
  }
}

/** Names that are being looked up, by the module that should export them: two modules may pass on each other's. */
const underWay = new WeakMap<Module, Set<string>>();

function exported(machine: Machine, module: Module, name: string, at: Span): Value | undefined {
  const names = underWay.get(module) ?? new Set<string>();
  if (names.has(name)) return undefined;
  underWay.set(module, names.add(name));
  try {
    return exportedOnce(machine, module, name, at);
  } finally {
    names.delete(name);
  }
}

function exportedOnce(machine: Machine, module: Module, name: string, at: Span): Value | undefined {
  const entry = module.exports.get(name);
  if (entry !== undefined) {
    return 'local' in entry
      ? (module.scope.lookup(entry.local) ?? importedValue(machine, module, entry.local, at))
      : exportOf(machine, module, entry.specifier, entry.name, at);
  }
  const commonJs = commonJsOf(module);
  const property = commonJs.properties.get(name);
  if (property !== undefined) return property.value;
  if (name === 'default' && module.exports.size === 0 && commonJs.properties.size > 0) return commonJs;
  for (const specifier of module.passesOn) {
    const value = exportOf(machine, module, specifier, name, at);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** `module.exports` as the file left it. */
export function commonJsOf(module: Module): Dictionary {
  const { scope, commonJs } = module;
  const object = scope.lookup('module');
  const value = object?.kind === 'dictionary' ? object.properties.get('exports')?.value : undefined;
  if (value?.kind === 'dictionary') return value;
  return value === undefined ? commonJs : { kind: 'dictionary', properties: new Map([['default', { value }], ['*', { value }]]) };
}

/** Everything a module exports, under its names; CommonJS and ESM alike. */
export function namespaceOf(machine: Machine, module: Module, at: Span): Value {
  const commonJs = commonJsOf(module);
  const whole = commonJs.properties.get('*');
  if (whole !== undefined) return whole.value;
  const properties = new Map(commonJs.properties);
  for (const name of module.exports.keys()) properties.set(name, { value: exported(machine, module, name, at) ?? unknown(name) });
  return { kind: 'dictionary', properties, ...(module.passesOn.length > 0 && { open: true as const }) };
}
