import type { Source } from '../../parser.js';
import type { Value } from './value.js';

/** Names of a function or a module. Python closes functions over the scope they stand in. */
export class Scope {
  #names = new Map<string, Value>();

  constructor(
    /** The file whose code runs here. */
    readonly source: Source,
    readonly parent: Scope | null = null,
  ) {}

  get(name: string): Value | undefined {
    return this.#names.get(name) ?? this.parent?.get(name);
  }

  set(name: string, value: Value): void {
    this.#names.set(name, value);
  }

  names(): ReadonlyMap<string, Value> {
    return this.#names;
  }

  /** For taking one arm of a branch after the other from the same start. */
  snapshot(): Map<string, Value> {
    return new Map(this.#names);
  }

  restore(names: ReadonlyMap<string, Value>): void {
    this.#names = new Map(names);
  }
}
