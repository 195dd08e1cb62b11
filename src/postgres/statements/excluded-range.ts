import type { Token } from '../../sql/lexer.js';
import { tokensOf } from '../expression.js';

/**
 * Whether a CHECK of the default partition shuts a range or a list out, in one
 * of the forms everybody writes: `c < 'from' OR c >= 'to'`, `NOT (c >= 'from'
 * AND c < 'to')`, `c <> 'a' AND c <> 'b'`, `c NOT IN ('a', 'b')`. The server
 * proves it for any expression, and for tighter ones.
 */
export function shutsOut(check: string, column: string, bounds: string): boolean {
  const written = wordsOf(tokensOf(check), column);
  return forms(bounds).some((form) => form === written);
}

/** The check without parentheses, casts, types and tests for NULL, which change nothing here. */
function wordsOf(tokens: readonly Token[], column: string): string {
  const words = tokens
    .filter(({ value }) => value !== '(' && value !== ')')
    .map(({ kind, value }) => (kind === 'string' ? `'${value}'` : value === column ? 'c' : value))
    .join(' ');
  return words
    .replaceAll(/ :: [a-z]+(?: with(?:out)? time zone)?/g, '')
    .replaceAll(/\b(?:date|timestamp|timestamptz) (?=')/g, '')
    .replaceAll(/\bc is not null (?:and|or) /g, '')
    .replaceAll(/\bc is null or /g, '')
    .replaceAll('!=', '<>');
}

function forms(bounds: string): string[] {
  const range = /from\s*\(([^(),]*)\)\s*to\s*\(([^(),]*)\)/i.exec(bounds);
  if (range !== null) return rangeForms(constant(range[1]), constant(range[2]));
  const list = /\bin\s*\(([\s\S]*)\)/i.exec(bounds)?.[1];
  const values = list === undefined ? [] : list.split(',').map((value) => constant(value));
  if (values.length === 0 || values.some((value) => value === null)) return [];
  const parts = values.map((value) => `c <> ${value ?? ''}`);
  return [parts.join(' and '), `c not in ${values.join(' , ')}`, `not c in ${values.join(' , ')}`];
}

function rangeForms(from: string | null, to: string | null): string[] {
  if (from === null || to === null) return [];
  return [`c < ${from} or c >= ${to}`, `c >= ${to} or c < ${from}`, `not c >= ${from} and c < ${to}`];
}

/** One string or number; null for MINVALUE, MAXVALUE and expressions. */
function constant(text: string | undefined): string | null {
  const [token, ...rest] = tokensOf(text ?? '').filter(({ kind }) => kind !== 'comment');
  if (token === undefined || rest.length > 0) return null;
  return token.kind === 'string' ? `'${token.value}'` : token.kind === 'number' ? token.value : null;
}
