import type { Span } from '../../../operations/types.js';
import type { Host, Source } from '../../parser.js';
import type { Expression, Statement } from '../syntax/nodes.js';
import { bindTarget, removeItem } from './assignment.js';
import { enterObject } from './context-managers.js';
import { defineClass, defineFunction, forget } from './definitions.js';
import { evaluate } from './expressions.js';
import { iterate } from './iterate.js';
import { importFrom, importModule } from './modules.js';
import type { ModuleScope } from './module-scope.js';
import { bindParameters } from './parameters.js';
import { matches } from './patterns.js';
import { Scope } from './scope.js';
import { binaryOperation } from './operators.js';
import { NONE, truthOf, unknown, type CallValue, type ClassValue, type FunctionValue, type Value } from './value.js';

/** What a framework makes of the calls that the evaluator meets. */
export interface Library {
  /** A call whose callee is symbolic; undefined leaves it symbolic. */
  call(call: CallValue, interpreter: Interpreter): Value | undefined;
  /** `object.name`; undefined leaves it symbolic. */
  attribute(object: Value, name: string): Value | undefined;
  /** `with value:`; the result runs when the block ends. */
  enter(value: Value, interpreter: Interpreter, span: Span): (() => void) | undefined;
  /** `from module import *`: the symbol that a bare name means, or undefined. */
  star(module: string, name: string): Value | undefined;
  broken(span: Span, interpreter: Interpreter): void;
  /** A class was defined; what its methods decide may be asked now. */
  defined(value: ClassValue, interpreter: Interpreter): void;
  /** A function or class of the project under a decorator that is none of its own. */
  decorated?(value: Value, decorator: Value): void;
  /** An instance of a class of the project that derives from a library's; undefined leaves the call symbolic. */
  made?(type: ClassValue, call: CallValue, interpreter: Interpreter): Value | undefined;
  /** What a loop over a query meets; undefined of anything that is none. */
  item?(value: Value, interpreter: Interpreter, span: Span): Value | undefined;
  /** `object.name = …`. */
  assigned?(object: Value, name: string, interpreter: Interpreter, span: Span): void;
}

export type Guard = 'if exists' | 'if not exists';

type Signal = { kind: 'next' } | { kind: 'return'; value: Value } | { kind: 'raise' | 'break' | 'continue' };

const NEXT: Signal = { kind: 'next' };

/** Statements run before the reader gives up on a file that loops without end. */
const BUDGET = 200_000;
const DEPTH = 16;
/** Rounds of a `while` whose condition is known. */
const ROUNDS = 100;

/**
 * Follows a file in execution order. Conditions that cannot be decided take
 * both arms, loops over known values are unrolled, functions of the project
 * are entered.
 */
export class Interpreter {
  /** Greater than 0 under a condition that could not be decided. */
  conditional = 0;
  guard: Guard | null = null;
  /** `from x import *` of libraries, latest last. */
  readonly stars: string[] = [];
  readonly modules = new Map<string, ModuleScope | null>();
  /** The call in the file itself that led into another file. */
  #anchor: Span | null = null;
  #steps = 0;
  readonly #stack: FunctionValue[] = [];
  readonly #returns: Value[][] = [];
  /** Who takes what the generators that run now yield, innermost last. */
  readonly #yields: ((value: Value) => void)[] = [];
  /** Branches taken so far without knowing their condition. */
  #undecided = 0;

  constructor(
    readonly source: Source,
    readonly library: Library,
    readonly host: Host,
  ) {}

