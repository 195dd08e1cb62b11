import type { Rule as EslintRule } from 'eslint';
import { WRONG_COMMENT_SYNTAX } from '../comment-rules.js';
import { helpUrl } from '../links.js';
import { languageOf } from '../parsers/load.js';
import { tokenize } from '../sql/lexer.js';

/**
 * An editor's "disable for this line" writes `//` into whatever file it does
 * not know, where that is no comment and breaks the statement below.
 */
const LINE = /^([ \t]*)\/\/(?=[ \t]*(?:eslint-disable|eslint-enable|migration-guard-)[^\r\n]*$)/gm;

export interface WrongComment {
  /** Of the two slashes. */
  start: number;
  end: number;
  /** What the language begins a comment with. */
  instead: '--' | '#';
}

/** True when text that stands before `offset` opened a string that holds it. */
function insideString(text: string, offset: number, language: 'sql' | 'python'): boolean {
  if (language === 'python') return (text.slice(0, offset).match(/"""|'''/g)?.length ?? 0) % 2 === 1;
  return tokenize(text).some(({ kind, start, end }) => start < offset && offset < end && kind !== 'operator');
}

export function wrongComments(text: string, path: string): WrongComment[] {
  const language = languageOf(path);
  if (language !== 'sql' && language !== 'python') return [];
  return [...text.matchAll(LINE)]
    .map((match) => match.index + (match[1] ?? '').length)
    .filter((start) => !insideString(text, start, language))
    .map((start) => ({ start, end: start + 2, instead: language === 'sql' ? '--' : '#' }));
}

/** A rule of ESLint's adapter alone: only editors that run ESLint write such lines. */
export const wrongCommentSyntax: EslintRule.RuleModule = {
  meta: {
    type: 'problem',
    docs: { description: WRONG_COMMENT_SYNTAX.description, url: helpUrl(WRONG_COMMENT_SYNTAX.id), recommended: true },
    fixable: 'code',
    schema: [],
    messages: { found: '"//" begins no comment here; write "{{ instead }}".' },
  },
  create(context) {
    return {
      MigrationFile() {
        const { sourceCode } = context;
        for (const { start, end, instead } of wrongComments(sourceCode.text, context.filename)) {
          context.report({
            messageId: 'found',
            data: { instead },
            loc: { start: sourceCode.getLocFromIndex(start), end: sourceCode.getLocFromIndex(end) },
            fix: (fixer) => fixer.replaceTextRange([start, end], instead),
          });
        }
      },
    };
  },
};
