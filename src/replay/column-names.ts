import type { Expression, IndexKey } from '../operations/types.js';
import { columnsIn } from '../postgres/expression.js';
import { quoteIdentifier } from '../sql/name.js';
import { tokenize } from '../sql/lexer.js';

export function mentions(expression: Expression | null | undefined, column: string): boolean {
  if (expression === null || expression === undefined || !expression.toLowerCase().includes(column.toLowerCase())) return false;
  return columnsIn(expression).includes(column);
}

export function keyMentions(key: IndexKey, column: string): boolean {
  return key.column === column || mentions(key.expression, column);
}

/** The expression with one column called otherwise; strings, comments and calls stay. */
export function renameInExpression(expression: Expression, from: string, to: string): Expression {
  if (!mentions(expression, from)) return expression;
  const tokens = tokenize(expression);
  let renamed = '';
  let end = 0;
  for (const [index, token] of tokens.entries()) {
    const name = token.kind === 'word' || token.kind === 'quotedIdentifier';
    if (!name || token.value !== from || tokens[index + 1]?.value === '(') continue;
    renamed += expression.slice(end, token.start) + quoteIdentifier(to);
    end = token.end;
  }
  return renamed + expression.slice(end);
}
