import { membersOf } from './instances.js';
import { stringOf, type Value } from './value.js';

/** Items a loop unrolls before the reader takes one round for all. */
const MOST = 1000;

/** The items that a loop over `value` meets, in order; null when not known. */
export function iterate(value: Value): Value[] | null {
  if (value.type === 'sequence') return value.open === true || value.items.length > MOST ? null : [...value.items];
  if (value.type === 'dictionary') return value.open === true ? null : value.entries.map((entry) => entry.key);
  if (value.type === 'class') return isEnum(value) ? membersOf(value).map(([, member]) => member) : null;
  const text = stringOf(value);
  if (text === null || text.length > MOST) return null;
  return [...text].map((character) => ({ type: 'string', text: [{ text: character }] }));
}

/** A class that derives, however remotely, from `enum.Enum`. */
export function isEnum(value: Value): boolean {
  if (value.type === 'class') return value.bases.some(isEnum);
  return value.type === 'symbol' && /^enum\.(?:Str|Int)?(?:Enum|Flag)$|(?:^|\.)models\.(?:Text|Integer)?Choices$|(?:^|\.)StrEnum$/.test(value.path);
}
