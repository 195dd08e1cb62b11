import { tokenize } from '../src/sql/lexer.js';

/** Offsets into the file; white space and comments before a statement belong to it. */
export interface Part {
  text: string;
  start: number;
  end: number;
}

/** The statements of a file one by one, as a runner outside a transaction sends them; what stands between BEGIN and COMMIT too. */
export function statementsOf(sql: string): Part[] {
  const statements: Part[] = [];
  let start = 0;
  let depth = 0;
  for (const token of tokenize(sql)) {
    if (token.kind !== 'punctuation' && token.kind !== 'operator') continue;
    if (token.value === '(') depth++;
    if (token.value === ')') depth--;
    if (token.value !== ';' || depth > 0) continue;
    statements.push({ text: sql.slice(start, token.end).trim(), start, end: token.end });
    start = token.end;
  }
  const rest = sql.slice(start).trim();
  if (tokenize(rest).some(({ kind }) => kind !== 'comment')) statements.push({ text: rest, start, end: sql.length });
  return statements;
}
