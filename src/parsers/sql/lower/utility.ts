import type { Lowering } from './tree.js';

/** Titles of manual pages that the statement's first two words do not spell. */
const TITLES: readonly (readonly string[])[] = [
  ['alter', 'default', 'privileges'],
  ['alter', 'event', 'trigger'],
  ['alter', 'foreign', 'data', 'wrapper'],
  ['alter', 'large', 'object'],
  ['alter', 'operator', 'class'],
  ['alter', 'operator', 'family'],
  ['alter', 'text', 'search', 'configuration'],
  ['alter', 'text', 'search', 'dictionary'],
  ['alter', 'text', 'search', 'parser'],
  ['alter', 'text', 'search', 'template'],
  ['alter', 'user', 'mapping'],
  ['commit', 'prepared'],
  ['create', 'access', 'method'],
  ['create', 'event', 'trigger'],
  ['create', 'foreign', 'data', 'wrapper'],
  ['create', 'operator', 'class'],
  ['create', 'operator', 'family'],
  ['create', 'text', 'search', 'configuration'],
  ['create', 'text', 'search', 'dictionary'],
  ['create', 'text', 'search', 'parser'],
  ['create', 'text', 'search', 'template'],
  ['create', 'user', 'mapping'],
  ['drop', 'owned'],
  ['drop', 'user', 'mapping'],
  ['import', 'foreign', 'schema'],
  ['prepare', 'transaction'],
  ['reassign', 'owned'],
  ['rollback', 'prepared'],
  ['security', 'label'],
  ['set', 'constraints'],
  ['set', 'transaction'],
  ['set', 'session', 'characteristics'],
];

const TWO_WORDS = new Set(['alter', 'create', 'drop']);
/** Words between the verb and the noun that no title has. */
const NOISE = new Set(['or', 'replace', 'trusted', 'procedural', 'default', 'global', 'local', 'constraint']);

/** The command as its manual page is titled. */
export function command(s: Lowering): string {
  for (const title of TITLES) if (s.has(s.first, ...title)) return title.join(' ').toUpperCase();
  const verb = s.word(s.first);
  if (!TWO_WORDS.has(verb)) return verb.toUpperCase();
  let noun = s.first + 1;
  while (NOISE.has(s.word(noun))) noun++;
  return `${verb} ${s.word(noun)}`.toUpperCase();
}
