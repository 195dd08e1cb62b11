import { literalAt, literalsOf, type Literal } from '../edits/literals.js';
import type { Finding } from '../finding.js';
import type { Language } from '../operations/migration.js';
import { languageOf } from '../parsers/load.js';
import { tokenize } from '../sql/lexer.js';

const LINE_COMMENT = { sql: '--', python: '#', javascript: '//' } as const;

let last: { text: string; language: Language; strings: readonly Pick<Literal, 'start' | 'end'>[] } | null = null;

/** Where a comment would be part of a string. */
function stringsOf(text: string, language: Language): readonly Pick<Literal, 'start' | 'end'>[] {
  if (last?.text !== text || last.language !== language) {
    const strings = language === 'sql' ? tokenize(text).filter(({ kind }) => kind === 'string' || kind === 'comment' || kind === 'quotedIdentifier') : literalsOf(text, language);
    last = { text, language, strings };
  }
  return last.strings;
}

/** The start of the line of `offset`, or of one above it, on which a comment may stand. */
function lineFor(offset: number, text: string, language: Language): number {
  const strings = stringsOf(text, language) as readonly Literal[];
  for (let line = text.lastIndexOf('\n', offset - 1) + 1; ; ) {
    const around = literalAt(strings, line);
    const above = text.slice(text.lastIndexOf('\n', line - 2) + 1, Math.max(line - 1, 0)).trimEnd();
    if (around !== null) line = text.lastIndexOf('\n', around.start - 1) + 1;
    else if (language === 'python' && above.endsWith('\\')) line = text.lastIndexOf('\n', line - 2) + 1;
    else return line;
  }
}

/**
 * A suppression on a line of its own above the finding, indented like what
 * follows and in the file's own comment syntax; the reason is left for the
 * author to write.
 */
export function suppressionSuggestion(finding: Finding, text: string): { offset: number; text: string } {
  const language = languageOf(finding.path) ?? 'sql';
  const offset = lineFor(finding.start.offset, text, language);
  const indent = /^[ \t]*/.exec(text.slice(offset))?.[0] ?? '';
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return {
    offset,
    text: `${indent}${LINE_COMMENT[language]} migration-guard-disable-next-line ${finding.ruleId} -- TODO: why this is safe here${newline}`,
  };
}
