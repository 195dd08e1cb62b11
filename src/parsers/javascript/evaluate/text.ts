import type { Span } from '../../../operations/types.js';

/** A stretch of a string and where the file holds it. */
interface Segment {
  start: number;
  end: number;
  /** Null when it stands nowhere in this file. */
  source: Span | null;
  /** One character of the file for each of the string. */
  exact: boolean;
}

/** A place of the string whose content is not known; one character stands there. */
export interface Hole {
  at: number;
  /** The expression as written, for the placeholder's name. */
  label: string;
}

/** A string, where each part of it stands in the file, and what is missing. */
export interface Text {
  kind: 'text';
  text: string;
  segments: readonly Segment[];
  holes: readonly Hole[];
  span?: Span;
}

const HOLE = '\uE000';

/** A string all of which stands for one range of the file. */
export function textAt(text: string, source: Span | null): Text {
  const segments = text === '' ? [] : [{ start: 0, end: text.length, source, exact: false }];
  return source === null ? { kind: 'text', text, segments, holes: [] } : { kind: 'text', text, segments, holes: [], span: source };
}

/** One unknown part. */
export function holeAt(label: string, source: Span | null): Text {
  return { ...textAt(HOLE, source), holes: [{ at: 0, label }] };
}

/**
 * A literal's content, character by character; `raw` is what the file holds
 * between its quotes, `escapes` whether backslashes mean anything in it.
 */
export function literalText(cooked: string, raw: string, start: number, span: Span, escapes = true): Text {
  if (raw === cooked) {
    const segments = raw === '' ? [] : [{ start: 0, end: raw.length, source: { start, end: start + raw.length }, exact: true }];
    return { kind: 'text', text: cooked, segments, holes: [], span };
  }
  const segments: Segment[] = [];
  let text = '';
  for (const { from, to, value } of pieces(raw, escapes ? ESCAPE : LINE_END)) {
    if (value !== '') {
      segments.push({
        start: text.length,
        end: text.length + value.length,
        source: { start: start + from, end: start + to },
        exact: value.length === to - from,
      });
    }
    text += value;
  }
  return text === cooked ? { kind: 'text', text, segments, holes: [], span } : { ...textAt(cooked, span), span };
}

const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\}|([0-3][0-7]{2}|[0-7]{1,2})|(\r\n|[\n\r\u2028\u2029])|([\s\S]))|\r\n?/g;
const SINGLE: Record<string, string> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

const LINE_END = /\r\n?/g;

function* pieces(raw: string, special: RegExp): Generator<{ from: number; to: number; value: string }> {
  let at = 0;
  for (const match of raw.matchAll(special)) {
    const from = match.index;
    const to = from + match[0].length;
    if (from > at) yield { from: at, to: from, value: raw.slice(at, from) };
    yield { from, to, value: escaped(match) };
    at = to;
  }
  if (at < raw.length) yield { from: at, to: raw.length, value: raw.slice(at) };
}

function escaped(match: RegExpExecArray): string {
  const [whole, hex, unicode, point, octal, newline, character] = match;
  // Templates read every line end as one line feed.
  if (!whole.startsWith('\\')) return '\n';
  const code = hex ?? unicode ?? point;
  if (code !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff));
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
  if (newline !== undefined) return '';
  return SINGLE[character ?? ''] ?? character ?? '';
}

export function concat(parts: readonly Text[]): Text {
  let text = '';
  const segments: Segment[] = [];
  const holes: Hole[] = [];
  for (const part of parts) {
    const shift = text.length;
    for (const { start, end, source, exact } of part.segments) segments.push({ start: start + shift, end: end + shift, source, exact });
    for (const hole of part.holes) holes.push({ at: hole.at + shift, label: hole.label });
    text += part.text;
  }
  return { kind: 'text', text, segments, holes };
}

export function slice(text: Text, start: number, end: number): Text {
  if (start === 0 && end >= text.text.length) return text;
  const segments: Segment[] = [];
  for (const segment of text.segments) {
    const from = Math.max(segment.start, start);
    const to = Math.min(segment.end, end);
    if (from >= to) continue;
    const { source, exact } = segment;
    segments.push({
      start: from - start,
      end: to - start,
      exact,
      source: exact && source !== null ? { start: source.start + from - segment.start, end: source.start + to - segment.start } : source,
    });
  }
  const holes = text.holes.filter(({ at }) => at >= start && at < end).map(({ at, label }) => ({ at: at - start, label }));
  return { kind: 'text', text: text.text.slice(start, end), segments, holes };
}

export function trim(text: Text, side: 'both' | 'start' | 'end'): Text {
  const value = text.text;
  const start = side === 'end' ? 0 : value.length - value.trimStart().length;
  const end = side === 'start' ? value.length : value.trimEnd().length;
  return slice(text, start, Math.max(start, end));
}

/** The same string with characters changed one for one. */
export function recase(text: Text, change: (text: string) => string): Text {
  const value = change(text.text);
  return value.length === text.text.length ? { ...text, text: value } : { ...textAt(value, text.span ?? null), holes: [] };
}

/** The same string, standing for one range of the file: what a name leads to belongs where the name is. */
export function relocate(text: Text, source: Span | null): Text {
  return { ...textAt(text.text, source), holes: text.holes };
}

/** The range of the file that `start` to `end` of the string stands for, or null when it is not one range. */
export function sourceOf(text: Text, start: number, end: number): Span | null {
  const { segments } = text;
  const first = segments.find((segment) => segment.end > start) ?? segments.at(-1);
  const last = end > start ? segments.findLast((segment) => segment.start < end) : first;
  if (first?.source == null || last?.source == null) return null;
  const from = first.exact ? first.source.start + Math.max(0, start - first.start) : first.source.start;
  const to = last.exact ? last.source.start + Math.min(end, last.end) - last.start : last.source.end;
  return from <= to ? { start: from, end: to } : null;
}
