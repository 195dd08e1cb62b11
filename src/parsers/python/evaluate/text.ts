import type { Span } from '../../../operations/types.js';

/**
 * A string known in pieces. Each piece remembers where in the file it was
 * written, so that an offset in the finished string leads back to the file.
 */
export interface Part {
  text: string;
  /** Absent when the characters stand in another file or nowhere. */
  span?: Span;
  /** One character of `text` is one character of the file. */
  exact?: true;
  /** A placeholder for a value not known. */
  hole?: true;
}

export type Text = readonly Part[];

export function toString(text: Text): string {
  return text.length === 1 ? (text[0]?.text ?? '') : text.map((part) => part.text).join('');
}

export function hasHole(text: Text): boolean {
  return text.some((part) => part.hole === true);
}

/** True when nothing but holes and blanks is there. */
export function isUnknown(text: Text): boolean {
  return hasHole(text) && text.every((part) => part.hole === true || part.text.trim() === '');
}

/** The part of `text` between two offsets. */
export function slice(text: Text, start: number, end: number): Part[] {
  const found: Part[] = [];
  let at = 0;
  for (const part of text) {
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, part.text.length);
    if (from < to) found.push(cut(part, from, to));
    at += part.text.length;
  }
  return found;
}

function cut(part: Part, from: number, to: number): Part {
  if (from === 0 && to === part.text.length) return part;
  const text = part.text.slice(from, to);
  if (part.span === undefined || part.exact !== true) return { ...part, text };
  return { ...part, text, span: { start: part.span.start + from, end: part.span.start + to } };
}

export interface Edit {
  start: number;
  end: number;
  with: Text;
}

/** Replaces ranges, which must not overlap and stand in order. */
export function splice(text: Text, edits: readonly Edit[]): Part[] {
  const found: Part[] = [];
  let at = 0;
  for (const edit of edits) {
    found.push(...slice(text, at, edit.start), ...edit.with);
    at = edit.end;
  }
  found.push(...slice(text, at, Infinity));
  return found;
}

/** Where two offsets of the string stand in the file; null when neither does. */
export function place(text: Text, start: number, end: number): Span | null {
  let first: number | null = null;
  let last: number | null = null;
  let at = 0;
  for (const part of text) {
    const next = at + part.text.length;
    if (part.span !== undefined && next > start && at < Math.max(end, start + 1)) {
      const from = part.exact === true ? part.span.start + Math.max(start - at, 0) : part.span.start;
      const to = part.exact === true ? part.span.start + Math.min(end - at, part.text.length) : part.span.end;
      first ??= from;
      last = to;
    }
    at = next;
  }
  return first === null || last === null || last < first ? null : { start: first, end: last };
}

/** Changes the characters and keeps the places, for `upper()` and its like. */
export function map(text: Text, change: (characters: string) => string): Part[] {
  return text.map((part) => {
    const changed = change(part.text);
    if (part.hole === true) return part;
    const { exact, ...rest } = part;
    return exact === true && changed.length === part.text.length ? { ...rest, text: changed, exact } : { ...rest, text: changed };
  });
}

/** `textwrap.dedent`: takes away the blanks that every line begins with. */
export function dedent(text: Text): Part[] {
  const whole = toString(text);
  const lines = [...whole.matchAll(/^[^\n]*$/gm)];
  let margin: string | null = null;
  for (const { 0: line } of lines) {
    const indent = /^[ \t]*(?=[^ \t\r\n])/.exec(line)?.[0];
    if (indent === undefined) continue;
    margin = margin === null ? indent : common(margin, indent);
  }
  const width = margin?.length ?? 0;
  if (width === 0) return [...text];
  const edits: Edit[] = [];
  for (const line of lines) {
    const blank = /^[ \t]*/.exec(line[0])?.[0].length ?? 0;
    const end = line.index + Math.min(width, blank);
    if (end > line.index) edits.push({ start: line.index, end, with: [] });
  }
  return splice(text, edits);
}

function common(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
