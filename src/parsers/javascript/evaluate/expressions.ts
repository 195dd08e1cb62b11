import type * as t from '@babel/types';
import { asTest, both, negate, oneOf, strictlyEqual } from './conditions.js';
import { evaluateCall, evaluateNew, evaluateTagged } from './calls.js';
import { classValue } from './declarations.js';
import type { Machine } from './machine.js';
import { member } from './members.js';
import { arithmetic } from './operators.js';
import { assignPattern, keyOf } from './patterns.js';
import type { Scope } from './scope.js';
import { joined, strung } from './strings.js';
import { literalText, relocate, type Text, textAt } from './text.js';
import { either, iterated, type List, list, nothing, primitive, type Property, truthOf, unknown, type Value } from './value.js';

type Evaluator<T extends t.Node> = (machine: Machine, node: T, scope: Scope) => Value;

const through = (machine: Machine, node: { expression: t.Expression }, scope: Scope): Value => machine.evaluate(node.expression, scope);

const callable: Evaluator<t.FunctionExpression | t.ArrowFunctionExpression> = (machine, node, scope) => ({
  kind: 'callable',
  node,
  scope,
  span: machine.spanOf(node),
});

const EVALUATORS: { [K in t.Node['type']]?: Evaluator<Extract<t.Node, { type: K }>> } = {
  StringLiteral: (machine, node) => {
    const span = machine.spanOf(node);
    if (machine.place !== null) return textAt(node.value, span);
    const raw = typeof node.extra?.raw === 'string' ? node.extra.raw.slice(1, -1) : '';
    return literalText(node.value, raw, (node.start ?? 0) + 1, span);
  },
  TemplateLiteral: (machine, node, scope) => {
    const quasis = node.quasis.map((quasi) => quasiText(machine, quasi, false));
    return { ...joined(templateParts(machine, node, quasis, scope)), span: machine.spanOf(node) };
  },
  TemplateElement: (machine, node) => quasiText(machine, node, false),
  NumericLiteral: (machine, node) => primitive(node.value, machine.spanOf(node)),
  BigIntLiteral: (machine, node) => primitive(BigInt(node.value), machine.spanOf(node)),
  BooleanLiteral: (machine, node) => primitive(node.value, machine.spanOf(node)),
  NullLiteral: (machine, node) => primitive(null, machine.spanOf(node)),
  RegExpLiteral: (machine, node) => {
    try {
      return { kind: 'pattern', value: new RegExp(node.pattern, node.flags), span: machine.spanOf(node) };
    } catch {
      return unknown('pattern');
    }
  },
  Identifier: (machine, node, scope) => {
    if (node.name === 'undefined') return nothing;
    const local = scope.lookup(node.name);
    if (local !== undefined) return local;
    const foreign = machine.imported(machine.moduleOf(scope), node.name, machine.spanOf(node));
    if (foreign === undefined) return unknown(node.name, machine.spanOf(node));
    return foreign.kind === 'text' ? relocate(foreign, machine.spanOf(node)) : foreign;
  },
  ThisExpression: (_machine, _node, scope) => scope.thisValue() ?? unknown('this'),
  Super: (_machine, _node, scope) => {
    const self = scope.thisValue();
    return self?.kind === 'dictionary' ? (self.class?.parent ?? unknown('super')) : unknown('super');
  },
  ArrayExpression: (machine, node, scope) => ({ ...elements(machine, node.elements, scope), span: machine.spanOf(node) }),
  ObjectExpression: objectValue,
  FunctionExpression: callable,
  ArrowFunctionExpression: callable,
  ClassExpression: classValue,
  MemberExpression: memberValue,
  OptionalMemberExpression: memberValue,
  CallExpression: evaluateCall,
  OptionalCallExpression: evaluateCall,
  NewExpression: evaluateNew,
  TaggedTemplateExpression: evaluateTagged,
  AwaitExpression: (machine, node, scope) => machine.settle(machine.evaluate(node.argument, scope), { span: machine.spanOf(node), callee: machine.textOf(node, scope) }),
  YieldExpression: yielded,
  TSAsExpression: through,
  TSSatisfiesExpression: through,
  TSNonNullExpression: through,
  TSTypeAssertion: through,
  TSInstantiationExpression: through,
  TypeCastExpression: through,
  ParenthesizedExpression: through,
  SequenceExpression: (machine, node, scope) => node.expressions.map((part) => machine.evaluate(part, scope)).at(-1) ?? nothing,
  ConditionalExpression: conditional,
  LogicalExpression: logical,
  BinaryExpression: (machine, node, scope) => {
    const left = machine.evaluate(node.left, scope);
    const right = machine.evaluate(node.right, scope);
    if (node.operator === '+') {
      const text = strung(machine, { value: left, node: node.left }, { value: right, node: node.right }, scope);
      if (text !== null) return { ...text, span: machine.spanOf(node) };
    }
    if (node.operator === '===' || node.operator === '==') return strictlyEqual(left, right);
    if (node.operator === '!==' || node.operator === '!=') return negate(strictlyEqual(left, right));
    return arithmetic(node.operator, left, right) ?? unknown(machine.textOf(node, scope), machine.spanOf(node));
  },
  UnaryExpression: (machine, node, scope) => {
    const value = machine.evaluate(node.argument, scope);
    if (node.operator === '!') return negate(value);
    if (node.operator === 'void') return nothing;
    if (node.operator === '-' && value.kind === 'primitive' && typeof value.value === 'number') return primitive(-value.value, machine.spanOf(node));
    return unknown(machine.textOf(node, scope));
  },
  UpdateExpression: (machine, node, scope) => {
    const before = machine.evaluate(node.argument, scope);
    const after =
      before.kind === 'primitive' && typeof before.value === 'number' ? primitive(before.value + (node.operator === '++' ? 1 : -1)) : unknown('counter');
    assignPattern(machine, node.argument, after, scope);
    return node.prefix ? after : before;
  },
  AssignmentExpression: assignment,
};