  /** A place in the file under report, whatever file the code stands in. */
  at(span: Span, scope: Scope): Span {
    return scope.source === this.source ? span : (this.#anchor ?? { start: 0, end: 0 });
  }

  /** The span when it stands in the file under report. */
  own(span: Span, scope: Scope): Span | undefined {
    return scope.source === this.source ? span : undefined;
  }

  run(statements: readonly Statement[], scope: Scope): Signal {
    for (const statement of statements) {
      if (++this.#steps > BUDGET) return NEXT;
      const signal = this.#statement(statement, scope);
      if (signal.kind !== 'next') return signal;
    }
    return NEXT;
  }

  /** Enters a function with its parameters bound; `take` gets what it yields, one by one. */
  invoke(callee: FunctionValue, call: CallValue, take?: (value: Value) => void): Value {
    const repeated = this.#stack.filter((entered) => entered.body === callee.body).length;
    if (this.#stack.length >= DEPTH || repeated > 1) return unknown(callee.name);
    const scope = new Scope(callee.scope.source, callee.scope);
    bindParameters(callee, call, scope, this);
    const outer = { anchor: this.#anchor, conditional: this.conditional, guard: this.guard };
    if (callee.scope.source !== this.source) this.#anchor ??= call.span;
    const items: Value[] = [];
    if (callee.generator === true) this.#yields.push(take ?? ((value) => items.push(value)));
    this.#stack.push(callee);
    const value = Array.isArray(callee.body)
      ? this.#body(callee.body, scope)
      : evaluate(callee.body, scope, this);
    this.#stack.pop();
    if (callee.generator === true) this.#yields.pop();
    this.#anchor = outer.anchor;
    this.conditional = outer.conditional;
    this.guard = outer.guard;
    return callee.generator === true ? { type: 'sequence', form: 'list', items } : value;
  }

  /** `yield value`: what takes it may yield itself, to the generator around. */
  give(value: Value): void {
    const take = this.#yields.pop();
    if (take === undefined) return;
    take(value);
    this.#yields.push(take);
  }

  #body(statements: readonly Statement[], scope: Scope): Value {
    this.#returns.push([]);
    const signal = this.run(statements, scope);
    const early = this.#returns.pop() ?? [];
    const last = signal.kind === 'return' ? signal.value : NONE;
    if (early.length === 0) return last;
    return early.every((value) => value === last) ? last : merge(early[0], last);
  }

  #statement(statement: Statement, scope: Scope): Signal {
    switch (statement.kind) {
      case 'expression':
        evaluate(statement.value, scope, this);
        return NEXT;
      case 'assign':
        return this.#assign(statement, scope);
      case 'update': {
        const left = evaluate(statement.target, scope, this);
        const right = evaluate(statement.value, scope, this);
        bindTarget(statement.target, binaryOperation(statement.operator, left, right), scope, this);
        return NEXT;
      }
      case 'if':
        return this.#if(statement.arms, statement.otherwise, scope);
      case 'for':
        return this.#for(statement, scope);
      case 'while':
        return this.#while(statement, scope);
      case 'with':
        return this.#with(statement, scope);
      case 'try':
        return this.#try(statement, scope);
      case 'match':
        return this.#match(statement, scope);
      case 'return':
        return { kind: 'return', value: statement.value === null ? NONE : evaluate(statement.value, scope, this) };
      case 'leave':
        return { kind: statement.word };
      case 'broken':
        this.library.broken(this.at(statement.span, scope), this);
        return NEXT;
      default:
        this.#define(statement, scope);
        return NEXT;
    }
  }

  #define(statement: Statement, scope: Scope): void {
    switch (statement.kind) {
      case 'import':
        importModule(statement, scope, this);
        break;
      case 'importFrom':
        importFrom(statement, scope, this);
        break;
      case 'function':
        defineFunction(statement, scope, this);
        break;
      case 'class':
        defineClass(statement, scope, this);
        break;
      case 'outer':
        for (const name of statement.names) scope.declare(name, statement.word);
        break;
      case 'delete':
        for (const target of statement.targets) forget(target, scope, this, removeItem);
        break;
      default:
        break;
    }
  }

  #assign(statement: Extract<Statement, { kind: 'assign' }>, scope: Scope): Signal {
    const value = evaluate(statement.value, scope, this);
    for (const target of statement.targets) bindTarget(target, value, scope, this);
    return NEXT;
  }

  /** Runs a branch whose condition is not known: `database` says what it asked. */
  undecided(guard: Guard | null, branch: () => Signal): Signal {
    const outer = this.guard;
    this.#undecided++;
    if (guard === null) this.conditional++;
    else this.guard = guard;
    const signal = branch();
    if (guard === null) this.conditional--;
    this.guard = outer;
    return signal;
  }

  #if(arms: { test: Expression; body: Statement[] }[], otherwise: Statement[], scope: Scope): Signal {
    const [first, ...rest] = arms;
    if (first === undefined) return this.run(otherwise, scope);
    const test = evaluate(first.test, scope, this);
    const truth = truthOf(test);
    if (truth === true) return this.run(first.body, scope);
    if (truth === false) return this.#if(rest, otherwise, scope);
    const guard = guardOf(test);
    const before = scope.snapshot();
    const taken = this.undecided(guard, () => this.run(first.body, scope));
    const after = scope.snapshot();
    scope.restore(before);
    const skipped = this.undecided(opposite(guard), () => this.#if(rest, otherwise, scope));
    // What a branch that leaves has assigned is not seen by what follows.
    if (leaves(skipped)) scope.restore(after);
    else if (!leaves(taken)) mergeScopes(scope, after);
    return this.#join(taken, skipped, guard);
  }

