import { concat, holeAt, slice, type Text } from '../evaluate/text.js';
import type { Value } from '../evaluate/value.js';
import { SqlWriter } from '../sql-writer.js';
import { writeReplacement } from './expressions.js';

/** Strings, quoted names, dollar quotes and comments: what stands in them is no mark. */
const OPAQUE = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![0-9a-z_])\$([a-z_]\w*)?\$[\s\S]*?\$\1\$|-- [^\n]*|\/\*[\s\S]*?\*\//gi;
const NAMED = /(?<![^\s(>,=[]):([a-z_]\w*)(?=\)|,|$|\s|::|;|\])/gi;
const POSITIONAL = /(?<![^\s(>,=[])\?(?![|&])/g;

/** `query(sql, { replacements })`: values put into the text where their marks stand. */
export function replaced(text: Text, replacements: Value | undefined, bound: Value | undefined): Text {
  if (replacements === undefined) return bound?.kind === 'dictionary' ? named(text) : text;
  const list = replacements.kind === 'list' ? replacements.items : null;
  let index = 0;
  const parts: Text[] = [];
  let at = 0;
  for (const match of marks(text.text, list === null ? NAMED : POSITIONAL)) {
    const held = list === null ? propertyOf(replacements, match[1] ?? '') : list[index++];
    if (held === undefined && replacements.kind === 'dictionary' && replacements.open !== true) continue;
    parts.push(slice(text, at, match.index), replacementAt(text, match, held));
    at = match.index + match[0].length;
  }
  return whole([...parts, slice(text, at, text.text.length)], text);
}

function marks(sql: string, pattern: RegExp): RegExpExecArray[] {
  const opaque = [...sql.matchAll(OPAQUE)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
  return [...sql.matchAll(pattern)].filter(({ index }) => !opaque.some(({ start, end }) => index > start && index < end));
}

function propertyOf(value: Value, name: string): Value | undefined {
  return value.kind === 'dictionary' ? value.properties.get(name)?.value : undefined;
}

function replacementAt(text: Text, match: RegExpExecArray, held: Value | undefined): Text {
  const source = slice(text, match.index, match.index + match[0].length).segments[0]?.source ?? null;
  if (held === undefined) return holeAt(match[1] ?? 'value', source);
  const writer = new SqlWriter(source ?? { start: 0, end: 0 }, true);
  writeReplacement(writer, held);
  return writer.done();
}

/** `$name` becomes `$1`, `$2` … in the order of first use. */
function named(text: Text): Text {
  const numbers = new Map<string, number>();
  const parts: Text[] = [];
  let at = 0;
  for (const match of text.text.matchAll(/\$(\w+)/g)) {
    const name = match[1] ?? '';
    if (!numbers.has(name)) numbers.set(name, numbers.size + 1);
    const source = slice(text, match.index, match.index + match[0].length).segments[0]?.source ?? null;
    const number = `$${numbers.get(name)}`;
    parts.push(slice(text, at, match.index), { kind: 'text', text: number, holes: [], segments: [{ start: 0, end: number.length, source, exact: false }] });
    at = match.index + match[0].length;
  }
  return whole([...parts, slice(text, at, text.text.length)], text);
}

function whole(parts: readonly Text[], { span }: Text): Text {
  return { ...concat([...parts]), ...(span !== undefined && { span }) };
}
