import type { Interpreter } from '../evaluate/interpreter.js';
import { toString } from '../evaluate/text.js';
import { pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';

/**
 * SQL kept in a file beside the revision:
 * `Path(__file__).with_suffix(".sql").read_text()`,
 * `open(os.path.join(os.path.dirname(__file__), "x.sql")).read()`.
 */
export function readProjectFile(call: CallValue, interpreter: Interpreter): Value | undefined {
  const joined = joinedPath(call);
  if (joined !== null) return { type: 'string', text: [{ text: joined }] };
  if (call.callee.type !== 'attribute' || !/^read(?:_text)?$/.test(call.callee.name)) return undefined;
  const path = filePath(call.callee.object);
  if (path === null) return undefined;
  const from = interpreter.source.path;
  const source = interpreter.host.resolveImport?.(from, relative(from, path)) ?? null;
  if (source === null) return { type: 'unknown', name: path.slice(path.lastIndexOf('/') + 1) };
  return { type: 'string', text: [{ text: source.text }] };
}

/** `os.path.join(…)` and `os.path.dirname(…)` of known strings. */
function joinedPath(call: CallValue): string | null {
  const path = pathOf(call.callee);
  if (path === null || !/^os\.path\./.test(path)) return null;
  const parts = call.positional.map((argument) => filePath(argument.value));
  if (parts.length === 0 || parts.includes(null)) return null;
  const known = parts as string[];
  switch (path) {
    case 'os.path.join':
      return normalise(known.join('/'));
    case 'os.path.dirname':
      return directory(known[0] ?? '');
    case 'os.path.abspath':
    case 'os.path.realpath':
      return known[0] ?? '';
    default:
      return null;
  }
}

/** The path that a string, a `Path` or an opened file stands for. */
function filePath(value: Value): string | null {
  const text = stringOf(value);
  if (text !== null) return text;
  if (value.type === 'attribute') {
    const inner = filePath(value.object);
    return inner !== null && value.name === 'parent' ? directory(inner) : null;
  }
  if (value.type === 'operator' && value.operator === '/' && value.left !== null) {
    const [left, right] = [filePath(value.left), filePath(value.right)];
    return left === null || right === null ? null : normalise(`${left}/${right}`);
  }
  return value.type === 'call' ? pathOfCall(value) : null;
}

function pathOfCall(call: CallValue): string | null {
  const first = call.positional[0]?.value;
  if (SAME_PATH.has(pathOf(call.callee) ?? '')) return first === undefined ? null : filePath(first);
  if (call.callee.type !== 'attribute') return null;
  const base = filePath(call.callee.object);
  if (base === null) return null;
  if (/^(?:resolve|absolute|open)$/.test(call.callee.name)) return base;
  const step = STEPS[call.callee.name];
  return step === undefined || first?.type !== 'string' ? null : step(base, toString(first.text));
}

const SAME_PATH = new Set(['pathlib.Path', 'builtins.open', 'builtins.str']);

/** Methods of a `Path` that lead to another one. */
const STEPS: Record<string, (base: string, argument: string) => string> = {
  with_suffix: (base, suffix) => base.replace(/\.[^./]*$/, '') + suffix,
  with_name: (base, name) => normalise(`${directory(base)}/${name}`),
  joinpath: (base, name) => normalise(`${base}/${name}`),
};

function directory(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '.' : path.slice(0, slash);
}

function normalise(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' || parts.length === 0) parts.push(part);
  }
  return parts.filter((part, index) => part !== '.' || index === 0).join('/');
}

/** A path of the project as the host wants it: relative to the file that reads it. */
function relative(from: string, path: string): string {
  const base = directory(from).split('/').filter((part) => part !== '.');
  const target = path.split('/').filter((part) => part !== '.');
  let shared = 0;
  while (shared < base.length && base[shared] === target[shared]) shared++;
  const up = '../'.repeat(base.length - shared);
  return `${up === '' ? './' : up}${target.slice(shared).join('/')}`;
}