  #join(taken: Signal, skipped: Signal, guard: Guard | null): Signal {
    if (leaves(taken) && leaves(skipped)) {
      this.#remember(taken);
      return skipped;
    }
    const left = leaves(taken) ? taken : skipped;
    // A check that raises lets the rest run always; a return or a continue does not.
    if (left.kind === 'next' || left.kind === 'raise') return NEXT;
    this.#remember(left);
    const rest = leaves(taken) ? opposite(guard) : guard;
    if (rest === null) this.conditional++;
    else this.guard = rest;
    return NEXT;
  }

  /** A value that the function gives back on one of its ways. */
  #remember(signal: Signal): void {
    if (signal.kind === 'return') this.#returns.at(-1)?.push(signal.value);
  }

  #for(statement: Extract<Statement, { kind: 'for' }>, scope: Scope): Signal {
    const iterable = evaluate(statement.iterable, scope, this);
    const item = iterate(iterable) === null ? this.library.item?.(iterable, this, this.at(statement.iterable.span, scope)) : undefined;
    const items = iterate(item?.type === 'sequence' ? item : iterable);
    if (items === null) {
      bindTarget(statement.target, item ?? unknown(), scope, this);
      this.undecided(null, () => this.run(statement.body, scope));
      return NEXT;
    }
    const outer = { conditional: this.conditional, guard: this.guard };
    for (const item of items) {
      bindTarget(statement.target, item, scope, this);
      const signal = this.run(statement.body, scope);
      // `continue` under an undecided condition ends with the round.
      this.conditional = outer.conditional;
      this.guard = outer.guard;
      if (signal.kind === 'break') return NEXT;
      if (signal.kind === 'return' || signal.kind === 'raise') return signal;
    }
    return this.run(statement.otherwise, scope);
  }

  #while(statement: Extract<Statement, { kind: 'while' }>, scope: Scope): Signal {
    for (let round = 0; round < ROUNDS; round++) {
      const truth = truthOf(evaluate(statement.test, scope, this));
      // One round stands for all of those that nobody can count.
      if (truth === false || (truth === null && round > 0)) return NEXT;
      const outer = { conditional: this.conditional, guard: this.guard, undecided: this.#undecided };
      const signal = truth === true ? this.run(statement.body, scope) : this.undecided(null, () => this.run(statement.body, scope));
      this.conditional = outer.conditional;
      this.guard = outer.guard;
      if (signal.kind === 'return' && truth === true) return signal;
      if (signal.kind === 'break' || signal.kind === 'raise' || this.#undecided > outer.undecided) return NEXT;
    }
    return NEXT;
  }

  #with(statement: Extract<Statement, { kind: 'with' }>, scope: Scope, from = 0): Signal {
    const item = statement.items[from];
    if (item === undefined) return this.run(statement.body, scope);
    const value = evaluate(item.value, scope, this);
    const bind = (given: Value): void => {
      if (item.target !== null) bindTarget(item.target, given, scope, this);
    };
    if (value.type === 'call' && value.callee.type === 'function') return this.#within(value, value.callee, bind, () => this.#with(statement, scope, from + 1));
    const own = enterObject(value, this);
    const exit = own?.exit ?? this.library.enter(value, this, this.at(item.value.span, scope));
    bind(own?.value ?? value);
    const signal = this.#with(statement, scope, from + 1);
    exit?.();
    return signal;
  }

  /** A block inside `@contextmanager`: it runs where the function yields. */
  #within(call: CallValue, callee: FunctionValue, bind: (value: Value) => void, block: () => Signal): Signal {
    let signal: Signal | null = null;
    this.invoke(callee, call, (value) => {
      bind(value);
      signal ??= block();
    });
    return signal ?? block();
  }

  #match(statement: Extract<Statement, { kind: 'match' }>, scope: Scope): Signal {
    const subject = evaluate(statement.subject, scope, this);
    for (const { pattern, guard, body } of statement.arms) {
      const before = scope.snapshot();
      const fits = matches(pattern, subject, scope, this);
      const truth = fits === false || guard === null ? true : truthOf(evaluate(guard, scope, this));
      if (fits === true && truth === true) return this.run(body, scope);
      if (fits !== false && truth !== false) this.undecided(null, () => this.run(body, scope));
      else scope.restore(before);
    }
    return NEXT;
  }

  #try(statement: Extract<Statement, { kind: 'try' }>, scope: Scope): Signal {
    let signal = this.run(statement.body, scope);
    const [handler, ...others] = statement.handlers;
    if (signal.kind === 'raise' && handler !== undefined && others.length === 0) {
      signal = this.run(handler, scope);
    } else {
      for (const each of statement.handlers) {
        // What a handler assigns is seen where the body failed, which it mostly does not.
        const before = scope.snapshot();
        this.undecided(null, () => this.run(each, scope));
        const after = scope.snapshot();
        scope.restore(before);
        for (const [name, value] of after) if (!before.has(name)) scope.set(name, value);
      }
      if (signal.kind === 'next') signal = this.run(statement.otherwise, scope);
    }
    const final = this.run(statement.finally, scope);
    return final.kind === 'next' ? signal : final;
  }
}

function leaves(signal: Signal): boolean {
  return signal.kind !== 'next';
}

function guardOf(test: Value): Guard | null {
  if (test.type !== 'unknown') return null;
  if (test.database === 'exists') return 'if exists';
  return test.database === 'missing' ? 'if not exists' : null;
}

function opposite(guard: Guard | null): Guard | null {
  if (guard === null) return null;
  return guard === 'if exists' ? 'if not exists' : 'if exists';
}

function merge(a: Value | undefined, b: Value): Value {
  if (a === undefined || a === b) return b;
  // `return True` under a look at the database and `return False` at the end.
  if (a.type === 'unknown' && a.database !== undefined) return a;
  if (b.type === 'unknown' && b.database !== undefined) return b;
  return unknown();
}

function mergeScopes(scope: Scope, other: ReadonlyMap<string, Value>): void {
  for (const [name, value] of other) {
    const here = scope.names().get(name);
    if (here === undefined) scope.set(name, value);
    else if (here !== value) scope.set(name, unknown(name));
  }
}
