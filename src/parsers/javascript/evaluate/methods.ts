import { apply } from './calls.js';
import { Scope } from './scope.js';
import { listMethods } from './list-methods.js';
import type { Machine } from './machine.js';
import { textsOf } from './strings.js';
import { concat, holeAt, recase, slice, type Text, textAt, trim } from './text.js';
import { type List, list, nothing, primitive, type Site, unknown, type Value } from './value.js';

/** The result of a method the language itself gives its strings, arrays and numbers; undefined when it is no such method. */
export function builtinMethod(machine: Machine, object: Value, name: string, args: readonly Value[], site: Site): Value | undefined {
  if (object.kind === 'text') return textMethod(machine, object, name, args, site);
  if (object.kind === 'list') return listMethods(machine, object, name, args, site);
  if (object.kind === 'primitive' && (name === 'toString' || name === 'valueOf')) return textAt(String(object.value), object.span ?? site.span);
  if (object.kind === 'pattern' && name === 'test') return tested(object.value, args[0]);
  return isCallable(object) ? functionMethod(machine, object, name, args, site) : undefined;
}

function textMethod(machine: Machine, text: Text, name: string, args: readonly Value[], site: Site): Value | undefined {
  const [, by] = args;
  if ((name === 'replace' || name === 'replaceAll') && by?.kind === 'callable') {
    return replaced(text, args, site, { all: name === 'replaceAll', by: (match) => textsOf(apply(machine, by, match.map((part) => textAt(part, site.span)), site), site.span, site.callee)[0] });
  }
  return TEXT[name]?.(text, args, site);
}

function isCallable(object: Value): boolean {
  return object.kind === 'callable' || (object.kind === 'host' && object.host.call !== undefined);
}

/** `f.bind(x, a)`, `f.call(x, a)` and `f.apply(x, [a])`; a bound call stands where it was bound. */
function functionMethod(machine: Machine, own: Value, name: string, [self, ...args]: readonly Value[], site: Site): Value | undefined {
  const callee = /^(?:call|apply|bind)$/.test(name) ? withThis(own, self) : own;
  const at = { span: site.span, callee: site.callee.replace(/\.(?:bind|call|apply)$/, '') };
  if (name === 'call') return apply(machine, callee, args, at);
  if (name === 'apply') return apply(machine, callee, args[0]?.kind === 'list' ? args[0].items : args, at);
  if (name !== 'bind') return undefined;
  const carrier = callee.kind === 'host' && callee.host.carrier === true;
  return { kind: 'host', host: { name: at.callee, ...(carrier && { carrier }), call: (more) => apply(machine, callee, [...args, ...more], at) } };
}

/** The same function with `this` said. */
function withThis(callee: Value, self: Value | undefined): Value {
  if (callee.kind !== 'callable' || callee.node.type === 'ArrowFunctionExpression' || (self?.kind !== 'dictionary' && self?.kind !== 'host')) return callee;
  const scope = new Scope(callee.scope);
  scope.self = self;
  return { ...callee, scope };
}

function tested(pattern: RegExp, value: Value | undefined): Value | undefined {
  return value?.kind === 'text' && value.holes.length === 0 ? primitive(new RegExp(pattern).test(value.text)) : undefined;
}

type TextMethod = (text: Text, args: readonly Value[], site: Site) => Value | undefined;

const same: TextMethod = (text) => text;

/** Answers about a text are known only when all of it is. */
function about(answer: (text: string, argument: string) => number | boolean): TextMethod {
  return (text, [argument]) =>
    text.holes.length === 0 && argument?.kind === 'text' && argument.holes.length === 0 ? primitive(answer(text.text, argument.text)) : undefined;
}

const TEXT: Record<string, TextMethod | undefined> = {
  trim: (text) => trim(text, 'both'),
  trimStart: (text) => trim(text, 'start'),
  trimEnd: (text) => trim(text, 'end'),
  trimLeft: (text) => trim(text, 'start'),
  trimRight: (text) => trim(text, 'end'),
  toString: same,
  valueOf: same,
  normalize: same,
  toUpperCase: (text) => recase(text, (value) => value.toUpperCase()),
  toLowerCase: (text) => recase(text, (value) => value.toLowerCase()),
  concat: (text, args, { span, callee }) => concat([text, ...args.map((arg) => textsOf(arg, null, callee)[0] ?? holeAt(callee, span))]),
  replace: (text, args, site) => replaced(text, args, site, { all: false }),
  replaceAll: (text, args, site) => replaced(text, args, site, { all: true }),
  split: (text, [separator]) => splitText(text, separator),
  slice: (text, [from, to]) => cut(text, from, to, (value, length) => (value < 0 ? Math.max(0, length + value) : value)),
  substring: (text, [from, to]) => cut(text, from, to, (value) => Math.max(0, value)),
  repeat: (text, [count]) =>
    count?.kind === 'primitive' && typeof count.value === 'number' && count.value >= 0 && count.value < 1000
      ? concat(Array.from({ length: count.value }, () => text))
      : undefined,
  padStart: padded((fill, text) => fill + text),
  padEnd: padded((fill, text) => text + fill),
  charAt: (text, [index]) => (text.holes.length > 0 || index?.kind !== 'primitive' ? undefined : slice(text, Number(index.value), Number(index.value) + 1)),
  at: (text, [index]) => {
    if (text.holes.length > 0 || index?.kind !== 'primitive') return undefined;
    const at = Number(index.value) < 0 ? text.text.length + Number(index.value) : Number(index.value);
    return slice(text, at, at + 1);
  },
  includes: about((text, part) => text.includes(part)),
  startsWith: about((text, part) => text.startsWith(part)),
  endsWith: about((text, part) => text.endsWith(part)),
  indexOf: about((text, part) => text.indexOf(part)),
};

