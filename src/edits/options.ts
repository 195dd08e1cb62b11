import type { Suggestion } from '../finding.js';
import type { Framework, Migration } from '../operations/migration.js';
import type { Intent } from './intent.js';
import { wayOut } from './outside.js';
import type { Place } from './suggestions.js';
import { appended, merged, type Edit } from './text.js';

/** Builders that take what PostgreSQL calls CONCURRENTLY as an option, in an object after two arguments. */
const CALLS: Readonly<Partial<Record<Framework, RegExp>>> = {
  'node-pg-migrate': /^pgm\.(?:createIndex|addIndex|dropIndex)\(/,
  sequelize: /^queryInterface\.(?:addIndex|removeIndex)\(/,
};

/** The arguments of a call that ends with `call`, each as it is written; null where a comment or a string hides how many there are. */
function argumentsOf(call: string, open: number): string[] | null {
  const inside = call.slice(open, -1).trim().replace(/,$/, '');
  if (/\/[/*]|`|\\/.test(inside)) return null;
  const parts = [''];
  let depth = 0;
  for (const [token] of inside.matchAll(/'[^'\n]*'|"[^"\n]*"|[\s\S]/g)) {
    if ('([{'.includes(token)) depth++;
    if (')]}'.includes(token)) depth--;
    if (token === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += token;
  }
  return parts.map((part) => part.trim());
}

/** With the option, in the object of options that is there or in one of its own. */
function withOption({ text, start, end }: Place, opening: string): Edit | null {
  const parts = argumentsOf(text.slice(start, end), opening.length);
  const options = parts?.at(-1) ?? '';
  if (parts === null || /\bconcurrently\b/.test(options)) return null;
  if (options.startsWith('{') && options.endsWith('}')) return objectWith(text, text.lastIndexOf('}', end - 1));
  return parts.length === 2 ? appended(text, end - 1, '{ concurrently: true }') : null;
}

function objectWith(text: string, close: number): Edit {
  const edit = appended(text, close, 'concurrently: true');
  return /\{\s*$/.test(text.slice(0, close)) ? { ...edit, text: ' concurrently: true ' } : edit;
}

/** Edits of calls that take an object of options. */
export function optionSuggestion(intent: Intent, place: Place, migration: Migration): Suggestion | null {
  const { text, start, end } = place;
  const opening = CALLS[migration.framework]?.exec(text.slice(start, end))?.[0];
  if (intent.kind !== 'concurrently' || intent.operation.concurrently === true || opening === undefined) return null;
  const edit = withOption(place, opening);
  const out = wayOut(place, migration, start);
  if (edit === null || out === null) return null;
  const { start: from, end: to, text: replacement } = merged(text, [...out.edits, edit]);
  return { title: `${intent.operation.kind === 'createIndex' ? 'Build' : 'Drop'} it concurrently${out.words}`, range: [from, to], text: replacement };
}
