import type { Span } from '../../../operations/types.js';
import { boundMethod, methodOf, staticOf } from './declarations.js';
import type { Machine } from './machine.js';
import { slice } from './text.js';
import { either, nothing, type Dictionary, type List, primitive, unknown, type Value } from './value.js';

/** `object.name`; `label` names the hole when it is not known. */
export function member(machine: Machine, object: Value, name: string, at: Span, label: string): Value {
  switch (object.kind) {
    case 'dictionary':
      return ofDictionary(machine, object, name, at, label);
    case 'list':
      return ofList(object, name, label);
    case 'text':
      return ofText(object, name, label);
    case 'class':
      return staticOf(machine, object, name) ?? unknown(label);
    case 'host':
      return object.host.get?.(name, at) ?? { ...unknown(label), ...(object.host.carrier && { carrier: true as const }) };
    case 'either':
      return object.options.map((option) => member(machine, option, name, at, label)).reduce((a, b) => either(a, b));
    case 'unknown':
      return { ...unknown(label), ...(object.carrier && { carrier: true as const }) };
    default:
      return unknown(label);
  }
}

function ofDictionary(machine: Machine, object: Dictionary, name: string, at: Span, label: string): Value {
  const property = object.properties.get(name);
  if (property !== undefined) return property.value;
  if (object.class !== undefined) {
    const method = boundMethod(object.class, name, object);
    if (method?.kind === 'callable') {
      return methodOf(object.class, name)?.kind === 'get' ? machine.evaluateCall(method, [], { span: at, callee: label }) : method;
    }
    // What a class we cannot see gives its children is not absent.
    if (object.class.parent !== null && object.class.parent.kind !== 'class') {
      return member(machine, inherited(object.class.parent), name, at, label);
    }
  }
  return object.open === true ? unknown(label) : nothing;
}

function inherited(parent: Value): Value {
  return parent.kind === 'host' ? parent : unknown('base class');
}

function ofList(object: List, name: string, label: string): Value {
  if (name === 'length') return object.open === true ? unknown(label) : primitive(object.items.length);
  if (/^\d+$/.test(name)) return object.items[Number(name)] ?? (object.open === true ? unknown(label) : nothing);
  return unknown(label);
}

function ofText(object: Extract<Value, { kind: 'text' }>, name: string, label: string): Value {
  if (name === 'length') return object.holes.length > 0 ? unknown(label) : primitive(object.text.length);
  if (/^\d+$/.test(name)) return slice(object, Number(name), Number(name) + 1);
  return unknown(label);
}
