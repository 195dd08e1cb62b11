import { apply } from './calls.js';
import { strictlyEqual } from './conditions.js';
import type { Machine } from './machine.js';
import { textsOf } from './strings.js';
import { concat, holeAt, type Text, textAt } from './text.js';
import { either, type List, list, nothing, primitive, type Site, truthOf, unknown, type Value } from './value.js';

type ListMethod = (machine: Machine, object: List, args: readonly Value[], site: Site) => Value | undefined;

export function listMethods(machine: Machine, object: List, name: string, args: readonly Value[], site: Site): Value | undefined {
  const closed = CLOSED[name];
  if (closed !== undefined && object.open !== true) return closed(machine, object, args, site);
  return ANY[name]?.(machine, object, args, site);
}

/** What can be said of a list all of whose items are known. */
const CLOSED: Record<string, ListMethod | undefined> = {
  map: (machine, { items }, args, site) => list(items.map((item, index) => each(machine, args[0], item, index, site))),
  flatMap: (machine, { items }, args, site) =>
    list(items.flatMap((item, index) => {
      const value = each(machine, args[0], item, index, site);
      return value.kind === 'list' ? value.items : [value];
    })),
  forEach: (machine, { items }, args, site) => {
    items.forEach((item, index) => each(machine, args[0], item, index, site));
    return nothing;
  },
  filter: (machine, { items }, args, site) => {
    const kept = items.filter((item, index) => truthOf(each(machine, args[0], item, index, site)) !== false);
    return list(kept);
  },
  find: (machine, { items }, args, site) => found(machine, items, args[0], site).value,
  findIndex: (machine, { items }, args, site) => {
    const { index } = found(machine, items, args[0], site);
    return index === null ? undefined : primitive(index);
  },
  some: (machine, { items }, args, site) => quantified(machine, items, args[0], site, true),
  every: (machine, { items }, args, site) => quantified(machine, items, args[0], site, false),
  reduce: (machine, { items }, args, site) => {
    const [callback, initial] = args;
    const [first, ...rest] = items;
    const start = initial ?? first;
    if (callback === undefined || start === undefined) return undefined;
    return (initial === undefined ? rest : items).reduce((sum, item, index) => apply(machine, callback, [sum, item, primitive(index)], site), start);
  },
  includes: (_machine, { items }, [value]) => contains(items, value),
  indexOf: (_machine, { items }, [value]) => {
    if (value === undefined) return undefined;
    const answers = items.map((item) => truthOf(strictlyEqual(item, value)));
    const at = answers.indexOf(true);
    return answers.includes(null) ? undefined : primitive(at);
  },
  join: (_machine, { items, span }, [separator], site) => joinItems(items, separator, span === undefined ? site : { ...site, span }),
  slice: (_machine, { items }, [from, to]) => list(items.slice(numberOf(from) ?? 0, numberOf(to) ?? items.length)),
  concat: (_machine, { items }, args) => ({ ...list([...items, ...args.flatMap((arg) => (arg.kind === 'list' ? arg.items : [arg]))]), ...(args.some((arg) => arg.kind === 'unknown') && { open: true as const }) }),
  reverse: (_machine, object) => {
    object.items.reverse();
    return object;
  },
  toReversed: (_machine, { items }) => list([...items].reverse()),
  sort: (machine, object, args, site) => {
    const sorted = sortedItems(machine, object.items, args[0], site);
    if (sorted === null) return undefined;
    object.items = sorted;
    return object;
  },
  toSorted: (machine, { items }, args, site) => {
    const sorted = sortedItems(machine, items, args[0], site);
    return sorted === null ? undefined : list(sorted);
  },
  splice: (_machine, { items }, [from, count, ...added]) => list(items.splice(numberOf(from) ?? 0, numberOf(count) ?? items.length, ...added)),
  entries: (_machine, { items }) => list(items.map((item, index) => list([primitive(index), item]))),
  keys: (_machine, { items }) => list(items.map((_, index) => primitive(index))),
  values: (_machine, { items }) => list(items),
  flat: (_machine, { items }) => list(items.flatMap((item) => (item.kind === 'list' ? item.items : [item]))),
  at: (_machine, { items }, [index]) => items.at(numberOf(index) ?? 0) ?? nothing,
  pop: (_machine, { items }) => items.pop() ?? nothing,
  shift: (_machine, { items }) => items.shift() ?? nothing,
};

/** What can be done to any list. */
const ANY: Record<string, ListMethod | undefined> = {
  push: (_machine, object, args) => {
    object.items.push(...args);
    return primitive(object.items.length);
  },
  unshift: (_machine, object, args) => {
    object.items.unshift(...args);
    return primitive(object.items.length);
  },
};

/** In the order of their texts, or as the function has it; null when that is not known. */
function sortedItems(machine: Machine, items: readonly Value[], callback: Value | undefined, site: Site): Value[] | null {
  let known = true;
  const order = (a: Value, b: Value): number => {
    const answer = callback === undefined ? textOrder(a, b) : numberOf(apply(machine, callback, [a, b], site));
    known &&= answer !== null;
    return answer ?? 0;
  };
  const sorted = [...items].sort(order);
  return known ? sorted : null;
}

function textOrder(a: Value, b: Value): number | null {
  const text = (value: Value): string | null => (value.kind === 'text' && value.holes.length === 0 ? value.text : value.kind === 'primitive' ? String(value.value) : null);
  const [first, second] = [text(a), text(b)];
  return first === null || second === null ? null : first < second ? -1 : first > second ? 1 : 0;
}

function numberOf(value: Value | undefined): number | null {
  return value?.kind === 'primitive' && typeof value.value === 'number' ? value.value : null;
}

function each(machine: Machine, callback: Value | undefined, item: Value, index: number, site: Site): Value {
  return callback === undefined ? unknown(site.callee) : apply(machine, callback, [item, primitive(index)], site);
}

/** The first item that passes; several when the run decides. */
function found(machine: Machine, items: readonly Value[], callback: Value | undefined, site: Site): { value: Value; index: number | null } {
  let candidate: Value | null = null;
  for (const [index, item] of items.entries()) {
    const truth = truthOf(each(machine, callback, item, index, site));
    if (truth === true) return { value: candidate === null ? item : either(candidate, item), index: candidate === null ? index : null };
    if (truth === null) candidate = candidate === null ? item : either(candidate, item);
  }
  return candidate === null ? { value: nothing, index: -1 } : { value: candidate, index: null };
}

function quantified(machine: Machine, items: readonly Value[], callback: Value | undefined, site: Site, some: boolean): Value | undefined {
  const answers = items.map((item, index) => truthOf(each(machine, callback, item, index, site)));
  if (answers.includes(some)) return primitive(some);
  return answers.includes(null) ? undefined : primitive(!some);
}

function contains(items: readonly Value[], value: Value | undefined): Value | undefined {
  if (value === undefined) return undefined;
  const answers = items.map((item) => truthOf(strictlyEqual(item, value)));
  if (answers.includes(true)) return primitive(true);
  return answers.includes(null) ? undefined : primitive(false);
}

function joinItems(items: readonly Value[], separator: Value | undefined, { span, callee }: Site): Value {
  const between = separator === undefined ? textAt(',', span) : (textsOf(separator, separator.kind === 'text' ? null : span, callee)[0] ?? holeAt(callee, span));
  const parts = items.flatMap((item, index): Text[] => {
    const text = textsOf(item, item.kind === 'text' ? null : (item.span ?? span), callee)[0] ?? holeAt(callee, span);
    return index === 0 ? [text] : [between, text];
  });
  return concat(parts);
}
