import type { Value } from './value.js';

/** Names in force; assignments are kept so that a branch can be taken back. */
export class Scope {
  readonly parent: Scope | null;
  /** `this` inside a method; looked up through the parents. */
  self: Value | null = null;
  /** What a generator has handed out so far, while it runs. */
  yields: Value[] | null = null;
  private readonly bindings = new Map<string, Value>();

  constructor(parent: Scope | null) {
    this.parent = parent;
  }

  declare(name: string, value: Value): void {
    this.bindings.set(name, value);
  }

  lookup(name: string): Value | undefined {
    let scope: Scope | null = this;
    while (scope !== null) {
      const value = scope.bindings.get(name);
      if (value !== undefined) return value;
      scope = scope.parent;
    }
    return undefined;
  }

  /** Sets a name where it was declared; a name declared nowhere becomes a global. */
  assign(name: string, value: Value, journal: Journal | null): void {
    let scope: Scope = this;
    while (!scope.bindings.has(name) && scope.parent !== null) scope = scope.parent;
    journal?.note(scope, name, scope.bindings.get(name));
    scope.bindings.set(name, value);
  }

  restore(name: string, value: Value | undefined): void {
    if (value === undefined) this.bindings.delete(name);
    else this.bindings.set(name, value);
  }

  own(name: string): Value | undefined {
    return this.bindings.get(name);
  }

  names(): IterableIterator<string> {
    return this.bindings.keys();
  }

  /** Hands a value to the generator whose body this is. */
  hand(values: readonly Value[]): void {
    let scope: Scope | null = this;
    while (scope !== null && scope.yields === null) scope = scope.parent;
    scope?.yields?.push(...values);
  }

  thisValue(): Value | null {
    let scope: Scope | null = this;
    while (scope !== null) {
      if (scope.self !== null) return scope.self;
      scope = scope.parent;
    }
    return null;
  }
}

interface Entry {
  scope: Scope;
  name: string;
  before: Value | undefined;
}

/** What one arm of a branch assigned. */
export class Journal {
  readonly entries: Entry[] = [];

  note(scope: Scope, name: string, before: Value | undefined): void {
    if (!this.entries.some((entry) => entry.scope === scope && entry.name === name)) this.entries.push({ scope, name, before });
  }

  /** Takes the assignments back and returns what they were. */
  undo(): { scope: Scope; name: string; before: Value | undefined; after: Value | undefined }[] {
    return this.entries.map(({ scope, name, before }) => {
      const after = scope.own(name);
      scope.restore(name, before);
      return { scope, name, before, after };
    });
  }
}