function padded(join: (fill: string, text: string) => string): TextMethod {
  return (text, [length, given], { span }) => {
    const fill = given === undefined ? ' ' : given.kind === 'text' && given.holes.length === 0 ? given.text : null;
    if (text.holes.length > 0 || length?.kind !== 'primitive' || typeof length.value !== 'number' || fill === null || fill === '') return undefined;
    const missing = length.value - text.text.length;
    return missing <= 0 ? text : textAt(join(fill.repeat(Math.ceil(missing / fill.length)).slice(0, missing), text.text), text.span ?? span);
  };
}

function cut(text: Text, from: Value | undefined, to: Value | undefined, index: (value: number, length: number) => number): Value | undefined {
  if (text.holes.length > 0) return undefined;
  const { length } = text.text;
  const at = (value: Value | undefined, otherwise: number): number | null => {
    if (value === undefined || value === nothing) return otherwise;
    return value.kind === 'primitive' && typeof value.value === 'number' ? index(value.value, length) : null;
  };
  const start = at(from, 0);
  const end = at(to, length);
  return start === null || end === null ? undefined : slice(text, start, Math.max(start, Math.min(end, length)));
}

function splitText(text: Text, separator: Value | undefined): Value | undefined {
  if (separator === undefined) return list([text]);
  const pattern = patternOf(separator, true);
  if (pattern === null) return undefined;
  if (text.text === '') return list([text]);
  if (pattern.source === '(?:)') return list([...text.text].map((_, index) => slice(text, index, index + 1)));
  const parts: Text[] = [];
  let at = 0;
  for (const match of text.text.matchAll(pattern)) {
    parts.push(slice(text, at, match.index));
    at = match.index + match[0].length;
  }
  return list([...parts, slice(text, at, text.text.length)]);
}

function patternOf(value: Value, global: boolean): RegExp | null {
  if (value.kind === 'text' && value.holes.length === 0) return new RegExp(value.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), global ? 'g' : '');
  if (value.kind !== 'pattern') return null;
  const flags = value.value.flags.replace(/[gy]/g, '');
  return new RegExp(value.value.source, global ? `${flags}g` : flags);
}

/** How `replace` goes on: everywhere or once, by a text or by what a function makes of each match. */
interface Replacement {
  all: boolean;
  by?: (match: RegExpExecArray) => Text | undefined;
}

function replaced(text: Text, args: readonly Value[], site: Site, { all, by }: Replacement): Value | undefined {
  const [what, given] = args;
  if (what === undefined || given === undefined) return undefined;
  const pattern = patternOf(what, all || (what.kind === 'pattern' && what.value.global));
  const make = by ?? fixedReplacement(given, site);
  if (pattern === null || make === undefined) return undefined;
  const parts: Text[] = [];
  let at = 0;
  const matches = pattern.global ? [...text.text.matchAll(pattern)] : [pattern.exec(text.text)].filter((match) => match !== null);
  for (const match of matches) {
    parts.push(slice(text, at, match.index), make(match) ?? holeAt(site.callee, site.span));
    at = match.index + match[0].length;
  }
  return concat([...parts, slice(text, at, text.text.length)]);
}

function fixedReplacement(given: Value, site: Site): Replacement['by'] {
  if (given.kind !== 'text' && given.kind !== 'primitive' && given.kind !== 'unknown') return undefined;
  const [fixed] = textsOf(given, site.span, site.callee);
  return fixed === undefined ? undefined : (match) => expanded(fixed, match, site);
}

function expanded(replacement: Text, match: RegExpExecArray, { span }: Site): Text {
  if (!replacement.text.includes('$')) return replacement;
  const value = replacement.text.replace(/\$(\$|&|\d)/g, (_, key: string) => (key === '$' ? '$' : key === '&' ? match[0] : (match[Number(key)] ?? '')));
  return value.length === replacement.text.length ? { ...replacement, text: value } : textAt(value, span);
}

/** A list with nothing known about it but that it is one. */
export function openList(label: string): List {
  return { kind: 'list', items: [unknown(label)], open: true };
}
