import type { Span } from '../../operations/types.js';
import { concat, holeAt, relocate, slice, type Text, textAt } from './evaluate/text.js';
import { textsOf } from './evaluate/strings.js';
import type { Value } from './evaluate/value.js';

/** Part of a statement as a library spells it. A string stands for the whole call, `null` for nothing. */
export type Piece = string | Text | null | readonly Piece[];

/** A statement put together; what has no place of its own stands for `span`. */
export function compose(span: Span, ...pieces: readonly Piece[]): Text {
  return { ...concat(pieces.flatMap((piece) => flat(piece, span))), span };
}

function flat(piece: Piece, span: Span): Text[] {
  if (piece === null) return [];
  if (typeof piece === 'string') return [textAt(piece, span)];
  return 'kind' in piece ? [piece] : piece.flatMap((part) => flat(part, span));
}

/** Whether a piece adds nothing to its statement. */
export function isEmpty(piece: Piece): boolean {
  if (piece === null) return true;
  if (typeof piece === 'string') return piece === '';
  return 'kind' in piece ? piece.text === '' : piece.every(isEmpty);
}

/** Those of the pieces that are there, with `by` between them. */
export function separated(pieces: readonly Piece[], by = ', '): Piece {
  return pieces.filter((piece) => !isEmpty(piece)).flatMap((piece, index) => (index === 0 ? [piece] : [by, piece]));
}

/** `a b c`, leaving out what is not there. */
export function spaced(...pieces: readonly Piece[]): Piece {
  return separated(pieces, ' ');
}

/** `piece` with text before and after it, or nothing. */
export function around(before: string, piece: Piece, after = ''): Piece {
  return isEmpty(piece) ? null : [before, piece, after];
}

/** What a value says as text, standing where it is written inside `span`, else for the whole of it. */
export function wordsOf(value: Value | undefined, label: string, span: Span): Text {
  const text = value === undefined ? holeAt(label, span) : (textsOf(value, null, label)[0] ?? holeAt(label, span));
  const at = value?.span ?? text.span;
  if (at === undefined) return relocate(text, span);
  return at.start >= span.start && at.end <= span.end ? placed(text, at, span) : relocate(text, span);
}

/** A text that names no place takes the one its value has. */
function placed(text: Text, at: Span, span: Span): Text {
  const known = text.segments.every(({ source }) => source !== null && source.start >= span.start && source.end <= span.end);
  return known ? text : relocate(text, at);
}

/** Every `what` of a text replaced; holes stay. */
export function replacedIn(text: Text, what: string, by: string): Text {
  const parts: Text[] = [];
  let from = 0;
  for (let at = text.text.indexOf(what); at >= 0; at = text.text.indexOf(what, from)) {
    const found = slice(text, at, at + what.length);
    parts.push(slice(text, from, at), textAt(by, found.segments[0]?.source ?? null));
    from = at + what.length;
  }
  return from === 0 ? text : concat([...parts, slice(text, from, text.text.length)]);
}

/** A name in double quotes. */
export function identifier(name: Text): Piece {
  return ['"', replacedIn(name, '"', '""'), '"'];
}

/** A constant in single quotes, with backslashes as they are. */
export function constant(text: Text): Piece {
  return ["'", replacedIn(text, "'", "''"), "'"];
}
