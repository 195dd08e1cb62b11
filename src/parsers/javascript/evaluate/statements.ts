import type * as t from '@babel/types';
import { asTest, strictlyEqual } from './conditions.js';
import { classValue, declareFunctions } from './declarations.js';
import type { Machine } from './machine.js';
import { declarePattern, assignPattern } from './patterns.js';
import { Scope } from './scope.js';
import { either, iterated, nothing, truthOf, UNDECIDED, unknown, type Value } from './value.js';

/** How a run of statements ended: not at all, on some paths, or for good. */
export interface Completion {
  ends: 'no' | 'maybe' | 'yes';
  by?: 'return' | 'throw' | 'break' | 'continue';
  value?: Value;
}

const GOES_ON: Completion = { ends: 'no' };
/** A loop over literals longer than this is data, not structure. */
const UNROLL = 400;

export function runStatements(machine: Machine, statements: readonly t.Statement[], scope: Scope): Completion {
  declareFunctions(statements, scope);
  let left: Completion | null = null;
  for (const statement of statements) {
    if (!machine.step(statement)) break;
    const completion = runStatement(machine, statement, scope);
    if (completion.ends === 'yes') return left === null ? completion : merge(left, completion);
    if (completion.ends === 'maybe') left = left === null ? completion : merge(left, completion, 'maybe');
  }
  return left ?? GOES_ON;
}

function merge(a: Completion, b: Completion, ends: 'maybe' | 'yes' = 'yes'): Completion {
  const value = a.value === undefined ? b.value : b.value === undefined ? a.value : either(a.value, b.value);
  const by = b.by ?? a.by;
  return { ends, ...(by !== undefined && { by }), ...(value !== undefined && { value }) };
}

type Runner<T extends t.Statement> = (machine: Machine, statement: T, scope: Scope) => Completion;

const RUNNERS: { [K in t.Statement['type']]?: Runner<Extract<t.Statement, { type: K }>> } = {
  ExpressionStatement: (machine, { expression }, scope) => {
    machine.evaluate(expression, scope);
    return GOES_ON;
  },
  VariableDeclaration: (machine, statement, scope) => {
    // `declare const` says what another file holds, and holds nothing itself.
    if (statement.declare === true) return GOES_ON;
    for (const { id, init } of statement.declarations) {
      declarePattern(machine, id, init === null || init === undefined ? nothing : machine.evaluate(init, scope), scope);
    }
    return GOES_ON;
  },
  ReturnStatement: (machine, { argument }, scope) => ({
    ends: 'yes',
    by: 'return',
    value: argument === null || argument === undefined ? nothing : machine.evaluate(argument, scope),
  }),
  ThrowStatement: () => ({ ends: 'yes', by: 'throw' }),
  BreakStatement: () => ({ ends: 'yes', by: 'break' }),
  ContinueStatement: () => ({ ends: 'yes', by: 'continue' }),
  BlockStatement: (machine, { body }, scope) => machine.run(body, new Scope(scope)),
  LabeledStatement: (machine, { body }, scope) => runStatement(machine, body, scope),
  IfStatement: runIf,
  ForOfStatement: (machine, statement, scope) =>
    forEach(machine, itemsOf(machine.evaluate(statement.right, scope)), (item) => {
      const inner = new Scope(scope);
      bindLoop(machine, statement.left, item, inner);
      return runStatement(machine, statement.body, inner);
    }),
  ForInStatement: (machine, statement, scope) => {
    const over = machine.evaluate(statement.right, scope);
    const keys = over.kind === 'dictionary' && over.open !== true ? [...over.properties.keys()].map(textOf) : null;
    return forEach(machine, keys, (item) => {
      const inner = new Scope(scope);
      bindLoop(machine, statement.left, item, inner);
      return runStatement(machine, statement.body, inner);
    });
  },
  ForStatement: runFor,
  WhileStatement: (machine, { test, body }, scope) => loop(machine, test, null, body, new Scope(scope)),
  DoWhileStatement: (machine, { test, body }, scope) => {
    const first = once(machine, () => runStatement(machine, body, new Scope(scope)), true);
    return first.ends === 'no' && advances(machine, test, body, scope) ? loop(machine, test, null, body, scope) : first;
  },
  TryStatement: runTry,
  SwitchStatement: runSwitch,
  ClassDeclaration: (machine, node, scope) => {
    if (node.id != null) scope.declare(node.id.name, classValue(machine, node, scope));
    return GOES_ON;
  },
  TSEnumDeclaration: (machine, node, scope) => {
    scope.declare(node.id.name, enumValue(machine, node, scope));
    return GOES_ON;
  },
  ExportNamedDeclaration: (machine, { declaration }, scope) =>
    declaration === null || declaration === undefined ? GOES_ON : runStatement(machine, declaration, scope),
  ExportDefaultDeclaration: (machine, { declaration }, scope) => {
    if (declaration.type === 'FunctionDeclaration') {
      scope.declare('*default*', { kind: 'callable', node: declaration, scope });
      return GOES_ON;
    }
    if (declaration.type === 'ClassDeclaration') {
      const value = classValue(machine, declaration, scope);
      scope.declare('*default*', value);
      if (declaration.id != null) scope.declare(declaration.id.name, value);
      return GOES_ON;
    }
    scope.declare('*default*', machine.evaluate(declaration, scope));
    return GOES_ON;
  },
  TSExportAssignment: (machine, { expression }, scope) => {
    scope.declare('*default*', machine.evaluate(expression, scope));
    return GOES_ON;
  },
};

