import type { Argument, CreateFunction } from '../operations/types.js';
import { parseType, printType } from '../sql/type.js';

/** Routines of one name are told apart by the types of what goes in. */

/** The types of the arguments that go in, as one text to compare. */
export function argumentTypes(list: readonly Argument[]): string {
  const input = list.filter(({ mode }) => mode !== 'out' && mode !== 'table');
  return input.map(({ type }) => printType(withoutLimit(type))).join(', ');
}

/** What is compared of a function's result; null for a procedure and for results that OUT arguments describe. */
export function returnType({ returns, returnsSet, arguments: list }: CreateFunction): string | null {
  if (returns === undefined || list.some(({ mode }) => mode === 'out' || mode === 'inout' || mode === 'table')) return null;
  return `${returnsSet === true ? 'setof ' : ''}${printType(withoutLimit(returns))}`;
}

/** The argument types behind a name in DROP FUNCTION and the like; null when one cannot be read. */
export function signatureOf(signature: string): string | null {
  const text = signature.replace(/^\s*\(|\)\s*$/g, '').trim();
  if (text === '') return '';
  const types = text.split(/,(?![^(]*\))/).map((each) => typeOf(each.trim()));
  if (types.some((type) => type === null)) return null;
  return types.filter((type) => type !== '').join(', ');
}

/** One entry: the type alone, or behind a mode and a name; empty for OUT. */
function typeOf(written: string): string | null {
  if (/^out\s/i.test(written)) return '';
  const plain = written.replace(/^(?:in|inout|variadic)\s+/i, '').replace(/\s+(?:default\s|=)[\s\S]*$/i, '');
  const named = /^("[^"]+"|\w+)\s+([\s\S]+)$/.exec(plain);
  const inner = named === null ? null : parseType(named[2] ?? '');
  const whole = parseType(plain);
  const type = whole !== null && (inner === null || !/^\w+$/.test(whole.name)) ? whole : (inner ?? whole);
  return type === null ? null : printType(withoutLimit(type));
}

function withoutLimit<T extends { length?: number; precision?: number; scale?: number }>({ length: _length, precision: _precision, scale: _scale, ...type }: T): Omit<T, 'length' | 'precision' | 'scale'> {
  return type;
}
