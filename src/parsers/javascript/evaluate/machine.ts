import type * as t from '@babel/types';
import type { Span } from '../../../operations/types.js';
import type { Host } from '../../parser.js';
import type { SourceFile } from '../parse.js';
import { apply } from './calls.js';
import { evaluateExpression } from './expressions.js';
import { constantOf } from './constants.js';
import { globals } from './globals.js';
import { exportOf, importedValue, type Module, moduleOf } from './modules.js';
import { Journal, Scope } from './scope.js';
import { type Completion, runStatements } from './statements.js';
import { type Condition, either, type Site, UNDECIDED, unknown, type Value } from './value.js';

/** What the machine needs from the front-end and from the outside. */
export interface MachineOptions {
  file: SourceFile;
  host?: Host;
  /** What a package exports under a name (`*` for the whole of it), where the framework knows. */
  library: (specifier: string, name: string) => Value | undefined;
  /** Code that can reach the database and cannot be followed. */
  unreadable: (span: Span, reason: string, cause: 'dynamic' | 'unknown-call') => void;
}

/** What any file may take, and what each of its characters adds: a long file has more to run. */
const STEPS = 30_000;
const STEPS_PER_CHARACTER = 30;
/** A call into the framework may mean SQL to read, which costs as much as this many expressions. */
const CALL_STEPS = 40;
const DEPTH = 24;

/** Characters of code: comments and white space run nothing, and must not change what is found. */
function codeLength({ text, comments }: SourceFile): number {
  const said = comments.reduce((length, { span }) => length + written(text.slice(span.start, span.end)), 0);
  return written(text) - said;
}

function written(text: string): number {
  return text.replace(/\s+/g, '').length;
}

/**
 * Runs a migration's code without a database: literals are computed, branches
 * that only the run decides are taken on both sides, loops over what is known
 * are unrolled, and everything else is an unknown value that leaves a hole.
 */
export class Machine {
  readonly options: MachineOptions;
  readonly main: Module;
  readonly modules = new Map<string, Module>();
  /** What must hold for the code now running to run at all. */
  conditions: Condition[] = [];
  journal: Journal | null = null;
  /** While code of another file runs: the place in this file that led there. */
  place: Span | null = null;
  private steps: number;
  private depth = 0;

  constructor(options: MachineOptions) {
    this.options = options;
    this.steps = STEPS + STEPS_PER_CHARACTER * codeLength(options.file);
    const root = new Scope(null);
    for (const [name, value] of globals(this)) root.declare(name, value);
    this.root = root;
    this.main = moduleOf(this, options.file);
  }

  readonly root: Scope;

  spanOf(node: t.Node): Span {
    return this.place ?? { start: node.start ?? 0, end: node.end ?? 0 };
  }

  evaluate(node: t.Node | null | undefined, scope: Scope): Value {
    if (node === null || node === undefined) return unknown('value');
    if (!this.step(node)) return unknown('value', this.spanOf(node));
    const value = evaluateExpression(this, node, scope);
    return value.kind === 'unknown' ? (constantOf(this, node, scope) ?? value) : value;
  }

  evaluateCall(callee: Value, args: Value[], site: Site): Value {
    return apply(this, callee, args, site);
  }

  run(statements: readonly t.Statement[], scope: Scope): Completion {
    return runStatements(this, statements, scope);
  }

  /** False once a file has run for too long; said once. */
  step(node: t.Node): boolean {
    return this.afford(1, () => this.spanOf(node));
  }

  /** The same for a call into the framework. */
  affordsCall(site: Site): boolean {
    return this.afford(CALL_STEPS, () => site.span);
  }

  private afford(steps: number, at: () => Span): boolean {
    const before = this.steps;
    this.steps -= steps;
    if (this.steps > 0) return true;
    if (before > 0) this.options.unreadable(at(), 'too much code to follow', 'dynamic');
    return false;
  }