export function runStatement(machine: Machine, statement: t.Statement, scope: Scope): Completion {
  const runner = RUNNERS[statement.type] as Runner<t.Statement> | undefined;
  return runner === undefined ? GOES_ON : runner(machine, statement, scope);
}

function textOf(name: string): Value {
  return { kind: 'text', text: name, segments: [], holes: [] };
}

function runIf(machine: Machine, statement: t.IfStatement, scope: Scope): Completion {
  const value = machine.evaluate(statement.test, scope);
  const { consequent, alternate } = statement;
  const then = () => runStatement(machine, consequent, new Scope(scope));
  const otherwise = () => (alternate == null ? GOES_ON : runStatement(machine, alternate, new Scope(scope)));
  const truth = truthOf(value);
  if (truth !== null) return truth ? then() : otherwise();
  const test = asTest(value);
  const [a, b] = machine.branch(
    [
      { conditions: test.whenTrue, body: then },
      { conditions: test.whenFalse, body: otherwise },
    ],
    ({ ends }) => ends === 'yes',
  ) as [Completion, Completion];
  return afterBranch(machine, a, b, test);
}

/** What the rest of the block runs under once one side of a branch may have left. */
function afterBranch(machine: Machine, a: Completion, b: Completion, test: ReturnType<typeof asTest>): Completion {
  if (a.ends === 'yes' && b.ends === 'yes') return a.by === 'throw' ? b : b.by === 'throw' ? a : merge(a, b);
  // A side that throws fails the migration: whoever sees the rest run, sees it run always.
  const left = [a, b].filter(({ ends, by }) => ends !== 'no' && by !== 'throw');
  if (left.length === 0) return GOES_ON;
  if (a.ends === 'yes') machine.conditions.push(...test.whenFalse);
  else if (b.ends === 'yes') machine.conditions.push(...test.whenTrue);
  else machine.conditions.push(UNDECIDED);
  return left.reduce((x, y) => merge(x, y, 'maybe'), { ends: 'maybe' });
}

/** The items of something iterable, or null when they are not known. */
export function itemsOf(given: Value): Value[] | null {
  const value = iterated(given);
  if (value.kind === 'list' && value.open !== true && value.items.length <= UNROLL) return value.items;
  return null;
}

function forEach(machine: Machine, items: readonly Value[] | null, body: (item: Value) => Completion): Completion {
  if (items === null) return once(machine, () => body(unknown('item')), false);
  const conditions = machine.conditions.length;
  let left: Completion | null = null;
  for (const item of items) {
    const completion = body(item);
    const { ends, by } = completion;
    if (ends === 'yes' && by !== 'continue') {
      if (by === 'break') break;
      return completion;
    }
    if (ends === 'maybe' && by === 'return') left = completion;
    // Only a `continue` says nothing about the next round.
    if (ends !== 'maybe' || by === 'continue') machine.conditions.length = conditions;
  }
  machine.conditions.length = conditions;
  if (left !== null) machine.conditions.push(UNDECIDED);
  return left ?? GOES_ON;
}

/** A loop whose number of rounds is not known: its body is seen once. */
function once(machine: Machine, body: () => Completion, always: boolean): Completion {
  if (always) {
    const conditions = machine.conditions.length;
    const completion = body();
    machine.conditions.length = conditions;
    return completion.by === 'return' && completion.ends === 'yes' ? completion : GOES_ON;
  }
  let completion: Completion = GOES_ON;
  machine.perhaps(() => {
    completion = body();
  });
  const ended: Completion = completion;
  return ended.by === 'return' ? { ...ended, ends: 'maybe' } : GOES_ON;
}

function runFor(machine: Machine, statement: t.ForStatement, scope: Scope): Completion {
  const inner = new Scope(scope);
  const { init, test, update, body } = statement;
  if (init != null) {
    if (init.type === 'VariableDeclaration') runStatement(machine, init, inner);
    else machine.evaluate(init, inner);
  }
  return loop(machine, test ?? null, update ?? null, body, inner);
}

