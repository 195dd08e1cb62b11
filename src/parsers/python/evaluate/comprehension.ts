import type { ComprehensionClause, Expression } from '../syntax/nodes.js';
import { bindTarget } from './assignment.js';
import { evaluate } from './expressions.js';
import type { Interpreter } from './interpreter.js';
import { iterate } from './iterate.js';
import { Scope } from './scope.js';
import { truthOf, unknown, type Value } from './value.js';

/** A list, a set or a dictionary made by clauses; its names are its own. */
export function comprehension(node: Extract<Expression, { kind: 'comprehension' }>, outer: Scope, interpreter: Interpreter): Value {
  const scope = new Scope(outer.source, outer);
  const items: Value[] = [];
  const entries: { key: Value; value: Value }[] = [];
  const state: { open?: Value } = {};
  const produce = (): void => {
    const element = evaluate(node.element, scope, interpreter);
    if (node.value === null) items.push(element);
    else entries.push({ key: element, value: evaluate(node.value, scope, interpreter) });
  };
  unroll(node.clauses, scope, interpreter, produce, state);
  // What is made of an answer of the database is still that answer.
  if (state.open?.type === 'unknown' && state.open.database !== undefined) return state.open;
  const open = state.open === undefined ? {} : { open: true as const };
  if (node.type === 'dictionary') return { type: 'dictionary', entries, ...open };
  return { type: 'sequence', form: node.type, items, ...open };
}

function unroll(
  clauses: readonly ComprehensionClause[],
  scope: Scope,
  interpreter: Interpreter,
  produce: () => void,
  state: { open?: Value },
): void {
  const [clause, ...rest] = clauses;
  if (clause === undefined) {
    produce();
    return;
  }
  if (clause.kind === 'if') {
    const truth = truthOf(evaluate(clause.test, scope, interpreter));
    if (truth === null) state.open ??= unknown();
    if (truth !== false) unroll(rest, scope, interpreter, produce, state);
    return;
  }
  loop(clause, rest, scope, interpreter, produce, state);
}

function loop(
  clause: Extract<ComprehensionClause, { kind: 'for' }>,
  rest: readonly ComprehensionClause[],
  scope: Scope,
  interpreter: Interpreter,
  produce: () => void,
  state: { open?: Value },
): void {
  const iterable = evaluate(clause.iterable, scope, interpreter);
  const items = iterate(iterable);
  if (items === null) {
    const item = interpreter.library.item?.(iterable, interpreter, interpreter.at(clause.iterable.span, scope));
    state.open ??= item ?? iterable;
    if (item !== undefined) {
      bindTarget(clause.target, item, scope, interpreter);
      interpreter.undecided(null, () => {
        unroll(rest, scope, interpreter, produce, state);
        return { kind: 'next' };
      });
    }
  }
  for (const item of items ?? []) {
    bindTarget(clause.target, item, scope, interpreter);
    unroll(rest, scope, interpreter, produce, state);
  }
}
