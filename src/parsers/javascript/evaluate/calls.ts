import type * as t from '@babel/types';
import type { Span } from '../../../operations/types.js';
import { instantiate } from './declarations.js';
import { elements, quasiText, templateParts } from './expressions.js';
import type { Machine } from './machine.js';
import { member } from './members.js';
import { builtinMethod } from './methods.js';
import { declarePattern, keyOf } from './patterns.js';
import { runStatements } from './statements.js';
import { Scope } from './scope.js';
import { joined } from './strings.js';
import { type Callable, either, list, nothing, type Site, UNDECIDED, unknown, type Value } from './value.js';

export function evaluateCall(machine: Machine, node: t.CallExpression | t.OptionalCallExpression, scope: Scope): Value {
  const site = machine.siteOf(node, scope);
  if (node.callee.type === 'Super') return superCall(machine, node, scope, site);
  if (isMember(node.callee)) return methodCall(machine, node.callee, node.arguments, scope, site);
  const callee = machine.evaluate(node.callee, scope);
  const args = elements(machine, node.arguments, scope);
  const [specifier] = args.items;
  if (callee.kind === 'unknown' && (callee.label === 'require' || callee.label === 'import') && specifier?.kind === 'text') {
    return machine.required(machine.moduleOf(scope), specifier.text, site.span) ?? unknown('module');
  }
  return apply(machine, callee, args.items, site);
}

function isMember(node: t.Node): node is t.MemberExpression | t.OptionalMemberExpression {
  return node.type === 'MemberExpression' || node.type === 'OptionalMemberExpression';
}

function superCall(machine: Machine, node: t.CallExpression | t.OptionalCallExpression, scope: Scope, site: Site): Value {
  const self = scope.thisValue();
  const parent = self?.kind === 'dictionary' ? self.class?.parent : null;
  const args = elements(machine, node.arguments, scope).items;
  if (self?.kind !== 'dictionary' || parent?.kind !== 'class') return nothing;
  const made = instantiate(machine, parent, args, site, (callable, given, at) => apply(machine, callable, given, at));
  for (const [name, property] of made.properties) if (!self.properties.has(name)) self.properties.set(name, property);
  return nothing;
}

function methodCall(
  machine: Machine,
  callee: t.MemberExpression | t.OptionalMemberExpression,
  nodes: t.CallExpression['arguments'],
  scope: Scope,
  site: Site,
): Value {
  const object = machine.evaluate(callee.object, scope);
  const name = keyOf(machine, { key: callee.property, computed: callee.computed }, scope);
  const args = elements(machine, nodes, scope);
  const options = object.kind === 'either' ? object.options : [object];
  const results = options.map((option) => callMethod(machine, option, name, args.items, site, args.open === true));
  return results.reduce((a, b) => either(a, b));
}

function callMethod(machine: Machine, object: Value, name: string | null, args: Value[], site: Site, open: boolean): Value {
  if (name === null) return unseen(machine, object, args, site);
  if (!open) {
    const result = builtinMethod(machine, object, name, args, site);
    if (result !== undefined) return result;
  }
  const callee = member(machine, object, name, site.span, site.callee);
  if (callee.kind === 'host' || callee.kind === 'callable' || callee.kind === 'class') return apply(machine, callee, args, site);
  return promiseMethod(machine, object, name, args, site) ?? unknownMethod(machine, { object, callee, name }, args, site);
}

function promiseMethod(machine: Machine, object: Value, name: string, args: Value[], site: Site): Value | undefined {
  if (name === 'then') return promiseThen(machine, object, args, site);
  const lazy = object.kind === 'host' && object.host.settle !== undefined;
  return lazy && (name === 'catch' || name === 'finally') ? promiseEnd(machine, object, name, args, site) : undefined;
}

