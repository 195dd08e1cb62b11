import { evaluate } from './expressions.js';
import type { Interpreter } from './interpreter.js';
import type { Scope } from './scope.js';
import { fromString, unknown, type CallValue, type FunctionValue } from './value.js';

/** Binds the arguments of a call to the parameters of a function. */
export function bindParameters(callee: FunctionValue, call: CallValue, scope: Scope, interpreter: Interpreter): void {
  const positional = call.positional.map((argument) => argument.value);
  if (callee.self !== undefined) positional.unshift(callee.self);
  const keywords = new Map([...call.keywords].map(([name, argument]) => [name, argument.value]));
  for (const parameter of callee.parameters) {
    if (parameter.star === '*') {
      scope.set(parameter.name, { type: 'sequence', form: 'tuple', items: positional.splice(0), ...(call.open ? { open: true as const } : {}) });
    } else if (parameter.star === '**') {
      const entries = [...keywords].map(([name, value]) => ({ key: fromString(name), value }));
      scope.set(parameter.name, { type: 'dictionary', entries, ...(call.open ? { open: true as const } : {}) });
    } else {
      const given = positional.shift() ?? keywords.get(parameter.name);
      keywords.delete(parameter.name);
      const { name, default: fallback } = parameter;
      const missing = fallback === null || call.open;
      scope.set(name, given ?? (missing ? unknown(name) : evaluate(fallback, callee.scope, interpreter)));
    }
  }
}
