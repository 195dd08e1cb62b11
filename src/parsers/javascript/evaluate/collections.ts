import { hostFunction, type HostObject, list, nothing, primitive, same, type Site, type Value } from './value.js';

type Call = (callee: Value, args: Value[], site: Site) => Value;

/** A `Map` all of whose entries are known. */
export class MapValue implements HostObject {
  readonly name = 'map';
  readonly entries: [Value, Value][];
  private readonly call_: Call;

  constructor(entries: readonly Value[], call: Call) {
    this.call_ = call;
    this.entries = [];
    for (const entry of entries) if (entry.kind === 'list') this.set(entry.items[0] ?? nothing, entry.items[1] ?? nothing);
  }

  private set(key: Value, value: Value): void {
    const held = this.entries.find(([known]) => same(known, key));
    if (held === undefined) this.entries.push([key, value]);
    else held[1] = value;
  }

  items(): Value[] {
    return this.entries.map((entry) => list([...entry]));
  }

  get(property: string): Value | undefined {
    const find = (key: Value | undefined) => this.entries.findIndex(([known]) => key !== undefined && same(known, key));
    if (property === 'size') return primitive(this.entries.length);
    return method(property, {
      get: ([key]) => this.entries[find(key)]?.[1] ?? nothing,
      has: ([key]) => primitive(find(key) >= 0),
      set: ([key, value]) => {
        this.set(key ?? nothing, value ?? nothing);
        return { kind: 'host', host: this };
      },
      delete: ([key]) => {
        const at = find(key);
        if (at >= 0) this.entries.splice(at, 1);
        return primitive(at >= 0);
      },
      keys: () => list(this.entries.map(([key]) => key)),
      values: () => list(this.entries.map(([, value]) => value)),
      entries: () => list(this.items()),
      forEach: ([callback], site) => {
        if (callback !== undefined) for (const [key, value] of this.entries) this.call_(callback, [value, key], site);
        return nothing;
      },
    });
  }
}

/** A `Set` all of whose members are known. */
export class SetValue implements HostObject {
  readonly name = 'set';
  private readonly members: Value[] = [];
  private readonly call_: Call;

  constructor(items: readonly Value[], call: Call) {
    this.call_ = call;
    for (const item of items) this.add(item);
  }

  private add(item: Value): void {
    if (!this.members.some((known) => same(known, item))) this.members.push(item);
  }

  items(): Value[] {
    return [...this.members];
  }

  get(property: string): Value | undefined {
    if (property === 'size') return primitive(this.members.length);
    const find = (item: Value | undefined) => this.members.findIndex((known) => item !== undefined && same(known, item));
    return method(property, {
      has: ([item]) => primitive(find(item) >= 0),
      add: ([item]) => {
        this.add(item ?? nothing);
        return { kind: 'host', host: this };
      },
      delete: ([item]) => {
        const at = find(item);
        if (at >= 0) this.members.splice(at, 1);
        return primitive(at >= 0);
      },
      values: () => list(this.items()),
      keys: () => list(this.items()),
      entries: () => list(this.members.map((item) => list([item, item]))),
      forEach: ([callback], site) => {
        if (callback !== undefined) for (const item of this.members) this.call_(callback, [item, item], site);
        return nothing;
      },
    });
  }
}

type Methods = Record<string, NonNullable<HostObject['call']> | undefined>;

function method(property: string, methods: Methods): Value | undefined {
  const call = methods[property];
  return call === undefined ? undefined : hostFunction(property, call);
}