export function evaluateExpression(machine: Machine, node: t.Node, scope: Scope): Value {
  const evaluator = EVALUATORS[node.type] as Evaluator<t.Node> | undefined;
  return evaluator === undefined ? unknown(machine.textOf(node, scope), machine.spanOf(node)) : evaluator(machine, node, scope);
}

/** A template's fixed part; `raw` keeps its escapes as `String.raw` does. */
export function quasiText(machine: Machine, quasi: t.TemplateElement, raw: boolean): Text {
  const span = { start: quasi.start ?? 0, end: quasi.end ?? 0 };
  const value = raw ? quasi.value.raw : (quasi.value.cooked ?? quasi.value.raw);
  if (machine.place !== null) return textAt(value, machine.place);
  // Babel's own `raw` has every line end as one line feed already.
  return literalText(value, machine.options.file.text.slice(span.start, span.end), span.start, span, !raw);
}

/** The parts of a template in order, each hole standing for `${…}` as a whole. */
export function templateParts(machine: Machine, node: t.TemplateLiteral, quasis: readonly Text[], scope: Scope): Parameters<typeof joined>[0] {
  return quasis.flatMap((quasi, index) => {
    const hole = node.expressions[index];
    if (hole === undefined) return [{ text: quasi }];
    const span = machine.place ?? { start: node.quasis[index]?.end ?? 0, end: node.quasis[index + 1]?.start ?? 0 };
    return [{ text: quasi }, { value: machine.evaluate(hole, scope), span, label: machine.textOf(hole, scope) }];
  });
}

/** Array elements or arguments, spreads unrolled where they are known. */
export function elements(machine: Machine, nodes: readonly (t.Node | null)[], scope: Scope): List {
  const result = list([]);
  for (const node of nodes) {
    if (node === null) result.items.push(nothing);
    else if (node.type === 'SpreadElement') {
      const inner = iterated(machine.evaluate(node.argument, scope));
      if (inner.kind === 'list') {
        result.items.push(...inner.items);
        if (inner.open === true) result.open = true;
      } else result.open = true;
    } else result.items.push(located(machine.evaluate(node, scope), machine, node));
  }
  return result;
}

/** A value knows where it was written; one without a place of its own stands where it is used. */
function located(value: Value, machine: Machine, node: t.Node): Value {
  return value.span === undefined && value.kind !== 'host' && value.kind !== 'dictionary' && value.kind !== 'list'
    ? { ...value, span: machine.spanOf(node) }
    : value;
}

function objectValue(machine: Machine, node: t.ObjectExpression, scope: Scope): Value {
  const properties = new Map<string, Property>();
  let open = false;
  for (const property of node.properties) {
    if (property.type === 'SpreadElement') {
      const inner = machine.evaluate(property.argument, scope);
      if (inner.kind === 'dictionary') {
        for (const [name, held] of inner.properties) properties.set(name, held);
        open ||= inner.open === true;
      } else open ||= !(inner.kind === 'primitive');
      continue;
    }
    const name = keyOf(machine, property, scope);
    const span = machine.spanOf(property);
    const value: Value =
      property.type === 'ObjectMethod' ? { kind: 'callable', node: property, scope, span } : located(machine.evaluate(property.value, scope), machine, property.value);
    if (name === null) open = true;
    else properties.set(name, { value, span });
  }
  return { kind: 'dictionary', properties, ...(open && { open }), span: machine.spanOf(node) };
}

