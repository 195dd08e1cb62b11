import type { Span } from '../../../operations/types.js';
import { quoteLiteral } from '../../../sql/name.js';
import { embeddedSql } from '../../load.js';
import { hasHole, isUnknown, place, splice, toString, type Edit, type Part, type Text } from '../evaluate/text.js';
import { numberOf, type Value } from '../evaluate/value.js';
import { sendUnread, type Lowering } from './context.js';

export type Parameters = ReadonlyMap<string, Value>;

const NO_PARAMETERS: Parameters = new Map();

/** Sends raw SQL: the SQL front-end reads it, offsets lead back to the literal. */
export function sendSql(lowering: Lowering, text: Text, span: Span): void {
  if (isUnknown(text)) {
    sendUnread(lowering, 'dynamic', 'SQL known only at run time');
    return;
  }
  const fitted = fitHoles(text);
  const { recorder, circumstance } = lowering;
  const operations = embeddedSql({
    text: toString(fitted),
    toSpan: (start, end) => place(fitted, start, end) ?? span,
    holes: holesOf(fitted),
    call: recorder.nextCall(),
    nextStatement: () => recorder.nextStatement(),
  });
  for (const operation of operations) {
    if (operation.kind === 'unread' && operation.cause === 'syntax' && hasHole(fitted)) {
      operation.cause = 'dynamic';
      operation.reason = 'SQL known only at run time';
    }
    recorder.push(operation, circumstance);
  }
}

function holesOf(text: Text): { start: number; end: number }[] {
  const holes: { start: number; end: number }[] = [];
  let at = 0;
  for (const part of text) {
    if (part.hole === true) holes.push({ start: at, end: at + part.text.length });
    at += part.text.length;
  }
  return holes;
}

/** A length wants a number where the grammar takes nothing else: `VARCHAR({n})`. */
function fitHoles(text: Text): Part[] {
  let before = '';
  return text.map((part) => {
    const fitted = part.hole === true && /(?:char|varying|bit|time|timestamp|float|interval|character)\s*\(\s*$/i.test(before)
      ? { ...part, text: '1' }
      : part;
    before = (before + fitted.text).slice(-40);
    return fitted;
  });
}

/** What `text()` makes of a string: `:name` is a parameter, even between quotes, and `\:` a colon. */
export function withParameters(text: Text, parameters: Parameters = NO_PARAMETERS): Part[] {
  const whole = toString(text);
  if (!whole.includes(':')) return [...text];
  const edits: Edit[] = [];
  let count = 0;
  for (const match of whole.matchAll(/\\(:[\w$]*)|(?<![:\w\\]):(\w+)(?!:)/g)) {
    const [all, escaped, name] = match;
    const end = match.index + all.length;
    if (escaped !== undefined) {
      edits.push({ start: match.index, end: match.index + 1, with: [] });
    } else if (name !== undefined) {
      const quoted = insideQuotes(whole, match.index);
      const value = parameters.get(name);
      const span = place(text, match.index, end);
      const shown = quoted ? '?' : (literal(value, whole.slice(0, match.index)) ?? `$${++count}`);
      edits.push({ start: match.index, end, with: [span === null ? { text: shown } : { text: shown, span }] });
    }
  }
  return splice(text, edits);
}

/** An odd number of quotes stands before a parameter that is inside a string. */
function insideQuotes(text: string, offset: number): boolean {
  const lineComments = text.slice(0, offset).replaceAll(/--[^\n]*/g, '');
  return (lineComments.split("'").length - 1) % 2 === 1;
}

/** A bound value as SQL; null when it is not known. */
export function literal(value: Value | undefined, before: string): string | null {
  if (value === undefined) return /\bIN\s*$/i.test(before) ? '($1)' : null;
  if (value.type === 'string') return hasHole(value.text) ? null : quoteLiteral(toString(value.text));
  if (value.type === 'constant') return value.value === null ? 'NULL' : String(value.value);
  if (value.type === 'sequence') return listLiteral(value, before);
  const number = numberOf(value);
  return number === null ? literal(undefined, before) : String(number);
}

/** A driver takes a list for an array; only IN has it as a list. */
function listLiteral({ form, items, open }: Extract<Value, { type: 'sequence' }>, before: string): string {
  if (open === true || items.length === 0) return '($1)';
  const shown = items.map((item) => literal(item, '') ?? '$1').join(', ');
  return form === 'list' && !/(?:^|\bIN\s*)$/i.test(before) ? `ARRAY[${shown}]` : `(${shown})`;
}

/** `%%` of a DDL() or of a driver's string with parameters is one percent sign. */
export function withoutDoubledPercents(text: Text): Part[] {
  const whole = toString(text);
  const edits: Edit[] = [...whole.matchAll(/%%/g)].map((match) => ({ start: match.index, end: match.index + 1, with: [] }));
  return edits.length === 0 ? [...text] : splice(text, edits);
}
