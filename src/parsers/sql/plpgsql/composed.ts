import type { Span } from '../../../operations/types.js';
import type { Token } from '../../../sql/lexer.js';

/** SQL that stands inside other SQL, with the way back to where it was written. */
export interface InnerText {
  text: string;
  /** Offset in the outer text of each offset here. */
  outer(offset: number): number;
  /** Ranges of `text` that stand for values not known. */
  holes: Span[];
  /** The text with what the author wrote in the place of each hole; same length. */
  written: string;
}

/** How many characters stand before a string's content: quotes, tags and prefixes. */
function opening(written: string): number {
  return written.startsWith('$') ? written.indexOf('$', 1) + 1 : written.indexOf("'") + 1;
}

/** The content of a string constant. */
export function contentOf(token: Token, source: string): InnerText {
  const start = token.start + opening(source.slice(token.start, token.end));
  const raw = source.slice(start, start + token.value.length);
  if (raw === token.value) return { text: token.value, outer: (offset) => start + offset, holes: [], written: token.value };
  return unescaped(token, source, start);
}

/** Doubled quotes are one character of the content; other escapes are followed no further than the string's start. */
function unescaped(token: Token, source: string, start: number): InnerText {
  const offsets: number[] = [];
  let text = '';
  for (let at = start; at < token.end - 1; at++) {
    offsets.push(at);
    text += source[at];
    if (source[at] === "'" && source[at + 1] === "'") at++;
  }
  if (text !== token.value) return { text: token.value, outer: () => token.start, holes: [], written: token.value };
  return { text, outer: (offset) => offsets[offset] ?? token.end - 1, holes: [], written: text };
}

const FORMAT = /%(?:\d+\$)?(?:-?\d*)?([IsL%])/g;

/** The string of a `format` call with its arguments as holes: a name for %I and %s, a constant for %L. */
export function formatted(inner: InnerText): InnerText {
  const holes: Span[] = [];
  const text = inner.text.replace(FORMAT, (written: string, kind: string, at: number) => {
    if (kind === '%') return '% ';
    holes.push({ start: at, end: at + written.length });
    return kind === 'L' ? `'${' '.repeat(written.length - 2)}'` : '_'.repeat(written.length);
  });
  return { text, outer: inner.outer, holes, written: inner.text };
}

/** Stands for whatever is joined in; long enough to be a name, and `..` is how it is shown. */
const HOLE = '__';
const SHOWN = '..';

/** Strings joined by `||`, with everything between two of them as one name. Null without a string at the front. */
export function concatenated(tokens: readonly Token[], source: string): InnerText | null {
  if (tokens[0]?.kind !== 'string') return null;
  const parts = new Parts();
  let gap: Span | undefined;
  for (const token of tokens) {
    if (token.kind === 'string') {
      if (gap !== undefined) parts.addHole(gap);
      gap = undefined;
      parts.add(contentOf(token, source));
    } else if (token.value !== '||') gap = { start: gap?.start ?? token.start, end: token.end };
  }
  if (gap !== undefined) parts.addHole(gap);
  return parts.join(tokens.at(-1)?.end ?? 0);
}

class Parts {
  private readonly offsets: number[] = [];
  private readonly holes: Span[] = [];
  private text = '';
  private written = '';

  add(inner: InnerText): void {
    for (let at = 0; at < inner.text.length; at++) this.offsets.push(inner.outer(at));
    this.text += inner.text;
    this.written += inner.text;
  }

  addHole(gap: Span): void {
    this.holes.push({ start: this.text.length, end: this.text.length + HOLE.length });
    this.offsets.push(gap.start, gap.end - 1);
    this.text += HOLE;
    this.written += SHOWN;
  }

  join(end: number): InnerText {
    const { text, offsets, holes, written } = this;
    return { text, outer: (offset) => offsets[offset] ?? end, holes, written };
  }
}
