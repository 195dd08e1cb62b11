import type { Operation, Span } from '../../operations/types.js';
import { embeddedSql } from '../load.js';
import { sourceOf, type Text } from './evaluate/text.js';

/** How holes are filled so that the grammar can read around them; tried in this order. */
type Filling = 'name' | 'literal' | 'number' | 'row' | 'blank';
const FILLINGS: readonly Filling[] = ['name', 'literal', 'number', 'row', 'blank'];

interface Filled {
  sql: string;
  holes: { start: number; end: number; bare: boolean }[];
  /** An offset of `sql` as one of the text's. */
  back: (offset: number) => number;
}

/** The name that stands where a value is not known: no key word, the same for the same expression. */
export function placeholder(label: string): string {
  const word = label
    .replace(/\?\.|\W+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
    .slice(0, 40);
  return `__${word === '' ? 'value' : word}`;
}

/** A text with a name in each of its holes. */
export function settled(text: Text): string {
  return fill(text, 'name').sql;
}

/**
 * Operations of a raw SQL string. A hole is filled with a name, a literal, a
 * number, a row or nothing, whichever lets the grammar read the most.
 */
export function lowerSql(text: Text, fallback: Span, ids: { call: number; next: () => number; rewind: (to: number) => void; now: () => number }): Operation[] {
  const from = ids.now();
  let best: { operations: Operation[]; filling: Filling; unread: number; until: number } | null = null;
  for (const filling of text.holes.length === 0 ? FILLINGS.slice(0, 1) : FILLINGS) {
    ids.rewind(from);
    const operations = read(text, filling, fallback, ids);
    const unread = operations.filter(({ kind }) => kind === 'unread').length;
    if (best === null || unread < best.unread) best = { operations, filling, unread, until: ids.now() };
    if (unread === 0) break;
  }
  if (best === null) return [];
  ids.rewind(best.until);
  return best.operations.map((operation) => explained(operation, text, fallback));
}

function read(text: Text, filling: Filling, fallback: Span, ids: { call: number; next: () => number }): Operation[] {
  const { sql, holes, back } = fill(text, filling);
  const toSpan = (start: number, end: number): Span => sourceOf(text, back(start), back(end)) ?? fallback;
  const operations = embeddedSql({ text: sql, toSpan, holes, call: ids.call, nextStatement: ids.next });
  return operations.map((operation) => withUnknownWhere(operation, sql, holes));
}

/** A hole after the last word of a DELETE or an UPDATE may be its WHERE. */
function withUnknownWhere(operation: Operation, sql: string, holes: Filled['holes']): Operation {
  if ((operation.kind !== 'delete' && operation.kind !== 'update') || operation.where !== undefined) return operation;
  const last = holes.findLast(({ bare, start, end }) => bare && /^\s*;?\s*$/.test(sql.slice(end)) && start > 0);
  if (last === undefined || operation.partial !== true) return operation;
  const word = sql.slice(last.start, last.end);
  const { alias, ...rest } = operation;
  // `DELETE FROM t ${where}` reads as an alias, and as nothing at all with the hole left empty.
  if (alias === word || word.trim() === '') return { ...rest, whereUnknown: true };
  return operation;
}

/** An error around a hole is ours, not the author's. */
function explained(operation: Operation, text: Text, fallback: Span): Operation {
  if (operation.kind !== 'unread' || operation.cause !== 'syntax' || text.holes.length === 0) return operation;
  const touches = text.holes.some(({ at }) => {
    const span = sourceOf(text, at, at + 1) ?? fallback;
    return span.start < operation.statement.span.end && span.end > operation.statement.span.start;
  });
  return touches ? { ...operation, cause: 'dynamic', reason: 'SQL put together at run time' } : operation;
}

function fill(text: Text, filling: Filling): Filled {
  const holes: Filled['holes'] = [];
  const quoting = new Quoting();
  let sql = '';
  let at = 0;
  for (const hole of text.holes) {
    const before = text.text.slice(at, hole.at);
    sql += before;
    quoting.read(before);
    const after = text.text[hole.at + 1] ?? '';
    const bare = quoting.inside === '';
    const joined = /[\w$]$/.test(sql) || /^[\w$]/.test(after);
    const value = bare && !joined ? FILLED[filling](hole.label) : placeholder(hole.label);
    holes.push({ start: sql.length, end: sql.length + value.length, bare });
    sql += value;
    at = hole.at + 1;
  }
  sql += text.text.slice(at);
  return { sql, holes, back: (offset) => backwards(offset, holes) };
}

const FILLED: Record<Filling, (label: string) => string> = {
  name: placeholder,
  literal: (label) => `'${placeholder(label)}'`,
  number: () => '0',
  row: () => '(NULL)',
  blank: () => ' ',
};

/** Every hole is one character of the text, however long its filling. */
function backwards(offset: number, holes: readonly { start: number; end: number }[]): number {
  let shift = 0;
  for (const { start, end } of holes) {
    if (offset <= start) break;
    if (offset < end) return start - shift + 1;
    shift += end - start - 1;
  }
  return offset - shift;
}

/** Which quote, comment or dollar body a point of an SQL text is in. */
class Quoting {
  inside = '';

  read(sql: string): void {
    let at = 0;
    while (at < sql.length) {
      if (this.inside === '') {
        const open = /'|"|--|\/\*|\$(?:[A-Za-z_]\w*)?\$/g;
        open.lastIndex = at;
        const match = open.exec(sql);
        if (match === null) return;
        this.inside = match[0];
        at = match.index + match[0].length;
      } else {
        const close = CLOSES[this.inside] ?? this.inside;
        const end = sql.indexOf(close, at);
        if (end < 0) return;
        at = end + close.length;
        this.inside = '';
      }
    }
  }
}

const CLOSES: Record<string, string> = { '--': '\n', '/*': '*/' };
