import type { Argument as ArgumentNode, Expression } from '../syntax/nodes.js';
import { callValue } from './calls.js';
import { comprehension } from './comprehension.js';
import { display, representation } from './format.js';
import { laidOut } from './format-spec.js';
import { classAttribute, instanceAttribute, memberAttribute, membersOf } from './instances.js';
import type { Interpreter } from './interpreter.js';
import { iterate } from './iterate.js';
import { decode } from './literals.js';
import { lookup, resolveSymbol } from './modules.js';
import { binaryOperation, unaryOperation } from './operators.js';
import type { Scope } from './scope.js';
import { slice, toString, type Part, type Text } from './text.js';
import { equal, numberOf, truthOf, unknown, type CallValue, type UnknownValue, type Value } from './value.js';

/** The value of an expression; calls to the database happen on the way. */
export function evaluate(node: Expression, scope: Scope, interpreter: Interpreter): Value {
  switch (node.kind) {
    case 'string':
      return stringValue(node, scope, interpreter);
    case 'number':
      return { type: 'number', text: node.text };
    case 'constant':
      return { type: 'constant', value: node.value };
    case 'name':
      return lookup(node.id, scope, interpreter);
    case 'attribute':
      return attributeOf(evaluate(node.object, scope, interpreter), node.name, interpreter);
    case 'call':
      return call(node, scope, interpreter);
    case 'sequence':
      return { type: 'sequence', form: node.type, ...itemsOf(node.items, scope, interpreter) };
    case 'dictionary':
      return dictionary(node, scope, interpreter);
    case 'binary':
      return binary(node, scope, interpreter);
    case 'unary':
      return unaryOperation(node.operator, evaluate(node.operand, scope, interpreter));
    case 'conditional':
      return conditional(node, scope, interpreter);
    case 'subscript':
      return subscript(evaluate(node.object, scope, interpreter), node.index, scope, interpreter);
    case 'comprehension':
      return comprehension(node, scope, interpreter);
    case 'lambda':
      return { type: 'function', name: 'lambda', parameters: node.parameters, body: node.body, scope };
    case 'assignment': {
      const value = evaluate(node.value, scope, interpreter);
      scope.set(node.name, value);
      return value;
    }
    case 'star':
      return evaluate(node.value, scope, interpreter);
    case 'yield':
      return yielded(node, scope, interpreter);
    default:
      return unknown();
  }
}

type Node<K extends Expression['kind']> = Extract<Expression, { kind: K }>;

function stringValue(node: Node<'string'>, scope: Scope, interpreter: Interpreter): Value {
  const text: Part[] = [];
  const own = scope.source === interpreter.source;
  for (const piece of node.pieces) {
    if (piece.kind === 'text') {
      text.push(...decode(scope.source.text, piece.span, own, piece.raw));
      continue;
    }
    const value = evaluate(piece.value, scope, interpreter);
    const shown = laidOut(value, piece.conversion === '!r' ? representation(value) : display(value), piece.format.replace(/^:/, ''));
    // The hole stands where it is written, whatever fills it.
    for (const part of shown) text.push(own ? { text: part.text, span: piece.span, ...(part.hole ? { hole: true as const } : {}) } : part);
  }
  return { type: 'string', text: text.length === 0 ? [{ text: '' }] : text };
}

function itemsOf(nodes: readonly Expression[], scope: Scope, interpreter: Interpreter): { items: Value[]; open?: true } {
  const items: Value[] = [];
  let open = false;
  for (const node of nodes) {
    const value = evaluate(node, scope, interpreter);
    const spread = node.kind === 'star' ? iterate(value) : [value];
    if (spread === null) open = true;
    else items.push(...spread);
  }
  return open ? { items, open: true } : { items };
}

