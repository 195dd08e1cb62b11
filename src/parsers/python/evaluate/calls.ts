import { builtin } from './builtins.js';
import { callInstance } from './context-managers.js';
import { instantiate } from './instances.js';
import type { Interpreter } from './interpreter.js';
import { method } from './methods.js';
import type { Scope } from './scope.js';
import { standardCall } from './standard.js';
import { unknown, type CallValue, type PartialValue, type Value } from './value.js';

/** What a call gives: a function of the file is entered, a library's stays symbolic. */
export function callValue(call: CallValue, scope: Scope, interpreter: Interpreter): Value {
  const { callee } = call;
  switch (callee.type) {
    case 'function':
      // Its body runs around the block of the `with` that enters it.
      return callee.made === 'context manager' ? call : interpreter.invoke(callee, call);
    case 'partial':
      return callValue(completed(callee, call), scope, interpreter);
    default:
      return known(call, scope, interpreter) ?? ofLibrary(call, interpreter);
  }
}

/** What Python itself answers. */
function known(call: CallValue, scope: Scope, interpreter: Interpreter): Value | undefined {
  const { callee } = call;
  if (callee.type === 'call') return callInstance(call, interpreter);
  if (callee.type === 'class') return instantiate(callee, call, interpreter) ?? interpreter.library.made?.(callee, call, interpreter);
  if (callee.type === 'attribute') return method(callee.object, callee.name, call, interpreter);
  if (callee.type !== 'symbol' || !callee.path.startsWith('builtins.')) return undefined;
  return builtin(callee.path.slice('builtins.'.length), call, scope, interpreter) ?? call;
}

function ofLibrary(call: CallValue, interpreter: Interpreter): Value {
  const { callee } = call;
  const answer = standardCall(call, interpreter) ?? interpreter.library.call(call, interpreter);
  if (answer !== undefined) return answer;
  if (callee.type === 'unknown') return { ...unknown(callee.name), ...(callee.database ? { database: callee.database } : {}) };
  return call;
}

/** The call that a partial one stands for. */
function completed({ callee, positional, keywords }: PartialValue, call: CallValue): CallValue {
  return { ...call, callee, positional: [...positional, ...call.positional], keywords: new Map([...keywords, ...call.keywords]) };
}
