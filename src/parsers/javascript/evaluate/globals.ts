import { apply } from './calls.js';
import { dates } from './dates.js';
import type { Machine } from './machine.js';
import { plainOf } from './plain.js';
import { textsOf } from './strings.js';
import { textAt } from './text.js';
import { MapValue, SetValue } from './collections.js';
import { host, type HostObject, hostFunction, iterated, list, nothing, primitive, type Site, truthOf, unknown, type Value } from './value.js';

type Method = (args: readonly Value[], site: Site) => Value | undefined;

/** The names every JavaScript file starts with, as far as migrations use them. */
export function globals(machine: Machine): [string, Value][] {
  return [
    ['Object', host(library('Object', objectMethods()))],
    ['Array', host(library('Array', arrayMethods(machine)))],
    ['Promise', host({ ...library('Promise', promiseMethods(machine)), construct: ([executor], site) => promised(machine, executor, site) })],
    ['JSON', host(library('JSON', { stringify: ([value]) => (value === undefined ? undefined : serialised(value)) }))],
    ['String', host({ name: 'String', construct: ([value]) => host({ name: 'String', get: (property) => (property === 'valueOf' || property === 'toString' ? hostFunction(property, () => value) : undefined) }), call: ([value], site) => (value === undefined ? textAt('', site.span) : textsOf(value, site.span, site.callee)[0]) })],
    ['Number', host({ name: 'Number', call: ([value]) => (value?.kind === 'text' && value.holes.length === 0 ? primitive(Number(value.text)) : value) })],
    ['parseInt', host({ name: 'parseInt', call: ([value, radix]) => parsed(value, (text) => Number.parseInt(text, radix?.kind === 'primitive' ? Number(radix.value) : 10)) })],
    ['parseFloat', host({ name: 'parseFloat', call: ([value]) => parsed(value, Number.parseFloat) })],
    ['Math', host(library('Math', mathMethods()))],
    ['Boolean', host({ name: 'Boolean', call: ([value]) => truthy(value) })],
    ['console', host({ name: 'console', get: () => hostFunction('console', () => nothing) })],
    ['Date', host(dates)],
    ['Map', host({ name: 'Map', construct: ([items]) => collection(items, (known) => new MapValue(known, (...call) => apply(machine, ...call))) })],
    ['Set', host({ name: 'Set', construct: ([items]) => collection(items, (known) => new SetValue(known, (...call) => apply(machine, ...call))) })],
  ];
}

/** Of nothing, or of what is known to be in it. */
function collection(items: Value | undefined, make: (known: Value[]) => HostObject): Value {
  const given = items === undefined ? list([]) : iterated(items);
  if (given.kind === 'primitive' && given.value == null) return host(make([]));
  return given.kind === 'list' && given.open !== true ? host(make(given.items)) : unknown('collection');
}

function library(name: string, methods: Record<string, Method>): HostObject {
  return {
    name,
    get: (property) => {
      const method = methods[property];
      return method === undefined ? undefined : hostFunction(`${name}.${property}`, method);
    },
  };
}

function parsed(value: Value | undefined, read: (text: string) => number): Value | undefined {
  if (value?.kind === 'primitive') return primitive(read(String(value.value)));
  return value?.kind === 'text' && value.holes.length === 0 ? primitive(read(value.text)) : undefined;
}

function mathMethods(): Record<string, Method> {
  const named: Record<string, (...numbers: number[]) => number> = { max: Math.max, min: Math.min, floor: Math.floor, ceil: Math.ceil, round: Math.round, trunc: Math.trunc, abs: Math.abs, pow: Math.pow, sqrt: Math.sqrt };
  return Object.fromEntries(
    Object.entries(named).map(([name, compute]) => [
      name,
      (args: readonly Value[]) => {
        const numbers = args.flatMap((arg) => (arg.kind === 'primitive' && typeof arg.value === 'number' ? [arg.value] : []));
        return numbers.length < args.length ? undefined : primitive(compute(...numbers));
      },
    ]),
  );
}

