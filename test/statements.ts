import { tokenize } from '../src/sql/lexer.js';

/** The statements of a file one by one, as a runner outside a transaction sends them; what stands between BEGIN and COMMIT too. */
export function statementsOf(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let depth = 0;
  for (const token of tokenize(sql)) {
    if (token.kind !== 'punctuation' && token.kind !== 'operator') continue;
    if (token.value === '(') depth++;
    if (token.value === ')') depth--;
    if (token.value !== ';' || depth > 0) continue;
    statements.push(sql.slice(start, token.end).trim());
    start = token.end;
  }
  const rest = sql.slice(start).trim();
  if (tokenize(rest).some(({ kind }) => kind !== 'comment')) statements.push(rest);
  return statements;
}