  /** Runs `body` as deep as calls may nest, or not at all. */
  nested<T>(body: () => T): T | null {
    // Calls that call back branch at every level: without steps left there is nothing to follow them with.
    if (this.depth >= DEPTH || this.steps <= 0) return null;
    this.depth += 1;
    const conditions = this.conditions.length;
    const { place } = this;
    try {
      return body();
    } finally {
      this.depth -= 1;
      this.conditions.length = conditions;
      this.place = place;
    }
  }

  /** Runs `body` under `conditions` and takes back what it assigned. */
  private arm<T>(conditions: readonly Condition[], body: () => T): { result: T; changes: ReturnType<Journal['undo']> } {
    const outer = this.journal;
    const length = this.conditions.length;
    const journal = new Journal();
    this.journal = journal;
    this.conditions.push(...conditions);
    try {
      const result = body();
      return { result, changes: journal.undo() };
    } finally {
      this.journal = outer;
      this.conditions.length = length;
    }
  }

  /**
   * Both sides of a branch that the run decides. What a side assigned is one of
   * two values afterwards, unless that side left for good.
   */
  branch<T>(
    arms: readonly { conditions: readonly Condition[]; body: () => T }[],
    leaves: (result: T) => boolean,
  ): T[] {
    const done = arms.map(({ conditions, body }) => this.arm(conditions, body));
    const staying = done.filter(({ result }) => !leaves(result));
    for (const { scope, name, before } of staying.flatMap(({ changes }) => changes)) {
      const values = staying.map(({ changes }) => changes.find((change) => change.scope === scope && change.name === name)?.after ?? before);
      const known = values.map((value) => value ?? unknown(name));
      scope.assign(name, known.reduce((a, b) => either(a, b)), this.journal);
    }
    return done.map(({ result }) => result);
  }

  /** What waiting for a value gives: a lazy promise starts now, one of several under what led to it. */
  settle(value: Value, site: Site): Value {
    if (value.kind === 'host' && value.host.settle !== undefined) return value.host.settle(site);
    if (value.kind !== 'either') return value;
    return value.options.map((option) => this.settle(option, site)).reduce((a, b) => either(a, b));
  }

  /** Runs `body` under the conditions that held elsewhere in this run, as well as under those of here. */
  under(conditions: readonly Condition[], body: () => Value): Value {
    const length = this.conditions.length;
    this.conditions.push(...conditions.filter((condition) => !this.conditions.includes(condition)));
    try {
      return body();
    } finally {
      this.conditions.length = length;
    }
  }

  /** Runs `body` as something that may not happen. */
  perhaps(body: () => void): void {
    this.branch(
      [
        { conditions: [UNDECIDED], body },
        { conditions: [], body: () => undefined },
      ],
      () => false,
    );
  }

  /** What an imported name stands for. */
  imported(module: Module, name: string, at: Span): Value | undefined {
    return importedValue(this, module, name, at);
  }

  /** A whole module, as `require` and `import()` give it. */
  required(module: Module, specifier: string, at: Span): Value | undefined {
    return exportOf(this, module, specifier, '*', at);
  }

  siteOf(node: t.Node & { callee?: t.Node; tag?: t.Node }, scope: Scope): Site {
    return { span: this.spanOf(node), callee: this.textOf(node.callee ?? node.tag ?? node, scope) };
  }

  /** An expression as written, on one line and short. */
  textOf(node: t.Node, scope: Scope): string {
    const text = this.moduleOf(scope).file.text.slice(node.start ?? 0, node.end ?? 0).replace(/\s+/g, ' ');
    return text.length > 60 ? `${text.slice(0, 57)}…` : text;
  }

  moduleOf(scope: Scope): Module {
    for (let at: Scope | null = scope; at !== null; at = at.parent) {
      const module = this.scopes.get(at);
      if (module !== undefined) return module;
    }
    return this.main;
  }

  readonly scopes = new Map<Scope, Module>();
}
