import type { Machine } from './evaluate/machine.js';
import { namespaceOf } from './evaluate/modules.js';
import { nothing, type Dictionary, type Value } from './evaluate/value.js';

/** What a migration file exports, whichever module system it uses; a default export counts as the file. */
export function exportsOf(machine: Machine): Dictionary {
  const whole = namespaceOf(machine, machine.main, { start: 0, end: 0 });
  const dictionary: Dictionary = whole.kind === 'dictionary' ? whole : { kind: 'dictionary', properties: new Map() };
  const inner = dictionary.properties.get('default')?.value;
  if (dictionary.properties.has('up') || inner?.kind !== 'dictionary') return dictionary;
  return inner;
}

/** A function among the exports; null when there is none of that name. */
export function exportedFunction(exported: Dictionary, name: string): Value | null {
  const value = exported.properties.get(name)?.value ?? nothing;
  return value.kind === 'callable' ? value : null;
}
