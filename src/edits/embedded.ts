import type { Suggestion } from '../finding.js';
import type { Migration } from '../operations/migration.js';
import type { Intent } from './intent.js';
import { escaped, literalAt, literalsOf, type Literal } from './literals.js';
import { wayOut, type WayOut } from './outside.js';
import type { Place } from './suggestions.js';
import { indentAt, insert, merged, newlineOf, standsAlone, type Edit } from './text.js';

function suggestion(title: string, text: string, edits: readonly Edit[]): Suggestion {
  const { start, end, text: replacement } = merged(text, edits);
  return { title, range: [start, end], text: replacement };
}

/** The words up to the one after which CONCURRENTLY stands; escapes and pieces that are joined are not looked through. */
const INDEX = /^(?:create\s+(?:unique\s+)?|drop\s+)index(?=\s)/i;
const STATEMENT = /^(?:create|drop|alter)\s/i;
const SQL_COMMENT = /--|\/\*/;

/** The string in which the last word of the statement stands, where nothing else of a program stands behind it. */
function lastLiteral(literals: readonly Literal[], { text, end }: Place): Literal | null {
  const last = literals.find((one) => one.start < end && end <= one.end - one.quote.length);
  return last !== undefined && /^\s*(?:;|$)/.test(text.slice(end, last.end - last.quote.length)) ? last : null;
}

/** A call of `op.execute` that holds one string and stands alone on its lines; null for any other. */
function executeCall(literal: Literal, { text }: Place): { start: number; end: number } | null {
  const before = /\bop\.execute\(\s*(?:(?:sa|sqlalchemy)\.text\(\s*|text\(\s*)?[rRuU]?$/.exec(text.slice(Math.max(literal.start - 200, 0), literal.start));
  if (before === null) return null;
  const start = literal.start - before[0].length;
  const closes = /\(/.exec(before[0].slice(10)) === null ? /^\s*,?\s*\)/ : /^\s*\)\s*,?\s*\)/;
  const after = closes.exec(text.slice(literal.end));
  if (after === null) return null;
  const end = literal.end + after[0].length;
  return standsAlone(text, start, end, /^\s*#/) ? { start, end } : null;
}

/** The call under a `with` of its own. What stands in the string keeps its place: it may be text of several lines. */
function inAutocommitBlock(literal: Literal, place: Place): Edit[] | null {
  const { text } = place;
  const call = executeCall(literal, place);
  if (call === null) return null;
  const indent = indentAt(text, call.start);
  const deeper = indent.includes('\t') ? '\t' : '    ';
  const newline = newlineOf(text);
  const lines = [...text.slice(call.start, call.end).matchAll(/\n/g)].map(({ index }) => call.start + index + 1);
  const outside = lines.filter((line) => line <= literal.start || line >= literal.end);
  return [insert(call.start, `with op.get_context().autocommit_block():${newline}${indent}${deeper}`), ...outside.map((line) => insert(line, deeper))];
}

function wayOutOf(literal: Literal, place: Place, migration: Migration): WayOut | null {
  if (migration.framework !== 'alembic' || place.transaction === 'none') return wayOut(place, migration, literal.start);
  // Within one string several statements share a transaction that nothing around it ends.
  const edits = place.transaction === place.shape ? inAutocommitBlock(literal, place) : null;
  return edits === null ? null : { edits, words: ', in an autocommit block' };
}

function concurrently({ operation }: Extract<Intent, { kind: 'concurrently' }>, literal: Literal, place: Place, migration: Migration): Suggestion | null {
  const { text, start, end } = place;
  const index = INDEX.exec(text.slice(start, Math.min(end, literal.end)));
  const already = operation.concurrently === true;
  const out = wayOutOf(literal, place, migration);
  if (index === null || out === null || (already && out.edits.length === 0)) return null;
  const edits = already ? [] : [insert(start + index[0].length, inCase(' CONCURRENTLY', place))];
  return suggestion(`${operation.kind === 'createIndex' ? 'Build' : 'Drop'} it CONCURRENTLY${out.words}`, text, [...edits, ...out.edits]);
}

/** Keywords as the statement has its own: in capitals or not. */
function inCase(keywords: string, { text, start }: Place): string {
  return /[A-Z]/.test(text.charAt(start)) ? keywords : keywords.toLowerCase();
}

function appended(title: string, words: string, literals: readonly Literal[], place: Place): Suggestion | null {
  const { text, start, end } = place;
  const last = SQL_COMMENT.test(text.slice(start, end)) ? null : lastLiteral(literals, place);
  const written = last === null ? null : escaped(words, last);
  return written === null ? null : suggestion(title, text, [insert(end, written)]);
}

/** Edits of SQL that stands in a string of a program, in that string's own quotes. */
export function embeddedSuggestion(intent: Intent, place: Place, migration: Migration): Suggestion | null {
  const { text, start, end } = place;
  if (migration.language === 'sql' || !STATEMENT.test(text.slice(start, end))) return null;
  const literals = literalsOf(text, migration.language);
  const literal = literalAt(literals, start);
  if (literal === null) return null;
  switch (intent.kind) {
    case 'concurrently':
      return concurrently(intent, literal, place, migration);
    case 'not valid':
      return appended('Add it NOT VALID; validate it in the next migration', inCase(' NOT VALID', place), literals, place);
    case 'default':
      return appended(`Add DEFAULT ${intent.value} for the rows that are there`, `${inCase(' DEFAULT', place)} ${intent.value}`, literals, place);
  }
}