function dictionary(node: Node<'dictionary'>, scope: Scope, interpreter: Interpreter): Value {
  const entries: { key: Value; value: Value }[] = [];
  let open = false;
  for (const entry of node.entries) {
    const value = evaluate(entry.value, scope, interpreter);
    if (entry.key !== null) entries.push({ key: evaluate(entry.key, scope, interpreter), value });
    else if (value.type === 'dictionary') entries.push(...value.entries);
    else open = true;
  }
  return { type: 'dictionary', entries, ...(open ? { open: true as const } : {}) };
}

/** A generator gives what it yields to whoever runs it; what it is sent is not known. */
function yielded(node: Node<'yield'>, scope: Scope, interpreter: Interpreter): Value {
  const value: Value = node.value === null ? { type: 'constant', value: null } : evaluate(node.value, scope, interpreter);
  if (!node.from) interpreter.give(value);
  else for (const item of iterate(value) ?? [unknown()]) interpreter.give(item);
  return unknown('sent');
}

const COMPARISON = /^(?:[<>]=?|[!=]=)$/;

function binary(node: Node<'binary'>, scope: Scope, interpreter: Interpreter): Value {
  const left = evaluate(node.left, scope, interpreter);
  // The right side is not evaluated once the left one decides.
  const truth = node.operator === 'and' || node.operator === 'or' ? truthOf(left) : null;
  if (truth !== null && truth === (node.operator === 'or')) return left;
  // `a < b < c` is `a < b and b < c`.
  if (COMPARISON.test(node.operator) && node.left.kind === 'binary' && COMPARISON.test(node.left.operator)) {
    const middle = evaluate(node.left.right, scope, interpreter);
    return binaryOperation('and', left, binaryOperation(node.operator, middle, evaluate(node.right, scope, interpreter)));
  }
  return binaryOperation(node.operator, left, evaluate(node.right, scope, interpreter));
}

function conditional(node: Node<'conditional'>, scope: Scope, interpreter: Interpreter): Value {
  const truth = truthOf(evaluate(node.test, scope, interpreter));
  if (truth !== null) return evaluate(truth ? node.then : node.otherwise, scope, interpreter);
  const then = evaluate(node.then, scope, interpreter);
  const otherwise = evaluate(node.otherwise, scope, interpreter);
  return equal(then, otherwise) === true ? then : unknown();
}

/** `object.name` of a value already known. */
export function attributeOf(object: Value, name: string, interpreter: Interpreter): Value {
  const answer = interpreter.library.attribute(object, name) ?? memberAttribute(object, name, interpreter);
  if (answer !== undefined) return answer;
  switch (object.type) {
    case 'symbol':
      return resolveSymbol({ type: 'symbol', path: `${object.path}.${name}` }, interpreter);
    case 'class':
      return classAttribute(object, name) ?? { type: 'attribute', object, name };
    case 'call':
      return instanceAttribute(object, name, interpreter) ?? { type: 'attribute', object, name };
    case 'sequence': {
      const at = object.names?.indexOf(name) ?? -1;
      return object.items[at] ?? { type: 'attribute', object, name };
    }
    case 'string':
      return name === 'value' || name === 'name' ? object : { type: 'attribute', object, name };
    case 'unknown':
      return attributeOfUnknown(object, name);
    default:
      return { type: 'attribute', object, name };
  }
}

function attributeOfUnknown(object: UnknownValue, name: string): Value {
  if (object.of !== undefined) return { type: 'attribute', object, name };
  return { type: 'unknown', name, ...(object.database === undefined ? {} : { database: object.database }) };
}

function subscript(object: Value, index: Expression, scope: Scope, interpreter: Interpreter): Value {
  if (index.kind === 'slice') return sliced(object, index, scope, interpreter);
  return itemOf(object, evaluate(index, scope, interpreter));
}

/** `object[key]`. */
export function itemOf(object: Value, key: Value): Value {
  switch (object.type) {
    case 'sequence':
    case 'string':
      return itemAt(object, numberOf(key));
    case 'dictionary':
      return object.entries.findLast((entry) => equal(entry.key, key) === true)?.value ?? unknown();
    case 'class':
      return membersOf(object).find(([name]) => name === wordOf(key))?.[1] ?? unknown();
    case 'unknown':
      return { ...object, name: wordOf(key) ?? object.name };
    default:
      return { type: 'subscript', object, index: key };
  }
}