function truthy(value: Value | undefined): Value {
  const truth = value === undefined ? false : truthOf(value);
  return truth === null ? (value as Value) : primitive(truth);
}

function named(name: string): Value {
  return { kind: 'text', text: name, segments: [], holes: [] };
}

function objectMethods(): Record<string, Method> {
  const over = (pick: (name: string, value: Value) => Value): Method => ([object]) =>
    object?.kind === 'dictionary' && object.open !== true
      ? list([...object.properties].map(([name, { value }]) => pick(name, value)))
      : undefined;
  return {
    keys: over((name) => named(name)),
    values: over((_, value) => value),
    entries: over((name, value) => list([named(name), value])),
    freeze: ([object]) => object,
    seal: ([object]) => object,
    assign: ([target, ...sources]) => {
      if (target?.kind !== 'dictionary') return undefined;
      for (const source of sources) {
        if (source.kind !== 'dictionary') target.open = true;
        else for (const [name, property] of source.properties) target.properties.set(name, property);
      }
      return target;
    },
    fromEntries: ([entries]) => {
      if (entries?.kind !== 'list' || entries.open === true) return undefined;
      const properties = new Map<string, { value: Value }>();
      for (const entry of entries.items) {
        const [key, value] = entry.kind === 'list' ? entry.items : [];
        if (key?.kind === 'text') properties.set(key.text, { value: value ?? nothing });
      }
      return { kind: 'dictionary', properties };
    },
  };
}

function arrayMethods(machine: Machine): Record<string, Method> {
  return {
    isArray: ([value]) => (value === undefined || value.kind === 'unknown' || value.kind === 'either' ? undefined : primitive(value.kind === 'list')),
    of: (args) => list([...args]),
    from: ([given, callback], site) => {
      const items = given === undefined ? undefined : iterated(given);
      const known = items?.kind === 'list' ? items.items : counted(items);
      if (known === null) return undefined;
      return list(callback === undefined ? known : known.map((item, index) => apply(machine, callback, [item, primitive(index)], site)));
    },
  };
}

/** `{ length: n }`. */
function counted(value: Value | undefined): Value[] | null {
  const length = value?.kind === 'dictionary' ? value.properties.get('length')?.value : undefined;
  if (length?.kind !== 'primitive' || typeof length.value !== 'number' || length.value > 400) return null;
  return Array.from({ length: length.value }, () => nothing);
}

/** Awaiting is seen through: a promise is what it will hold. */
function promiseMethods(machine: Machine): Record<string, Method> {
  const all: Method = ([items], site) => (items?.kind === 'list' ? { ...items, items: items.items.map((item) => machine.settle(item, site)) } : items);
  return {
    all,
    allSettled: all,
    race: ([items]) => (items?.kind === 'list' ? items.items[0] : undefined),
    resolve: ([value], site) => (value === undefined ? nothing : machine.settle(value, site)),
    reject: () => nothing,
    each: ([items, callback], site) => mapped(machine, items, callback, site),
    mapSeries: ([items, callback], site) => mapped(machine, items, callback, site),
  };
}

function mapped(machine: Machine, items: Value | undefined, callback: Value | undefined, site: Site): Value | undefined {
  if (items?.kind !== 'list' || callback === undefined) return undefined;
  return list(items.items.map((item, index) => machine.settle(apply(machine, callback, [item, primitive(index)], site), site)));
}

function promised(machine: Machine, executor: Value | undefined, site: Site): Value {
  let held: Value = unknown('promise');
  const resolve = hostFunction('resolve', ([value], at) => {
    held = value === undefined ? nothing : machine.settle(value, at);
    return nothing;
  });
  if (executor !== undefined) apply(machine, executor, [resolve, hostFunction('reject', () => nothing)], site);
  return held;
}

function serialised(value: Value): Value | undefined {
  const plain = plainOf(value);
  return plain === undefined ? undefined : textAt(JSON.stringify(plain), value.span ?? null);
}
