import type { Argument as ArgumentNode, ComprehensionClause, Expression } from '../syntax/nodes.js';
import { callValue } from './calls.js';
import { display, representation } from './format.js';
import type { Interpreter } from './interpreter.js';
import { isEnum, iterate } from './iterate.js';
import { decode } from './literals.js';
import { lookup, resolveSymbol } from './modules.js';
import { binaryOperation, unaryOperation } from './operators.js';
import type { Scope } from './scope.js';
import { slice, toString, type Part, type Text } from './text.js';
import { equal, numberOf, truthOf, unknown, type CallValue, type Value } from './value.js';

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
    const shown = piece.conversion === '!r' ? representation(value) : display(value);
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

function binary(node: Node<'binary'>, scope: Scope, interpreter: Interpreter): Value {
  const left = evaluate(node.left, scope, interpreter);
  // The right side is not evaluated once the left one decides.
  const truth = node.operator === 'and' || node.operator === 'or' ? truthOf(left) : null;
  if (truth !== null && truth === (node.operator === 'or')) return left;
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
  const answer = interpreter.library.attribute(object, name);
  if (answer !== undefined) return answer;
  switch (object.type) {
    case 'symbol':
      return resolveSymbol({ type: 'symbol', path: `${object.path}.${name}` }, interpreter);
    case 'class': {
      const member = object.members.get(name);
      // A column of a model stays an attribute: its table is known through its class.
      return member === undefined || (member.type === 'call' && !isEnum(object)) ? { type: 'attribute', object, name } : member;
    }
    case 'string':
      return name === 'value' || name === 'name' ? object : { type: 'attribute', object, name };
    case 'unknown':
      if (object.of !== undefined) return { type: 'attribute', object, name };
      return { type: 'unknown', name, ...(object.database === undefined ? {} : { database: object.database }) };
    default:
      return { type: 'attribute', object, name };
  }
}

function subscript(object: Value, index: Expression, scope: Scope, interpreter: Interpreter): Value {
  if (index.kind === 'slice') return sliced(object, index, scope, interpreter);
  return itemOf(object, evaluate(index, scope, interpreter));
}

function itemOf(object: Value, key: Value): Value {
  const at = numberOf(key);
  const word = key.type === 'string' ? toString(key.text) : null;
  switch (object.type) {
    case 'sequence':
      return at === null || object.open === true ? unknown() : (object.items.at(at) ?? unknown());
    case 'dictionary':
      return object.entries.findLast((entry) => equal(entry.key, key) === true)?.value ?? unknown();
    case 'class':
      return (word === null ? undefined : object.members.get(word)) ?? unknown();
    case 'string':
      return at === null ? unknown() : characterAt(object.text, at);
    case 'unknown':
      return { ...object, name: word ?? object.name };
    default:
      return { type: 'subscript', object, index: key };
  }
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
  if (object.type === 'call' || object.type === 'unknown') return { type: 'subscript', object, index: unknown() };
  if (start === null || stop === null || index.step) return unknown();
  if (object.type === 'sequence' && object.open !== true) return { ...object, items: object.items.slice(start, stop) };
  if (object.type !== 'string') return unknown();
  const length = toString(object.text).length;
  const from = start === undefined ? 0 : start < 0 ? Math.max(length + start, 0) : start;
  const to = stop === undefined ? length : stop < 0 ? length + stop : stop;
  return { type: 'string', text: slice(object.text, from, to) };
}

function comprehension(node: Node<'comprehension'>, scope: Scope, interpreter: Interpreter): Value {
  const items: Value[] = [];
  const entries: { key: Value; value: Value }[] = [];
  const state: { open?: Value } = {};
  const produce = (): void => {
    const element = evaluate(node.element, scope, interpreter);
    if (node.value === null) items.push(element);
    else entries.push({ key: element, value: evaluate(node.value, scope, interpreter) });
  };
  unroll(node.clauses, scope, interpreter, produce, state);
  // What is made of an answer of the database is still that answer.
  if (state.open?.type === 'unknown' && state.open.database !== undefined) return state.open;
  const open = state.open === undefined ? {} : { open: true as const };
  if (node.type === 'dictionary') return { type: 'dictionary', entries, ...open };
  return { type: 'sequence', form: node.type, items, ...open };
}

function unroll(
  clauses: readonly ComprehensionClause[],
  scope: Scope,
  interpreter: Interpreter,
  produce: () => void,
  state: { open?: Value },
): void {
  const [clause, ...rest] = clauses;
  if (clause === undefined) {
    produce();
    return;
  }
  if (clause.kind === 'if') {
    const truth = truthOf(evaluate(clause.test, scope, interpreter));
    if (truth === null) state.open ??= unknown();
    if (truth !== false) unroll(rest, scope, interpreter, produce, state);
    return;
  }
  const iterable = evaluate(clause.iterable, scope, interpreter);
  const items = iterate(iterable);
  if (items === null) {
    const item = interpreter.library.item?.(iterable, interpreter, interpreter.at(clause.iterable.span, scope));
    state.open ??= item ?? iterable;
    if (item !== undefined) {
      bindTarget(clause.target, item, scope, interpreter);
      interpreter.undecided(null, () => {
        unroll(rest, scope, interpreter, produce, state);
        return { kind: 'next' };
      });
    }
  }
  for (const item of items ?? []) {
    bindTarget(clause.target, item, scope, interpreter);
    unroll(rest, scope, interpreter, produce, state);
  }
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

/** Assigns to a name, to names in parentheses, or into a list or a dictionary. */
export function bindTarget(target: Expression, value: Value, scope: Scope, interpreter: Interpreter): void {
  if (target.kind === 'name') {
    scope.set(target.id, value.type === 'unknown' && value.name === 'value' ? { ...value, name: target.id } : value);
  } else if (target.kind === 'sequence') {
    const items = value.type === 'sequence' && value.open !== true ? value.items : null;
    const fallback = value.type === 'unknown' ? value : unknown();
    target.items.forEach((item, index) => bindTarget(item, items?.[index] ?? { ...fallback, name: 'value' }, scope, interpreter));
  } else if (target.kind === 'attribute') {
    const object = evaluate(target.object, scope, interpreter);
    interpreter.library.assigned?.(object, target.name, interpreter, interpreter.at(target.span, scope));
  } else if (target.kind === 'subscript' && target.index.kind !== 'slice') {
    const object = evaluate(target.object, scope, interpreter);
    const key = evaluate(target.index, scope, interpreter);
    if (object.type === 'dictionary') object.entries.push({ key, value });
  }
}

