import { print } from '../operations/print.js';
import type { RewriteStep } from '../rule.js';
import { tokenize } from '../sql/lexer.js';

/** The SQL of a step, one statement each, without semicolons: what a call that takes one statement is given. */
export function statementsOf({ operations, code = '' }: RewriteStep): string[] {
  return operations === undefined ? split(code) : operations.map((operation) => print(operation));
}

function split(sql: string): string[] {
  const statements: string[] = [];
  let start = 0;
  let depth = 0;
  for (const { kind, value, end } of tokenize(sql)) {
    if (kind !== 'punctuation' && kind !== 'operator') continue;
    if (value === '(') depth++;
    if (value === ')') depth--;
    if (value !== ';' || depth > 0) continue;
    statements.push(sql.slice(start, end - 1).trim());
    start = end;
  }
  return [...statements, sql.slice(start).trim()].filter((statement) => statement !== '');
}

/** The comment that a step goes under which the rule itself would flag; null where none is needed. */
export function reviewComment({ reviewed }: RewriteStep, start: '--' | '#' | '//'): string | null {
  return reviewed === undefined ? null : `${start} migration-guard-disable-next-line ${reviewed.rule} -- ${reviewed.reason}`;
}
