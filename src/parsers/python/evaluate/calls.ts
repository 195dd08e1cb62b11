import { builtin } from './builtins.js';
import type { Interpreter } from './interpreter.js';
import { method } from './methods.js';
import type { Scope } from './scope.js';
import { unknown, type CallValue, type Value } from './value.js';

/** What a call gives: a function of the file is entered, a library's stays symbolic. */
export function callValue(call: CallValue, scope: Scope, interpreter: Interpreter): Value {
  const { callee } = call;
  if (callee.type === 'function') return interpreter.invoke(callee, call);
  if (callee.type === 'symbol' && callee.path.startsWith('builtins.')) {
    return builtin(callee.path.slice('builtins.'.length), call, scope, interpreter) ?? call;
  }
  if (callee.type === 'attribute') {
    const answer = method(callee.object, callee.name, call);
    if (answer !== undefined) return answer;
    const bound = classMethod(callee.object, callee.name, call, interpreter);
    if (bound !== undefined) return bound;
  }
  const answer = interpreter.library.call(call, interpreter);
  if (answer !== undefined) return answer;
  if (callee.type === 'unknown') return { ...unknown(callee.name), ...(callee.database ? { database: callee.database } : {}) };
  return call;
}

/** `instance.method()` of a class in the file. */
function classMethod(object: Value, name: string, call: CallValue, interpreter: Interpreter): Value | undefined {
  const type = object.type === 'call' ? object.callee : undefined;
  const member = type?.type === 'class' ? type.members.get(name) : undefined;
  if (member?.type !== 'function') return undefined;
  return interpreter.invoke({ ...member, self: object }, call);
}
