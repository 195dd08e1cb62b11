import type { CreateIndex, DropIndex } from '../operations/types.js';
import { tokenize } from '../sql/lexer.js';
import type { Suggestion } from '../finding.js';
import type { Migration } from '../operations/migration.js';
import type { Intent } from './intent.js';
import { wayOut } from './outside.js';
import type { Place } from './suggestions.js';
import { indentAt, insert, merged, newlineOf, type Edit } from './text.js';

function suggestion(title: string, text: string, edits: readonly Edit[]): Suggestion {
  const { start, end, text: replacement } = merged(text, edits);
  return { title, range: [start, end], text: replacement };
}

function afterKeyword({ text, start, end }: Place, keyword: string): number | null {
  const token = tokenize(text, start, end).find((one) => text.slice(one.start, one.end).toUpperCase() === keyword);
  return token?.end ?? null;
}

/** Where the last word of the statement ends: comments may follow it. */
function lastWord({ text, start, end }: Place): number {
  return tokenize(text, start, end).filter(({ kind }) => kind !== 'comment').at(-1)?.end ?? end;
}

function concurrently(operation: CreateIndex | DropIndex, place: Place, migration: Migration, keyword: string): Suggestion | null {
  const already = operation.concurrently === true;
  const at = already ? place.start : afterKeyword(place, 'INDEX');
  const out = wayOut(place, migration, place.start);
  if (at === null || out === null || (already && out.edits.length === 0)) return null;
  const edits = [...(already ? [] : [insert(at, keyword)]), ...out.edits];
  return suggestion(`${operation.kind === 'createIndex' ? 'Build' : 'Drop'} it CONCURRENTLY${out.words}`, place.text, edits);
}

/** Edits in a file of SQL, written as the rest of the statement is: in capitals or not. */
export function sqlSuggestion(intent: Intent, place: Place, migration: Migration): Suggestion | null {
  const { text, transaction, shape } = place;
  const upper = /^\s*[A-Z]/.test(text.slice(place.start));
  const word = (keyword: string): string => (upper ? keyword : keyword.toLowerCase());
  const end = lastWord(place);
  switch (intent.kind) {
    case 'concurrently':
      return concurrently(intent.operation, place, migration, word(' CONCURRENTLY'));
    case 'not valid': {
      const edit = insert(end, word(' NOT VALID'));
      const semicolon = /^\s*;/.exec(text.slice(end))?.[0].length;
      // A second statement would put both into one transaction where the whole file is sent at once.
      if (transaction !== 'none' || shape === 'implicit' || semicolon === undefined) return suggestion('Add it NOT VALID; validate it in the next migration', text, [edit]);
      const validate = `${newlineOf(text)}${indentAt(text, place.start)}${intent.validate};`;
      return suggestion('Add it NOT VALID, then validate it', text, [edit, insert(end + semicolon, validate)]);
    }
    case 'default':
      return suggestion(`Add DEFAULT ${intent.value} for the rows that are there`, text, [insert(end, `${word(' DEFAULT')} ${intent.value}`)]);
  }
}
