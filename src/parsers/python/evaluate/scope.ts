import type { Source } from '../../parser.js';
import type { Value } from './value.js';

/** Names of a function or a module. Python closes functions over the scope they stand in. */
export class Scope {
  #names = new Map<string, Value>();
  /** Names that `global` and `nonlocal` mean elsewhere. */
  readonly #outer = new Map<string, Scope>();

  constructor(
    /** The file whose code runs here. */
    readonly source: Source,
    readonly parent: Scope | null = null,
  ) {}

  get(name: string): Value | undefined {
    return this.#names.get(name) ?? this.parent?.get(name);
  }

  set(name: string, value: Value): void {
    const outer = this.#outer.get(name);
    if (outer === undefined) this.#names.set(name, value);
    else outer.set(name, value);
  }

  delete(name: string): void {
    this.#names.delete(name);
  }

  /** `global name` or `nonlocal name`. */
  declare(name: string, word: 'global' | 'nonlocal'): void {
    let scope: Scope = this;
    while (scope.parent !== null && (scope === this || word === 'global' || !scope.#names.has(name))) scope = scope.parent;
    if (scope !== this) this.#outer.set(name, scope);
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