/** Callers that drive a generator wait for what it hands out, and give it back. */
function yielded(machine: Machine, node: t.YieldExpression, scope: Scope): Value {
  if (node.argument == null) return nothing;
  const value = machine.settle(machine.evaluate(node.argument, scope), { span: machine.spanOf(node), callee: machine.textOf(node, scope) });
  const whole = node.delegate ? iterated(value) : value;
  scope.hand(node.delegate && whole.kind === 'list' ? whole.items : [whole]);
  return value;
}

function memberValue(machine: Machine, node: t.MemberExpression | t.OptionalMemberExpression, scope: Scope): Value {
  const object = machine.evaluate(node.object, scope);
  const name = keyOf(machine, { key: node.property, computed: node.computed }, scope);
  const label = machine.textOf(node, scope);
  if (node.type === 'OptionalMemberExpression' && object.kind === 'primitive' && object.value == null) return nothing;
  if (node.object.type === 'ThisExpression' && object.kind === 'unknown') return unknown(label);
  return name === null ? { ...unknown(label), ...(object.kind === 'host' && object.host.carrier && { carrier: true as const }) } : member(machine, object, name, machine.spanOf(node), label);
}

function conditional(machine: Machine, node: t.ConditionalExpression, scope: Scope): Value {
  const value = machine.evaluate(node.test, scope);
  const truth = truthOf(value);
  if (truth !== null) return machine.evaluate(truth ? node.consequent : node.alternate, scope);
  const test = asTest(value);
  const [a, b] = machine.branch(
    [
      { conditions: test.whenTrue, body: () => machine.evaluate(node.consequent, scope) },
      { conditions: test.whenFalse, body: () => machine.evaluate(node.alternate, scope) },
    ],
    () => false,
  ) as [Value, Value];
  return either(a, b);
}

function logical(machine: Machine, node: t.LogicalExpression, scope: Scope): Value {
  const left = machine.evaluate(node.left, scope);
  const truth = truthOf(left);
  const { operator } = node;
  if (operator === '??') return coalesced(machine, left, node.right, scope);
  if (truth !== null) return truth === (operator === '&&') ? machine.evaluate(node.right, scope) : left;
  const right = shortCircuit(machine, node, left, scope);
  if (right === null) return left;
  if (left.kind === 'unknown' && operator === '||' && right.kind !== 'unknown' && right.kind !== 'test') return either(left, right);
  return operator === '&&' ? both(left, right) : oneOf(left, right);
}

function coalesced(machine: Machine, left: Value, right: t.Expression, scope: Scope): Value {
  if (left.kind === 'primitive' && left.value == null) return machine.evaluate(right, scope);
  return left.kind === 'unknown' || left.kind === 'either' ? either(left, machine.evaluate(right, scope)) : left;
}

/** The right side runs only where the left one lets it. */
function shortCircuit(machine: Machine, node: t.LogicalExpression, left: Value, scope: Scope): Value | null {
  const test = asTest(left);
  const conditions = node.operator === '&&' ? test.whenTrue : test.whenFalse;
  const [right] = machine.branch<Value | null>(
    [
      { conditions, body: () => machine.evaluate(node.right, scope) },
      { conditions: [], body: () => null },
    ],
    () => false,
  );
  return right ?? null;
}

function assignment(machine: Machine, node: t.AssignmentExpression, scope: Scope): Value {
  const { operator, left } = node;
  if (operator === '=') {
    const value = machine.evaluate(node.right, scope);
    assignPattern(machine, left, value, scope);
    return value;
  }
  const before = machine.evaluate(left, scope);
  const added = machine.evaluate(node.right, scope);
  let value: Value = unknown(machine.textOf(left, scope));
  // What was there keeps its own places: a string grown piece by piece points at its pieces.
  if (operator === '+=') value = strung(machine, { value: before, node: null }, { value: added, node: node.right }, scope) ?? arithmetic('+', before, added) ?? value;
  else if (operator === '||=' || operator === '??=' || operator === '&&=') value = either(before, added);
  else value = arithmetic(operator.slice(0, -1), before, added) ?? value;
  assignPattern(machine, left, value, scope);
  return value;
}
