import type { Machine } from './evaluate/machine.js';
import { type Callable, host, type HostObject, type HostValue, hostFunction, list, nothing, primitive, type Site, unknown, type Value } from './evaluate/value.js';

type Settle = (callee: Value, args: Value[], site: Site) => Value;

/** A Node callback that has been told of success; `last` is the argument it would be. */
export function succeeded(settle: Settle, last: Value | undefined, results: Value[], site: Site): void {
  if (isFunction(last)) settle(last, [primitive(null), ...results], site);
}

export function isFunction(value: Value | undefined): value is Callable | HostValue {
  return value !== undefined && (value.kind === 'callable' || (value.kind === 'host' && value.host.call !== undefined));
}

/** A callback of the tool's own that does nothing we need to follow. */
export const done: Value = hostFunction('callback', () => nothing);

/** The `async` package and the promise libraries older migrations load. */
export function controlFlow(machine: () => Machine | undefined): (specifier: string, name: string) => Value | undefined {
  return (specifier, name) => {
    if (/^(?:bluebird|q|es6-promise|rsvp)$/.test(specifier)) {
      const promise = machine()?.root.lookup('Promise');
      return name === '*' || name === 'default' || name === 'Promise' ? promise : undefined;
    }
    if (specifier !== 'async' && !specifier.startsWith('async/')) return undefined;
    const methods = asyncMethods(machine);
    if (specifier !== 'async') return methods[specifier.slice('async/'.length)];
    return name === '*' || name === 'default' ? host({ name: 'async', get: (property) => methods[property] }) : methods[name];
  };
}

function asyncMethods(machine: () => Machine | undefined): Record<string, Value | undefined> {
  const settle: Settle = (callee, args, site) => {
    const ready = machine();
    // While the file is loaded no migration runs yet.
    return ready === undefined ? nothing : ready.settle(ready.evaluateCall(callee, args, site), site);
  };
  const all: NonNullable<HostObject['call']> = ([tasks, end], site) => {
    const items = tasks?.kind === 'list' ? tasks.items : tasks?.kind === 'dictionary' ? [...tasks.properties.values()].map(({ value }) => value) : [];
    const results = items.filter(isFunction).map((task) => calledBack(settle, task, [], site));
    succeeded(settle, end, [list(results.map(([first]) => first ?? nothing))], site);
    return nothing;
  };
  const waterfall: NonNullable<HostObject['call']> = ([tasks, end], site) => {
    let given: Value[] = [];
    for (const task of tasks?.kind === 'list' ? tasks.items.filter(isFunction) : []) given = calledBack(settle, task, given, site);
    succeeded(settle, end, given, site);
    return nothing;
  };
  const each: NonNullable<HostObject['call']> = (args, site) => {
    const [items, ...rest] = args;
    const [body, end] = rest.filter(isFunction);
    const known = items?.kind === 'list' ? items.items : [unknown('item')];
    if (body !== undefined) for (const item of known) calledBack(settle, body, [item], site);
    succeeded(settle, end, [], site);
    return nothing;
  };
  const named = (names: readonly string[], call: NonNullable<HostObject['call']>) => names.map((name) => [name, hostFunction(`async.${name}`, call)] as const);
  return Object.fromEntries([
    ...named(['series', 'parallel', 'parallelLimit', 'auto'], all),
    ...named(['waterfall'], waterfall),
    ...named(['each', 'eachSeries', 'eachLimit', 'forEach', 'forEachSeries', 'forEachLimit', 'map', 'mapSeries', 'eachOf', 'eachOfSeries'], each),
  ]);
}

/** Runs a task and returns what it hands to its callback. */
function calledBack(settle: Settle, task: Value, given: readonly Value[], site: Site): Value[] {
  let results: Value[] = [];
  const next = hostFunction('callback', ([, ...values]) => {
    results = values;
    return nothing;
  });
  settle(task, [...given, next], site);
  return results;
}
