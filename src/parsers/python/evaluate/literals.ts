import type { Span } from '../../../operations/types.js';
import type { Part } from './text.js';

const SIMPLE: Record<string, string> = {
  n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', v: '\v',
};

const ESCAPE = /\\(?:\r\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[\s\S])/g;

/** The characters of a literal between its quotes, each with its place. */
export function decode(source: string, span: Span, own: boolean, raw: boolean): Part[] {
  const parts: Part[] = [];
  const push = (text: string, start: number, end: number): void => {
    const exact = end - start === text.length;
    if (text === '' && start === end) return;
    if (!own) parts.push({ text });
    else if (exact) parts.push({ text, span: { start, end }, exact: true });
    else parts.push({ text, span: { start, end } });
  };
  const text = source.slice(span.start, span.end);
  if (raw || !text.includes('\\')) {
    push(text, span.start, span.end);
    return parts;
  }
  let at = 0;
  for (const match of text.matchAll(ESCAPE)) {
    push(text.slice(at, match.index), span.start + at, span.start + match.index);
    at = match.index + match[0].length;
    push(meaning(match[0]), span.start + match.index, span.start + at);
  }
  push(text.slice(at), span.start + at, span.end);
  return parts;
}

function meaning(escape: string): string {
  const first = escape.charAt(1);
  if (first === '\n' || first === '\r') return '';
  const simple = SIMPLE[first];
  if (simple !== undefined && escape.length === 2) return simple;
  if (/[0-7]/.test(first)) return String.fromCharCode(Number.parseInt(escape.slice(1), 8));
  if (/[xuU]/.test(first) && escape.length > 2) {
    const code = Number.parseInt(escape.slice(2), 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : escape;
  }
  // An unknown escape stands for itself, backslash included.
  return escape;
}
