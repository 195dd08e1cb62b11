import type { Interpreter } from './interpreter.js';
import { NONE, pathOf, type CallValue, type Value } from './value.js';

/** What `with value:` binds, and what runs when the block ends. */
export interface Entered {
  value: Value;
  exit: () => void;
}

/** Wrappers of the standard library that hand on what they are given. */
const HANDS_ON = /^contextlib\.(?:closing|aclosing|nullcontext)$/;

/** Enters an object that is a context manager by its own methods; null when it is not known to be one. */
export function enterObject(value: Value, interpreter: Interpreter): Entered | null {
  if (value.type !== 'call') return null;
  if (HANDS_ON.test(pathOf(value.callee) ?? '')) return { value: value.positional[0]?.value ?? NONE, exit: () => undefined };
  const entered = callOwn(value, /^__a?enter__$/, 0, interpreter);
  // `__exit__` gets the type, the value and the traceback of what was raised: nothing was.
  return entered === null ? null : { value: entered, exit: () => void callOwn(value, /^__a?exit__$/, 3, interpreter) };
}

/** Calls a method of an instance of a class of the project with that many Nones. */
function callOwn(object: CallValue, name: RegExp, nones: number, interpreter: Interpreter): Value | null {
  const { callee, span } = object;
  const method = callee.type === 'class' ? [...callee.members].find(([word]) => name.test(word))?.[1] : undefined;
  if (method?.type !== 'function') return null;
  const bound = { ...method, self: object };
  const positional = Array.from({ length: nones }, () => ({ value: NONE, span, whole: span }));
  return interpreter.invoke(bound, { type: 'call', callee: bound, positional, keywords: new Map(), open: false, span });
}

/** Calls an instance whose class says what that does; undefined leaves the call symbolic. */
export function callInstance(call: CallValue, interpreter: Interpreter): Value | undefined {
  const { callee } = call;
  const method = callee.type === 'call' && callee.callee.type === 'class' ? callee.callee.members.get('__call__') : undefined;
  return method?.type === 'function' ? interpreter.invoke({ ...method, self: callee }, call) : undefined;
}