function unknownMethod(machine: Machine, { object, callee, name }: { object: Value; callee: Value; name: string }, args: Value[], site: Site): Value {
  if (callee.kind === 'unknown' && object.kind === 'host' && object.host.carrier) {
    machine.options.unreadable(site.span, `${site.callee} is not a call we know`, 'unknown-call');
    runCallbacks(machine, args, site);
    return unknown(site.callee);
  }
  return name === 'map' && object.kind === 'unknown' ? mappedUnknown(machine, callee, args, site) : unseen(machine, callee, args, site);
}

/** A list nobody knows, mapped to functions: one of them stands for all. */
function mappedUnknown(machine: Machine, callee: Value, args: Value[], site: Site): Value {
  const [callback] = args;
  if (callback?.kind !== 'callable') return unseen(machine, callee, args, site);
  const [result] = machine.branch<Value>(
    [
      { conditions: [UNDECIDED], body: () => apply(machine, callback, [unknown('item')], site) },
      { conditions: [], body: () => nothing },
    ],
    () => false,
  );
  return result?.kind === 'callable' ? { ...list([result]), open: true } : unknown(`${site.callee}()`, site.span);
}

/** `.then(f)` runs `f` with the value; only `.catch(f)` may not run. */
function promiseThen(machine: Machine, object: Value, args: Value[], site: Site): Value {
  const [done, failed] = args;
  const held = machine.settle(object, site);
  const result = done === undefined || (done.kind === 'primitive' && done.value == null) ? held : machine.settle(apply(machine, done, [held], site), site);
  if (failed !== undefined) machine.perhaps(() => void apply(machine, failed, [unknown('error')], site));
  return result;
}

/** `.catch(f)` and `.finally(f)` of a lazy promise start it. */
function promiseEnd(machine: Machine, object: Value, name: 'catch' | 'finally', [handler]: readonly Value[], site: Site): Value {
  const held = machine.settle(object, site);
  if (handler === undefined) return held;
  if (name === 'finally') apply(machine, handler, [], site);
  else machine.perhaps(() => void machine.settle(apply(machine, handler, [unknown('error')], site), site));
  return held;
}

/** Calls any value. */
export function apply(machine: Machine, callee: Value, args: Value[], site: Site): Value {
  if (callee.kind === 'callable') return invoke(machine, callee, args, site);
  if (callee.kind === 'host' && callee.host.call !== undefined) {
    return (machine.affordsCall(site) ? callee.host.call(args, site) : undefined) ?? unknown(site.callee);
  }
  if (callee.kind === 'either') return callee.options.map((option) => apply(machine, option, args, site)).reduce((a, b) => either(a, b));
  return unseen(machine, callee, args, site);
}

/** A call into code that is not there: its callbacks may run, and what reaches the database through it is reported. */
function unseen(machine: Machine, callee: Value, args: Value[], site: Site): Value {
  const carried = (callee.kind === 'unknown' && callee.carrier === true) || args.some((arg) => carries(arg));
  if (carried) machine.options.unreadable(site.span, `${site.callee} can reach the database and cannot be followed`, 'unknown-call');
  runCallbacks(machine, args, site);
  return unknown(`${site.callee}()`, site.span);
}

function runCallbacks(machine: Machine, args: readonly Value[], site: Site): void {
  for (const arg of args) {
    if (arg.kind === 'callable') machine.perhaps(() => void invoke(machine, arg, [], site));
    // `async.series([f, g])` and the like.
    if (arg.kind === 'list') runCallbacks(machine, arg.items.filter(({ kind }) => kind === 'callable'), site);
  }
}

function carries(value: Value, depth = 0): boolean {
  if (value.kind === 'host') return value.host.carrier === true;
  if (depth > 2) return false;
  if (value.kind === 'list') return value.items.some((item) => carries(item, depth + 1));
  if (value.kind === 'dictionary') return value.class === undefined && [...value.properties.values()].some((property) => carries(property.value, depth + 1));
  return value.kind === 'unknown' && value.carrier === true;
}

