import type * as t from '@babel/types';
import type { Machine } from './machine.js';
import { keyOf } from './patterns.js';
import { Scope } from './scope.js';
import { type ClassValue, type Dictionary, nothing, type Site, type Value } from './value.js';

/** Functions are known before the first statement of their block runs. */
export function declareFunctions(statements: readonly t.Statement[], scope: Scope): void {
  for (const statement of statements) {
    const node =
      statement.type === 'ExportNamedDeclaration' || statement.type === 'ExportDefaultDeclaration' ? statement.declaration : statement;
    if (node?.type === 'FunctionDeclaration' && node.id != null) scope.declare(node.id.name, { kind: 'callable', node, scope });
  }
}

export function classValue(machine: Machine, node: t.Class, scope: Scope): ClassValue {
  const parent = node.superClass == null ? null : machine.evaluate(node.superClass, scope);
  return { kind: 'class', node, scope, parent, span: machine.spanOf(node) };
}

type Member = t.ClassMethod | t.ClassPrivateMethod | t.ClassProperty | t.ClassPrivateProperty | t.ClassAccessorProperty;

function* membersOf(value: ClassValue): Generator<{ name: string | null; member: Member }> {
  for (const member of value.node.body.body) {
    if (!('key' in member) || member.type === 'TSDeclareMethod') continue;
    yield { name: nameOf(member), member };
  }
}

function nameOf(member: Member): string | null {
  const { key } = member;
  if (key.type === 'PrivateName') return `#${key.id.name}`;
  if (key.type === 'Identifier' && !('computed' in member && member.computed === true)) return key.name;
  return key.type === 'StringLiteral' ? key.value : null;
}

/** A method of a class or of the classes it extends; null when it has none of that name. */
export function methodOf(value: ClassValue, name: string, isStatic = false): t.ClassMethod | t.ClassPrivateMethod | null {
  for (const { name: known, member } of membersOf(value)) {
    if (known === name && (member.type === 'ClassMethod' || member.type === 'ClassPrivateMethod') && member.static === isStatic) return member;
  }
  return value.parent?.kind === 'class' ? methodOf(value.parent, name, isStatic) : null;
}

/** The class that holds the method, for the scope its body runs in. */
function ownerOf(value: ClassValue, name: string, isStatic: boolean): ClassValue {
  const own = [...membersOf(value)].some(({ name: known, member }) => known === name && member.type.endsWith('Method') && member.static === isStatic);
  return own || value.parent?.kind !== 'class' ? value : ownerOf(value.parent, name, isStatic);
}

/** A method bound to its object; a getter is run. */
export function boundMethod(value: ClassValue, name: string, self: Value, isStatic = false): Value | null {
  const node = methodOf(value, name, isStatic);
  if (node === null) return null;
  const scope = new Scope(ownerOf(value, name, isStatic).scope);
  scope.self = self;
  return { kind: 'callable', node, scope };
}

export function staticOf(machine: Machine, value: ClassValue, name: string): Value | null {
  for (const { name: known, member } of membersOf(value)) {
    if (known !== name || member.static !== true || !('value' in member)) continue;
    const scope = new Scope(value.scope);
    scope.self = value;
    return machine.evaluate(member.value, scope);
  }
  return boundMethod(value, name, value, true);
}

/** `new C(…)`: fields are set, parents first; the constructor runs. */
export function instantiate(
  machine: Machine,
  value: ClassValue,
  args: Value[],
  site: Site,
  invoke: (callable: Value, args: Value[], site: Site) => Value,
): Dictionary {
  const self: Dictionary = { kind: 'dictionary', properties: new Map(), class: value, span: site.span };
  setFields(machine, value, self);
  const constructor = boundMethod(value, 'constructor', self);
  if (constructor !== null) invoke(constructor, args, site);
  return self;
}

function setFields(machine: Machine, value: ClassValue, self: Dictionary): void {
  if (value.parent?.kind === 'class') setFields(machine, value.parent, self);
  const scope = new Scope(value.scope);
  scope.self = self;
  for (const { name, member } of membersOf(value)) {
    if (member.static === true || !('value' in member) || member.type.endsWith('Method')) continue;
    const held = member.value == null ? nothing : machine.evaluate(member.value, scope);
    const key = name ?? keyOf(machine, member, scope);
    if (key !== null) self.properties.set(key, { value: held, span: machine.spanOf(member) });
  }
}
