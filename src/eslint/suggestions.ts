import type { Finding } from '../finding.js';
import { languageOf } from '../parsers/load.js';

const LINE_COMMENT = { sql: '--', python: '#', javascript: '//' } as const;

/**
 * A suppression on a line of its own above the finding, indented like it and
 * in the file's own comment syntax; the reason is left for the author to write.
 */
export function suppressionSuggestion(finding: Finding, text: string): { offset: number; text: string } {
  const lineStart = text.lastIndexOf('\n', finding.start.offset - 1) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const comment = LINE_COMMENT[languageOf(finding.path) ?? 'sql'];
  return {
    offset: lineStart,
    text: `${indent}${comment} migration-guard-disable-next-line ${finding.ruleId} -- TODO: why this is safe here${newline}`,
  };
}
