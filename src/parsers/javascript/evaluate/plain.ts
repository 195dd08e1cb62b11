import type { Value } from './value.js';

type Plain = string | number | boolean | null | Plain[] | { [key: string]: Plain };

/** A value as JSON holds it; undefined where some of it is not known. */
export function plainOf(value: Value): Plain | undefined {
  switch (value.kind) {
    case 'text':
      return value.holes.length === 0 ? value.text : undefined;
    case 'primitive':
      return typeof value.value === 'bigint' || value.value === undefined ? undefined : value.value;
    case 'list': {
      const items = value.items.map(plainOf);
      return value.open === true || items.includes(undefined) ? undefined : (items as Plain[]);
    }
    case 'dictionary': {
      const entries = [...value.properties].map(([name, property]) => [name, plainOf(property.value)] as const);
      return value.open === true || entries.some(([, item]) => item === undefined) ? undefined : (Object.fromEntries(entries) as { [key: string]: Plain });
    }
    default:
      return undefined;
  }
}
