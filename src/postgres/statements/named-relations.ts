import type { LockMode, QualifiedName } from '../../operations/types.js';
import type { Token } from '../../sql/lexer.js';
import { tokensOf } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { relationKey } from '../schema.js';
import { lockRead } from './dependants.js';

/** A relation in an SQL text and how the text uses it. */
interface Named {
  name: QualifiedName;
  mode: LockMode;
}

/** Relations that an SQL text reads or writes, found by the words before their names; known or not. */
export function namedIn(text: string): Named[] {
  const tokens = tokensOf(text);
  const defined = new Set(tokens.flatMap(({ value }, index) => (isDefinition(tokens, index) ? value : [])));
  return tokens.flatMap((token, index) => {
    const mode = token.kind === 'word' ? modeAfter(token.value, tokens[index - 1]?.value) : null;
    const name = mode === null ? null : nameAt(tokens, tokens[index + 1]?.value === 'only' ? index + 2 : index + 1);
    return mode === null || name === null || (name.schema === undefined && defined.has(name.name)) ? [] : { name, mode };
  });
}

/** `WITH x AS (`: no relation. */
function isDefinition(tokens: readonly Token[], index: number): boolean {
  return tokens[index + 1]?.value === 'as' && (tokens[index + 2]?.value === '(' || tokens[index + 3]?.value === '(' || tokens[index + 4]?.value === '(');
}

/** Locks the relations that an SQL text reads or writes. */
export function lockNamed(text: string, outcome: Outcome): void {
  for (const { name, mode } of namedIn(text)) {
    if (!outcome.schema.relations.has(relationKey(name))) continue;
    if (mode === 'ACCESS SHARE') lockRead(outcome, [name]);
    else outcome.lock(name, mode);
  }
}

function modeAfter(word: string, before: string | undefined): LockMode | null {
  if (word === 'from') return before === 'delete' ? 'ROW EXCLUSIVE' : 'ACCESS SHARE';
  if (word === 'join') return 'ACCESS SHARE';
  return word === 'into' || word === 'update' ? 'ROW EXCLUSIVE' : null;
}

function nameAt(tokens: readonly Token[], at: number): QualifiedName | null {
  const first = tokens[at];
  if (first === undefined || (first.kind !== 'word' && first.kind !== 'quotedIdentifier')) return null;
  const second = tokens[at + 1]?.value === '.' ? tokens[at + 2] : undefined;
  return second === undefined ? { name: first.value } : { schema: first.value, name: second.value };
}