/** Runs a function of the project with its parameters bound. */
export function invoke(machine: Machine, callee: Callable, args: readonly Value[], site: Site): Value {
  const { node } = callee;
  const result = machine.nested(() => {
    const scope = new Scope(callee.scope);
    // Code of another file has no place in this one but the call that led there.
    if (machine.moduleOf(scope) !== machine.main) machine.place ??= site.span;
    bindParameters(machine, node.params.filter((parameter) => !isThis(parameter)), args, scope);
    if (node.body.type !== 'BlockStatement') return machine.evaluate(node.body, scope);
    if (node.generator === true) scope.yields = [];
    const completion = runStatements(machine, node.body.body, scope);
    if (scope.yields !== null) return list(scope.yields);
    if (completion.by !== 'return') return nothing;
    const value = completion.value ?? nothing;
    return completion.ends === 'maybe' ? either(value, nothing) : value;
  });
  // What an async function returns is waited for, whoever called it.
  if (result !== null) return node.async === true ? machine.settle(result, site) : result;
  if (args.some((arg) => carries(arg))) machine.options.unreadable(site.span, `${site.callee} calls itself too deep to follow`, 'dynamic');
  return unknown(`${site.callee}()`, site.span);
}

/** TypeScript's `this` among the parameters takes no argument. */
function isThis(parameter: t.Node): boolean {
  return parameter.type === 'Identifier' && parameter.name === 'this';
}

function bindParameters(machine: Machine, parameters: readonly t.Node[], args: readonly Value[], scope: Scope): void {
  for (const [index, parameter] of parameters.entries()) {
    if (parameter.type === 'RestElement') declarePattern(machine, parameter.argument, list(args.slice(index)), scope);
    else declarePattern(machine, parameter, args[index] ?? (args.length === 0 ? unknownParameter(parameter) : nothing), scope);
  }
}

/** A function run without arguments is one somebody else calls: its parameters are unknown, not absent. */
function unknownParameter(parameter: t.Node): Value {
  return parameter.type === 'AssignmentPattern' ? nothing : unknown(parameter.type === 'Identifier' ? parameter.name : 'parameter');
}

export function evaluateNew(machine: Machine, node: t.NewExpression, scope: Scope): Value {
  const callee = machine.evaluate(node.callee, scope);
  const args = elements(machine, node.arguments, scope).items;
  const site = machine.siteOf(node, scope);
  if (callee.kind === 'class') return instantiate(machine, callee, args, site, (callable, given, at) => apply(machine, callable, given, at));
  if (callee.kind === 'host' && callee.host.construct !== undefined) return callee.host.construct(args, site) ?? unknown(site.callee);
  if (callee.kind === 'unknown' && callee.label === 'Promise') runCallbacks(machine, args, site);
  return unseen(machine, callee, args, site);
}

export function evaluateTagged(machine: Machine, node: t.TaggedTemplateExpression, scope: Scope): Value {
  const tag = machine.evaluate(node.tag, scope);
  const site = machine.siteOf(node, scope);
  const { quasi } = node;
  if (site.callee === 'String.raw') {
    const quasis = quasi.quasis.map((part) => quasiText(machine, part, true));
    return { ...joined(templateParts(machine, quasi, quasis, scope)), span: site.span };
  }
  const quasis = quasi.quasis.map((part) => quasiText(machine, part, false));
  if (tag.kind === 'host' && tag.host.tag !== undefined) {
    const holes = quasi.expressions.map((hole) => machine.evaluate(hole, scope));
    const holeSpans: Span[] = quasi.expressions.map((_, index) => machine.place ?? { start: quasi.quasis[index]?.end ?? 0, end: quasi.quasis[index + 1]?.start ?? 0 });
    const holeLabels = quasi.expressions.map((hole) => machine.textOf(hole, scope));
    return tag.host.tag({ quasis, holes, holeSpans, holeLabels }, site) ?? unknown(site.callee);
  }
  if (tag.kind === 'callable') {
    const strings = list(quasis);
    return invoke(machine, tag, [strings, ...quasi.expressions.map((hole) => machine.evaluate(hole, scope))], site);
  }
  // A tag that only marks the language (`sql`, `gql`, `outdent`) leaves the text as it is.
  return { ...joined(templateParts(machine, quasi, quasis, scope)), span: site.span };
}