function wordOf(key: Value): string | null {
  return key.type === 'string' ? toString(key.text) : null;
}

function itemAt(object: Extract<Value, { type: 'sequence' | 'string' }>, at: number | null): Value {
  if (at === null) return unknown();
  if (object.type === 'string') return characterAt(object.text, at);
  return object.open === true ? unknown() : (object.items.at(at) ?? unknown());
}

function characterAt(text: Text, at: number): Value {
  const from = at < 0 ? toString(text).length + at : at;
  return { type: 'string', text: slice(text, from, from + 1) };
}

function sliced(object: Value, index: Node<'slice'>, scope: Scope, interpreter: Interpreter): Value {
  const bound = (node: Expression | null): number | null | undefined =>
    node === null ? undefined : numberOf(evaluate(node, scope, interpreter));
  const start = bound(index.start);
  const stop = bound(index.stop);
  const step = bound(index.step) ?? (index.step === null ? 1 : null);
  if (object.type === 'call' || object.type === 'unknown') return { type: 'subscript', object, index: unknown() };
  if (start === null || stop === null || step === null || step === 0) return unknown();
  if (object.type === 'sequence' && object.open !== true) {
    return { ...object, items: indexesOf(object.items.length, start, stop, step).flatMap((at) => object.items[at] ?? []) };
  }
  if (object.type !== 'string') return unknown();
  return { type: 'string', text: charactersAt(object.text, indexesOf(toString(object.text).length, start, stop, step), step) };
}

/** Characters in a row stay in one piece. */
function charactersAt(text: Text, indexes: readonly number[], step: number): Text {
  const [first] = indexes;
  if (first === undefined) return [{ text: '' }];
  return step === 1 ? slice(text, first, first + indexes.length) : indexes.flatMap((at) => slice(text, at, at + 1));
}

/** The places that `[start:stop:step]` takes of so many. */
function indexesOf(length: number, start: number | undefined, stop: number | undefined, step: number): number[] {
  const clamp = (at: number): number => Math.min(Math.max(at < 0 ? length + at : at, step < 0 ? -1 : 0), step < 0 ? length - 1 : length);
  const from = start === undefined ? (step < 0 ? length - 1 : 0) : clamp(start);
  const to = stop === undefined ? (step < 0 ? -1 : length) : clamp(stop);
  const found: number[] = [];
  for (let at = from; step < 0 ? at > to : at < to; at += step) found.push(at);
  return found;
}

function call(node: Node<'call'>, scope: Scope, interpreter: Interpreter): Value {
  const callee = evaluate(node.callee, scope, interpreter);
  const value: CallValue = {
    type: 'call',
    callee,
    positional: [],
    keywords: new Map(),
    open: false,
    span: interpreter.at(node.span, scope),
  };
  for (const argument of node.arguments) addArgument(value, argument, scope, interpreter);
  return callValue(value, scope, interpreter);
}

function addArgument(call: CallValue, node: ArgumentNode, scope: Scope, interpreter: Interpreter): void {
  const value = evaluate(node.value, scope, interpreter);
  const span = interpreter.at(node.value.span, scope);
  const whole = interpreter.at(node.span, scope);
  if (node.name !== null) {
    call.keywords.set(node.name, { value, span, whole });
  } else if (node.star === '*') {
    const items = iterate(value);
    if (items === null) call.open = true;
    else call.positional.push(...items.map((item) => ({ value: item, span, whole })));
  } else if (node.star === '**') {
    if (value.type !== 'dictionary' || value.open === true) call.open = true;
    for (const entry of value.type === 'dictionary' ? value.entries : []) {
      if (entry.key.type === 'string') call.keywords.set(toString(entry.key.text), { value: entry.value, span, whole });
    }
  } else {
    call.positional.push({ value, span, whole });
  }
}
