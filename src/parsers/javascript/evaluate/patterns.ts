import type * as t from '@babel/types';
import type { Machine } from './machine.js';
import { member } from './members.js';
import type { Scope } from './scope.js';
import { iterated, list, nothing, unknown, type Value } from './value.js';

type Bind = (name: string, value: Value) => void;

/** Declares every name of a pattern with the part of `value` it takes. */
export function declarePattern(machine: Machine, pattern: t.Node, value: Value, scope: Scope): void {
  bind(machine, pattern, value, scope, (name, part) => scope.declare(name, part));
}

/** Assigns to every name of a pattern; a member expression sets the property. */
export function assignPattern(machine: Machine, pattern: t.Node, value: Value, scope: Scope): void {
  bind(machine, pattern, value, scope, (name, part) => scope.assign(name, part, machine.journal));
}

function bind(machine: Machine, pattern: t.Node, value: Value, scope: Scope, to: Bind): void {
  switch (pattern.type) {
    case 'Identifier':
      to(pattern.name, value);
      break;
    case 'AssignmentPattern':
      bind(machine, pattern.left, orDefault(machine, value, pattern.right, scope), scope, to);
      break;
    case 'ObjectPattern':
      bindObject(machine, pattern, value, scope, to);
      break;
    case 'ArrayPattern':
      bindArray(machine, pattern, value, scope, to);
      break;
    case 'MemberExpression':
      setMember(machine, pattern, value, scope);
      break;
    case 'RestElement':
      bind(machine, pattern.argument, value, scope, to);
      break;
    case 'TSParameterProperty':
      bind(machine, pattern.parameter, value, scope, to);
      setField(pattern.parameter, scope);
      break;
    default:
      if ('expression' in pattern && typeof pattern.expression === 'object') bind(machine, pattern.expression, value, scope, to);
  }
}

/** `constructor(private readonly name)`: the parameter is a field as well. */
function setField(parameter: t.Identifier | t.AssignmentPattern, scope: Scope): void {
  const name = parameter.type === 'Identifier' ? parameter : parameter.left;
  const self = scope.thisValue();
  if (name.type === 'Identifier' && self?.kind === 'dictionary') self.properties.set(name.name, { value: scope.lookup(name.name) ?? unknown(name.name) });
}

function orDefault(machine: Machine, value: Value, fallback: t.Expression, scope: Scope): Value {
  if (value.kind === 'primitive' && value.value === undefined) return machine.evaluate(fallback, scope);
  return value;
}

function bindObject(machine: Machine, pattern: t.ObjectPattern, value: Value, scope: Scope, to: Bind): void {
  const taken = new Set<string>();
  for (const property of pattern.properties) {
    if (property.type === 'RestElement') {
      bind(machine, property.argument, without(value, taken), scope, to);
      continue;
    }
    const name = keyOf(machine, property, scope);
    if (name !== null) taken.add(name);
    const part = name === null ? unknown('property') : member(machine, value, name, machine.spanOf(property), name);
    bind(machine, property.value, part, scope, to);
  }
}

function without(value: Value, taken: ReadonlySet<string>): Value {
  if (value.kind !== 'dictionary') return unknown('rest');
  return { ...value, properties: new Map([...value.properties].filter(([name]) => !taken.has(name))) };
}

function bindArray(machine: Machine, pattern: t.ArrayPattern, given: Value, scope: Scope, to: Bind): void {
  const value = iterated(given);
  for (const [index, element] of pattern.elements.entries()) {
    if (element === null) continue;
    if (element.type === 'RestElement') {
      bind(machine, element.argument, value.kind === 'list' ? list(value.items.slice(index)) : unknown('rest'), scope, to);
      continue;
    }
    bind(machine, element, itemAt(value, index), scope, to);
  }
}

function itemAt(value: Value, index: number): Value {
  if (value.kind !== 'list') return unknown(value.kind === 'unknown' ? `${value.label}[${index}]` : 'item');
  return value.items[index] ?? (value.open === true ? unknown('item') : nothing);
}

/** The name of a property, computed or not; null when it is not known. */
export function keyOf(
  machine: Machine,
  property: { key: t.Node; computed?: boolean | null },
  scope: Scope,
): string | null {
  const { key } = property;
  if (property.computed !== true) {
    if (key.type === 'Identifier') return key.name;
    if (key.type === 'PrivateName') return `#${key.id.name}`;
  }
  const value = machine.evaluate(key, scope);
  if (value.kind === 'text' && value.holes.length === 0) return value.text;
  return value.kind === 'primitive' ? String(value.value) : null;
}

function setMember(machine: Machine, target: t.MemberExpression, value: Value, scope: Scope): void {
  const object = machine.evaluate(target.object, scope);
  const name = keyOf(machine, { key: target.property, computed: target.computed }, scope);
  if (object.kind === 'dictionary') {
    if (name === null) object.open = true;
    else object.properties.set(name, { value, span: machine.spanOf(target) });
  }
  if (object.kind === 'list') {
    const index = Number(name);
    if (name !== null && Number.isInteger(index) && index >= 0 && index < 10_000) {
      while (object.items.length < index) object.items.push(nothing);
      object.items[index] = value;
    } else object.open = true;
  }
}
