import type { Suggestion } from '../finding.js';
import type { Intent } from './intent.js';
import type { Place } from './suggestions.js';
import { outsideWords, withoutTransaction } from './outside.js';
import { appended, merged, type Edit } from './text.js';

interface Change {
  title: string;
  edits: Edit[];
}

function concurrently({ text, start, transaction, only }: Place, close: number): Change | null {
  const edit = appended(text, close, 'isConcurrent: true');
  if (transaction === 'none') return { title: 'Build it concurrently', edits: [edit] };
  const field = only ? withoutTransaction('typeorm', text, '', start) : null;
  if (field === null) return null;
  return { title: `Build it concurrently, ${outsideWords('typeorm')}`, edits: [field, edit] };
}

function change(intent: Intent, place: Place, object: string, close: number): Change | null {
  if (intent.kind === 'concurrently') {
    return intent.operation.kind === 'createIndex' && !object.includes('isConcurrent') ? concurrently(place, close) : null;
  }
  if (intent.kind !== 'default' || /\bdefault\s*:/.test(object)) return null;
  const edit = appended(place.text, close, `default: ${JSON.stringify(intent.value)}`);
  return { title: `Add default ${intent.value} for the rows that are there`, edits: [edit] };
}

/** Edits of the objects that TypeORM's calls are given. */
export function typeormSuggestion(intent: Intent, place: Place): Suggestion | null {
  const { text, operation } = place;
  const object = text.slice(operation.start, operation.end);
  const closes = /\}\s*\)$/.exec(object);
  if (!/^new Table(?:Index|Column)\(\s*\{/.test(object) || closes === null || /\/\/|\/\*/.test(object)) return null;
  const changed = change(intent, place, object, operation.start + closes.index);
  if (changed === null) return null;
  const { start, end, text: replacement } = merged(text, changed.edits);
  return { title: changed.title, range: [start, end], text: replacement };
}
