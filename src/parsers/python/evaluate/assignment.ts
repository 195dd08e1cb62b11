import type { Expression } from '../syntax/nodes.js';
import { evaluate } from './expressions.js';
import type { Interpreter } from './interpreter.js';
import { iterate } from './iterate.js';
import { deleteEntry, putEntry } from './methods.js';
import type { Scope } from './scope.js';
import { numberOf, unknown, type Value } from './value.js';

/** Assigns to a name, to names in parentheses, to an attribute, or into a list or a dictionary. */
export function bindTarget(target: Expression, value: Value, scope: Scope, interpreter: Interpreter): void {
  switch (target.kind) {
    case 'name':
      scope.set(target.id, value.type === 'unknown' && value.name === 'value' ? { ...value, name: target.id } : value);
      break;
    case 'star':
      bindTarget(target.value, value, scope, interpreter);
      break;
    case 'sequence':
      bindItems(target.items, value, scope, interpreter);
      break;
    case 'attribute': {
      const object = evaluate(target.object, scope, interpreter);
      if (object.type === 'call') object.attributes?.set(target.name, value);
      if (object.type === 'class') object.members.set(target.name, value);
      interpreter.library.assigned?.(object, target.name, interpreter, interpreter.at(target.span, scope));
      break;
    }
    case 'subscript':
      if (target.index.kind !== 'slice') {
        putItem(evaluate(target.object, scope, interpreter), evaluate(target.index, scope, interpreter), value);
      }
      break;
    default:
      break;
  }
}

/** `a, *rest, z = value`. */
function bindItems(targets: readonly Expression[], value: Value, scope: Scope, interpreter: Interpreter): void {
  const items = value.type === 'unknown' || (value.type === 'sequence' && value.open === true) ? null : iterate(value);
  const fallback = value.type === 'unknown' ? value : unknown();
  const star = targets.findIndex((target) => target.kind === 'star');
  const surplus = star < 0 || items === null ? 0 : items.length - targets.length;
  targets.forEach((target, index) => {
    const at = star >= 0 && index > star ? index + surplus : index;
    const rest: Value = items === null ? { ...fallback, name: 'value' } : { type: 'sequence', form: 'list', items: items.slice(star, star + surplus + 1) };
    bindTarget(target, index === star ? rest : (items?.[at] ?? { ...fallback, name: 'value' }), scope, interpreter);
  });
}

function putItem(object: Value, key: Value, value: Value): void {
  if (object.type === 'dictionary') putEntry(object, key, value);
  const at = numberOf(key);
  if (object.type !== 'sequence' || at === null) return;
  const index = at < 0 ? object.items.length + at : at;
  if (index < object.items.length) object.items[index] = value;
}

/** `del object[key]`. */
export function removeItem(object: Value, key: Value): void {
  if (object.type === 'dictionary') deleteEntry(object, key);
  const at = numberOf(key);
  if (object.type === 'sequence' && at !== null) object.items.splice(at, 1);
}
