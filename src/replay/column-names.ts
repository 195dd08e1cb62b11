import type { Expression, IndexKey } from '../operations/types.js';

const STRING_OR_COMMENT = /'(?:[^']|'')*'|--[^\n]*|\/\*[\s\S]*?\*\//g;
const WORD = /"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_$]*)(\s*\()?/gu;

/** Identifiers of an expression as PostgreSQL folds them, function names left out. */
function* identifiers(expression: Expression): Generator<string> {
  for (const match of expression.replace(STRING_OR_COMMENT, ' ').matchAll(WORD)) {
    if (match[1] !== undefined) yield match[1].replaceAll('""', '"');
    else if (match[3] === undefined) yield (match[2] as string).toLowerCase();
  }
}

/** Columns of `known` that the expression names, in order of first use. */
export function columnsIn(expression: Expression, known: { has(name: string): boolean }): string[] {
  const found = new Set<string>();
  for (const name of identifiers(expression)) if (known.has(name)) found.add(name);
  return [...found];
}

export function mentions(expression: Expression | null | undefined, column: string): boolean {
  if (expression === null || expression === undefined) return false;
  for (const name of identifiers(expression)) if (name === column) return true;
  return false;
}

export function keyMentions(key: IndexKey, column: string): boolean {
  return key.column === column || mentions(key.expression, column);
}

/** The expression with one column called otherwise; strings and function names stay. */
export function renameInExpression(expression: Expression, from: string, to: string): Expression {
  if (!mentions(expression, from)) return expression;
  const spelled = /^[a-z_][a-z0-9_$]*$/.test(to) ? to : `"${to.replaceAll('"', '""')}"`;
  const pattern = new RegExp(`${STRING_OR_COMMENT.source}|${WORD.source}`, 'gu');
  return expression.replace(pattern, (text: string, quoted?: string, plain?: string, call?: string) => {
    if (quoted !== undefined) return quoted.replaceAll('""', '"') === from ? spelled : text;
    return plain !== undefined && call === undefined && plain.toLowerCase() === from ? spelled : text;
  });
}