function loop(machine: Machine, test: t.Expression | null, update: t.Expression | null, body: t.Statement, scope: Scope): Completion {
  const conditions = machine.conditions.length;
  for (let round = 0; round < UNROLL; round += 1) {
    const truth = test === null ? true : truthOf(machine.evaluate(test, scope));
    if (truth === false) return GOES_ON;
    // Without a counter nothing we can see ends the loop: one round shows what it does.
    if (truth === null || (update === null && !advances(machine, test, body, scope))) return once(machine, () => runStatement(machine, body, scope), truth === true);
    const completion = runStatement(machine, body, new Scope(scope));
    machine.conditions.length = conditions;
    if (completion.ends === 'yes' && completion.by !== 'continue') return completion.by === 'break' ? GOES_ON : completion;
    if (update !== null) machine.evaluate(update, scope);
  }
  return GOES_ON;
}

/** Whether a loop's body changes what its test asks about: a counter, a list that is emptied. */
function advances(machine: Machine, test: t.Expression | null, body: t.Statement, scope: Scope): boolean {
  if (test === null) return false;
  const { text } = machine.moduleOf(scope).file;
  const source = text.slice(body.start ?? 0, body.end ?? 0);
  const asked = text.slice(test.start ?? 0, test.end ?? 0);
  const names = asked.match(/[A-Za-z_$][\w$]*/g) ?? [];
  if (/(?:\+\+|--|\.(?:shift|pop|next)\()/.test(asked)) return true;
  return names.some((name) => new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')}(?:\\s*(?:\\+\\+|--|[-+*/%]?=(?!=))|\\.(?:shift|pop|splice)\\()|(?:\\+\\+|--)${name.replaceAll('$', '\\$')}\\b`).test(source));
}

function bindLoop(machine: Machine, left: t.ForOfStatement['left'], item: Value, scope: Scope): void {
  const [declared] = left.type === 'VariableDeclaration' ? left.declarations : [];
  if (declared !== undefined) declarePattern(machine, declared.id, item, scope);
  else if (left.type !== 'VariableDeclaration') assignPattern(machine, left, item, scope);
}

function runTry(machine: Machine, statement: t.TryStatement, scope: Scope): Completion {
  const { block, handler, finalizer } = statement;
  let completion = machine.run(block.body, new Scope(scope));
  if (handler != null) {
    const caught = new Scope(scope);
    if (handler.param != null) declarePattern(machine, handler.param, unknown('error'), caught);
    const handle = () => machine.run(handler.body.body, caught);
    if (completion.ends === 'yes' && completion.by === 'throw') completion = handle();
    else machine.perhaps(() => void handle());
  }
  const last = finalizer == null ? GOES_ON : machine.run(finalizer.body, new Scope(scope));
  return last.ends === 'yes' ? last : completion;
}

function runSwitch(machine: Machine, statement: t.SwitchStatement, scope: Scope): Completion {
  const value = machine.evaluate(statement.discriminant, scope);
  const inner = new Scope(scope);
  const answers = statement.cases.map(({ test }) => (test == null ? null : truthOf(strictlyEqual(value, machine.evaluate(test, inner)))));
  const open = statement.cases.some(({ test }, index) => test != null && answers[index] === null);
  const matching = answers.indexOf(true);
  const first = matching >= 0 ? matching : statement.cases.findIndex(({ test }) => test == null);
  const from = (index: number): Completion => {
    const completion = machine.run(statement.cases.slice(index).flatMap(({ consequent }) => consequent), inner);
    return completion.by === 'break' ? GOES_ON : completion;
  };
  if (!open) return first < 0 ? GOES_ON : from(first);
  const arms = statement.cases.map((_, index) => index).filter((index) => answers[index] !== false);
  const ends = machine.branch(
    arms.map((index) => ({ conditions: [UNDECIDED], body: () => from(index) })),
    (completion) => completion.ends === 'yes',
  );
  const left = ends.filter((completion) => completion.ends !== 'no' && completion.by === 'return');
  if (left.length > 0) machine.conditions.push(UNDECIDED);
  return left.reduce<Completion>((a, b) => merge(a, b, 'maybe'), left.length > 0 ? { ends: 'maybe' } : GOES_ON);
}

function enumValue(machine: Machine, node: t.TSEnumDeclaration, scope: Scope): Value {
  const properties = new Map<string, { value: Value }>();
  const inner = new Scope(scope);
  let next: number | null = 0;
  for (const member of node.members) {
    const name = member.id.type === 'Identifier' ? member.id.name : member.id.value;
    let value: Value;
    if (member.initializer != null) value = machine.evaluate(member.initializer, inner);
    else value = next === null ? unknown(name) : { kind: 'primitive', value: next };
    next = value.kind === 'primitive' && typeof value.value === 'number' ? value.value + 1 : null;
    properties.set(name, { value });
    inner.declare(name, value);
  }
  return { kind: 'dictionary', properties };
}
