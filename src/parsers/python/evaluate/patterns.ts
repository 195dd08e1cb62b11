import type { Pattern } from '../syntax/nodes.js';
import { attributeOf, evaluate } from './expressions.js';
import { instanceOf } from './instances.js';
import type { Interpreter } from './interpreter.js';
import type { Scope } from './scope.js';
import { equal, unknown, type Value } from './value.js';

/** Whether `value` fits what stands after `case`, its names bound; null when that is not known. */
export function matches(pattern: Pattern, value: Value, scope: Scope, interpreter: Interpreter): boolean | null {
  switch (pattern.kind) {
    case 'value':
      return equal(value, evaluate(pattern.value, scope, interpreter));
    case 'capture':
    case 'star':
      if (pattern.name !== '_') scope.set(pattern.name, value);
      return true;
    case 'as': {
      const fits = matches(pattern.pattern, value, scope, interpreter);
      if (fits !== false) scope.set(pattern.name, value);
      return fits;
    }
    case 'or':
      return some(pattern.patterns.map((inner) => () => matches(inner, value, scope, interpreter)));
    case 'sequence':
      return matchesSequence(pattern.patterns, value, scope, interpreter);
    case 'mapping':
      return matchesMapping(pattern, value, scope, interpreter);
    case 'class':
      return matchesClass(pattern, value, scope, interpreter);
    default:
      return null;
  }
}

type Question = () => boolean | null;

/** The first true one decides, an unknown one before it leaves the answer open. */
function some(questions: readonly Question[]): boolean | null {
  let open = false;
  for (const ask of questions) {
    const answer = ask();
    if (answer === true) return open ? null : true;
    if (answer === null) open = true;
  }
  return open ? null : false;
}

function every(questions: readonly Question[]): boolean | null {
  let open = false;
  for (const ask of questions) {
    const answer = ask();
    if (answer === false) return false;
    if (answer === null) open = true;
  }
  return open ? null : true;
}

function matchesSequence(patterns: readonly Pattern[], value: Value, scope: Scope, interpreter: Interpreter): boolean | null {
  if (value.type !== 'sequence' || value.open === true) {
    const never = value.type === 'string' || value.type === 'number' || value.type === 'constant' || value.type === 'dictionary';
    if (!never) for (const pattern of patterns) matches(pattern, unknown(), scope, interpreter);
    return never ? false : null;
  }
  const star = patterns.findIndex((pattern) => pattern.kind === 'star');
  const after = star < 0 ? 0 : patterns.length - star - 1;
  const fits = star < 0 ? value.items.length === patterns.length : value.items.length >= patterns.length - 1;
  if (!fits) return false;
  const end = value.items.length - after;
  return every(
    patterns.map((pattern, index) => () => {
      if (index === star) return matches(pattern, { type: 'sequence', form: 'list', items: value.items.slice(star, end) }, scope, interpreter);
      const at = star >= 0 && index > star ? end + index - star - 1 : index;
      return matches(pattern, value.items[at] ?? unknown(), scope, interpreter);
    }),
  );
}

function matchesMapping(pattern: Extract<Pattern, { kind: 'mapping' }>, value: Value, scope: Scope, interpreter: Interpreter): boolean | null {
  if (value.type !== 'dictionary') return value.type === 'unknown' ? null : false;
  const keys = pattern.entries.map((entry) => evaluate(entry.key, scope, interpreter));
  if (pattern.rest !== null) {
    const entries = value.entries.filter((entry) => !keys.some((key) => equal(key, entry.key) === true));
    scope.set(pattern.rest, { type: 'dictionary', entries });
  }
  return every(
    pattern.entries.map((entry, index) => () => {
      const found = value.entries.find((each) => equal(each.key, keys[index] ?? unknown()) === true);
      if (found === undefined) return value.open === true ? null : false;
      return matches(entry.pattern, found.value, scope, interpreter);
    }),
  );
}

function matchesClass(pattern: Extract<Pattern, { kind: 'class' }>, value: Value, scope: Scope, interpreter: Interpreter): boolean | null {
  const type = evaluate(pattern.type, scope, interpreter);
  const fields = type.type === 'class' ? type.fields : [];
  const inner = (name: string | undefined, each: Pattern): Question => () => matches(each, name === undefined ? value : attributeOf(value, name, interpreter), scope, interpreter);
  return every([
    () => instanceOf(value, type),
    ...pattern.positional.map((each, index) => inner(fields[index], each)),
    ...pattern.keywords.map(({ name, pattern: each }) => inner(name, each)),
  ]);
}
