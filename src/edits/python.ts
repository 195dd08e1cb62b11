import type { Suggestion } from '../finding.js';
import type { CreateIndex, DropIndex } from '../operations/types.js';
import type { Intent } from './intent.js';
import type { Place } from './suggestions.js';
import { appended, indentAt, insert, merged, newlineOf, standsAlone, type Edit } from './text.js';

const COMMENT = /^\s*#/;

function suggestion(title: string, text: string, edits: readonly Edit[]): Suggestion {
  const { start, end, text: replacement } = merged(text, edits);
  return { title, range: [start, end], text: replacement };
}

/** The lines of the call one step deeper, under a `with` of their own. */
function wrapped({ text, start, end }: Place, call: Edit): Edit {
  const indent = indentAt(text, start);
  const newline = newlineOf(text);
  const deeper = indent.includes('\t') ? '\t' : '    ';
  const changed = text.slice(start, call.start) + call.text + text.slice(call.end, end);
  const lines = changed.split(/\r?\n/).map((line) => (line === '' ? line : deeper + line));
  return { start, end, text: [`with op.get_context().autocommit_block():`, `${indent}${lines.join(newline)}`].join(newline) };
}

/** Where the bracket closes inside which `offset` stands; strings are stepped over. */
function closing(text: string, offset: number, end: number): number | null {
  let depth = 0;
  for (let at = offset; at < end; at++) {
    const character = text.charAt(at);
    if (character === '"' || character === "'") at = afterString(text, at) - 1;
    else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character) && depth-- === 0) return at;
  }
  return null;
}

function afterString(text: string, start: number): number {
  const quote = text.charAt(start);
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== quote) at += text.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}

function concurrently(operation: CreateIndex | DropIndex, place: Place, call: string): Suggestion | null {
  const { text, start, end, transaction } = place;
  if (!/^op\.(?:create|drop)_index\(/.test(call) || !standsAlone(text, start, end, COMMENT)) return null;
  // What is concurrent already only lacks the way out of the transaction.
  const already = operation.concurrently === true;
  if (already !== /\bpostgresql_concurrently\s*=/.test(call) || (already && transaction === 'none')) return null;
  const edit = already ? insert(end - 1, '') : appended(text, end - 1, 'postgresql_concurrently=True');
  const title = `${operation.kind === 'createIndex' ? 'Build' : 'Drop'} it concurrently`;
  if (transaction === 'none') return suggestion(title, text, [edit]);
  return suggestion(`${title}, in an autocommit block`, text, [wrapped(place, edit)]);
}

function notValid({ text, end }: Place, call: string): Suggestion | null {
  if (!/^op\.create_(?:foreign_key|check_constraint)\(/.test(call) || call.includes('postgresql_not_valid')) return null;
  return suggestion('Add it NOT VALID; validate it in the next migration', text, [appended(text, end - 1, 'postgresql_not_valid=True')]);
}

function withDefault(value: string, { text, start, end, operation }: Place, call: string): Suggestion | null {
  const close = /^op\.add_column\(/.test(call) ? closing(text, operation.start, end) : null;
  const module = /\b(\w+)\.Column\(\s*$/.exec(text.slice(start, operation.start))?.[1];
  if (close === null || module === undefined || /\bserver_default\s*=/.test(text.slice(operation.start, close))) return null;
  const argument = `server_default=${module}.text(${JSON.stringify(value)})`;
  return suggestion(`Add server_default ${value} for the rows that are there`, text, [appended(text, close, argument)]);
}

/** Edits of Alembic's calls. A call that holds a comment or a string of several lines is left to its author. */
export function pythonSuggestion(intent: Intent, place: Place): Suggestion | null {
  const call = place.text.slice(place.start, place.end);
  if (!/^op\.\w+\(/.test(call) || !call.endsWith(')') || /#|"""|'''/.test(call)) return null;
  switch (intent.kind) {
    case 'concurrently':
      return concurrently(intent.operation, place, call);
    case 'not valid':
      return notValid(place, call);
    case 'default':
      return withDefault(intent.value, place, call);
  }
}
