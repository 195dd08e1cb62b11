import type { Source } from '../../parser.js';
import type { Expression, Module, Statement } from '../syntax/nodes.js';
import { Scope } from './scope.js';
import type { Value } from './value.js';

/**
 * A module of the project that a migration imports from. Only the statements
 * that make the names asked for are run: an application behind one constant is
 * not read whole.
 */
export class ModuleScope extends Scope {
  readonly #makers = new Map<string, Statement[]>();

  constructor(
    source: Source,
    module: Module,
    readonly run: (statements: readonly Statement[], scope: Scope) => void,
  ) {
    super(source);
    for (const statement of module.statements) {
      for (const name of namesMadeBy(statement)) {
        const makers = this.#makers.get(name);
        if (makers === undefined) this.#makers.set(name, [statement]);
        else makers.push(statement);
      }
    }
  }

  override get(name: string): Value | undefined {
    this.#make(name);
    return super.get(name);
  }

  /** Every name, for `from module import *`. */
  all(): ReadonlyMap<string, Value> {
    for (const name of [...this.#makers.keys()]) this.#make(name);
    return this.names();
  }

  #make(name: string): void {
    const makers = this.#makers.get(name) ?? this.#makers.get('*');
    if (makers === undefined || super.get(name) !== undefined) return;
    // Taken away first: a statement may ask for the name it makes.
    this.#makers.delete(this.#makers.has(name) ? name : '*');
    this.run(makers, this);
  }
}

/** Names that a statement binds or changes, `*` for those of an import of everything. */
function namesMadeBy(statement: Statement): string[] {
  switch (statement.kind) {
    case 'assign':
      return statement.targets.flatMap(rootsOf);
    case 'update':
      return rootsOf(statement.target);
    case 'expression':
      // `NAMES.append("x")` at the top of a module.
      return statement.value.kind === 'call' && statement.value.callee.kind === 'attribute' ? rootsOf(statement.value.callee.object) : [];
    case 'function':
    case 'class':
      return [statement.name];
    case 'import':
      return [statement.alias ?? statement.module.split('.')[0] ?? statement.module];
    case 'importFrom':
      return statement.names.map((name) => name.alias);
    default:
      return bodiesOf(statement).flatMap((body) => body.flatMap(namesMadeBy));
  }
}

function bodiesOf(statement: Statement): Statement[][] {
  switch (statement.kind) {
    case 'if':
      return [...statement.arms.map((arm) => arm.body), statement.otherwise];
    case 'for':
    case 'while':
    case 'with':
      return [statement.body];
    case 'try':
      return [statement.body, ...statement.handlers, statement.otherwise, statement.finally];
    default:
      return [];
  }
}

function rootsOf(target: Expression): string[] {
  switch (target.kind) {
    case 'name':
      return [target.id];
    case 'sequence':
      return target.items.flatMap(rootsOf);
    case 'attribute':
    case 'subscript':
      return rootsOf(target.object);
    case 'star':
      return rootsOf(target.value);
    default:
      return [];
  }
}
