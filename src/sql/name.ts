import type { QualifiedName } from '../operations/types.js';
import { COLUMN_NAME, RESERVED, TYPE_OR_FUNCTION } from './keywords.js';
import { tokenize } from './lexer.js';
import type { Token } from './lexer.js';

const PLAIN_NAME = /^[a-z_][a-z0-9_]*$/;

/**
 * An identifier as `quote_ident` prints it: in quotes only where PostgreSQL
 * would otherwise read another name or none (capitals, key words, spaces).
 */
export function quoteIdentifier(name: string): string {
  if (PLAIN_NAME.test(name) && !isKeyword(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

function isKeyword(name: string): boolean {
  return RESERVED.has(name) || TYPE_OR_FUNCTION.has(name) || COLUMN_NAME.has(name);
}

/** A string constant that means the same under either setting of `standard_conforming_strings`. */
export function quoteLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return value.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

export function printName(name: QualifiedName): string {
  return name.schema === undefined
    ? quoteIdentifier(name.name)
    : `${quoteIdentifier(name.schema)}.${quoteIdentifier(name.name)}`;
}

/** `(a, "B")`. */
export function printColumns(columns: readonly string[]): string {
  return `(${columns.map(quoteIdentifier).join(', ')})`;
}

/**
 * A name as somebody would write it in SQL: `users`, `public.users`,
 * `"public"."Users"`; a database in front is dropped. Null when the text is no
 * name. A key word is taken as the name it spells: ORM users write `user`.
 */
export function parseName(text: string): QualifiedName | null {
  const tokens = tokenize(text);
  const parts: string[] = [];
  for (const [index, token] of tokens.entries()) {
    if (index % 2 === 1 ? token.value !== '.' : !isName(token)) return null;
    if (index % 2 === 0) parts.push(token.value);
  }
  const name = parts.at(-1);
  if (name === undefined || tokens.length % 2 === 0) return null;
  const schema = parts.at(-2);
  return schema === undefined ? { name } : { schema, name };
}

function isName(token: Token): boolean {
  return token.kind === 'word' || (token.kind === 'quotedIdentifier' && token.value !== '' && !token.unterminated);
}

/** True when both mean the same relation; a missing schema is `public`. */
export function sameName(a: QualifiedName, b: QualifiedName): boolean {
  return a.name === b.name && (a.schema ?? 'public') === (b.schema ?? 'public');
}
