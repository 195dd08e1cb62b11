import type { Interpreter } from '../evaluate/interpreter.js';
import { fromString, numberOf, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';

/**
 * SQL kept in a file beside the revision:
 * `Path(__file__).with_suffix(".sql").read_text()`,
 * `open(os.path.join(os.path.dirname(__file__), "x.sql")).read()`.
 */
export function readProjectFile(call: CallValue, interpreter: Interpreter): Value | undefined {
  const joined = joinedPath(call) ?? splitExtension(call);
  if (joined !== null) return joined;
  if (call.callee.type !== 'attribute' || !/^(?:read(?:_text|_bytes)?|readlines)$/.test(call.callee.name)) return undefined;
  const path = filePath(call.callee.object);
  if (path === null) return undefined;
  const text = textAt(path, interpreter);
  if (text === null) return { type: 'unknown', name: path.slice(path.lastIndexOf('/') + 1) };
  return call.callee.name === 'readlines' ? linesOf(text) : fromString(text);
}

/** The lines that a loop over an opened file meets; undefined of anything else. */
export function linesOfFile(value: Value, interpreter: Interpreter): Value | undefined {
  const opens = value.type === 'call' && (pathOf(value.callee) === 'builtins.open' || (value.callee.type === 'attribute' && value.callee.name === 'open'));
  const path = opens ? filePath(value) : null;
  const text = path === null ? null : textAt(path, interpreter);
  return text === null ? undefined : linesOf(text);
}

function linesOf(text: string): Value {
  return { type: 'sequence', form: 'list', items: (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map(fromString) };
}

function textAt(path: string, interpreter: Interpreter): string | null {
  const from = interpreter.source.path;
  return interpreter.host.resolveImport?.(from, relative(from, path))?.text ?? null;
}

/** `os.path.splitext(path)`, a pair. */
function splitExtension(call: CallValue): Value | null {
  if (pathOf(call.callee) !== 'os.path.splitext') return null;
  const path = filePath(call.positional[0]?.value ?? { type: 'unknown', name: 'path' });
  if (path === null) return null;
  const extension = /\.[^./]*$/.exec(path)?.[0] ?? '';
  return { type: 'sequence', form: 'tuple', items: [fromString(path.slice(0, path.length - extension.length)), fromString(extension)] };
}

/** `os.path.join(…)` and `os.path.dirname(…)` of known strings. */
function joinedPath(call: CallValue): Value | null {
  const joined = joinedText(call);
  return joined === null ? null : fromString(joined);
}

function joinedText(call: CallValue): string | null {
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
    case 'os.path.basename':
      return (known[0] ?? '').replace(/^.*\//, '');
    case 'os.path.normpath':
      return normalise(known[0] ?? '');
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
  switch (value.type) {
    case 'attribute':
      return pathPart(value.name, filePath(value.object));
    case 'operator':
      return value.operator === '/' && value.left !== null ? pathBelow(filePath(value.left), filePath(value.right)) : null;
    case 'subscript':
      return ancestor(value.object, numberOf(value.index));
    case 'call':
      return pathOfCall(value);
    default:
      return null;
  }
}

/** `path.parent`, `path.stem` and `path.name`. */
function pathPart(name: string, inner: string | null): string | null {
  if (inner === null) return null;
  if (name === 'parent') return directory(inner);
  if (name === 'stem') return inner.replace(/^.*\//, '').replace(/\.[^.]*$/, '');
  return name === 'name' ? inner.replace(/^.*\//, '') : null;
}

function pathBelow(left: string | null, right: string | null): string | null {
  return left === null || right === null ? null : normalise(`${left}/${right}`);
}

/** `Path(__file__).parents[1]`. */
function ancestor(value: Value, up: number | null): string | null {
  if (value.type !== 'attribute' || value.name !== 'parents' || up === null) return null;
  const inner = filePath(value.object);
  return inner === null ? null : Array.from({ length: up + 1 }).reduce<string>(directory, inner);
}

function pathOfCall(call: CallValue): string | null {
  const first = call.positional[0]?.value;
  if (SAME_PATH.has(pathOf(call.callee) ?? '')) return first === undefined ? null : filePath(first);
  if (call.callee.type !== 'attribute') return null;
  const base = filePath(call.callee.object);
  if (base === null) return null;
  if (/^(?:resolve|absolute|open)$/.test(call.callee.name)) return base;
  const step = STEPS[call.callee.name];
  const rest = call.positional.map((argument) => filePath(argument.value));
  return step === undefined || first === undefined || rest.includes(null) ? null : (rest as string[]).reduce(step, base);
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
