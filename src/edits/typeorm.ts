import type { Suggestion } from '../finding.js';
import type { Intent } from './intent.js';
import type { Place } from './suggestions.js';
import { appended, insert, merged, newlineOf, type Edit } from './text.js';

const CLASS = /\bclass\s+\w+[^{]*\{[ \t]*(\r?\n)([ \t]*)/;

/** The field by which TypeORM runs a migration outside a transaction; null where the class is laid out in no usual way. */
function withoutTransaction(text: string): Edit | null {
  const opened = CLASS.exec(text);
  if (opened === null || /\btransaction\s*[=:]/.test(text)) return null;
  const at = opened.index + opened[0].length;
  const newline = newlineOf(text);
  return insert(at, `transaction = false;${newline}${newline}${opened[2] ?? ''}`);
}

/** Edits of the objects that TypeORM's calls are given. */
export function typeormSuggestion(intent: Intent, place: Place): Suggestion | null {
  const { text, start, end, operation, transaction } = place;
  const object = text.slice(operation.start, operation.end);
  if (operation.start < start || operation.end > end || /\/\/|\/\*/.test(object)) return null;
  const closes = /\}\s*\)$/.exec(object);
  if (!/^new Table(?:Index|Column)\(\s*\{/.test(object) || closes === null) return null;
  const close = operation.start + closes.index;
  const edits: Edit[] = [];
  let title: string;
  if (intent.kind === 'concurrently' && intent.operation.kind === 'createIndex' && !object.includes('isConcurrent')) {
    const field = transaction === 'none' ? null : withoutTransaction(text);
    if (transaction !== 'none' && (field === null || !place.only)) return null;
    if (field !== null) edits.push(field);
    edits.push(appended(text, close, 'isConcurrent: true'));
    title = field === null ? 'Build it concurrently' : 'Build it concurrently, without a transaction (migrationsTransactionMode "each")';
  } else if (intent.kind === 'default' && !/\bdefault\s*:/.test(object)) {
    edits.push(appended(text, close, `default: ${JSON.stringify(intent.value)}`));
    title = `Add default ${intent.value} for the rows that are there`;
  } else return null;
  const { start: from, end: to, text: replacement } = merged(text, edits);
  return { title, range: [from, to], text: replacement };
}
