import type { Rule as EslintRule } from 'eslint';
import type { Finding } from '../finding.js';
import { helpUrl } from '../links.js';
import { rules as guardRules } from '../rules/index.js';
import { SUPPRESSION_RULES } from '../suppress.js';
import { analysisOfTree, announce } from './analysis.js';
import type { GuardSettings } from './standards.js';
import { suppressionSuggestion } from './suggestions.js';
import { wrongCommentSyntax } from './wrong-comment.js';

/** Root node of a file of another language; must not be `Program`, which JavaScript rules listen for. */
export const ROOT_NODE = 'MigrationFile';

export interface RuleDescription {
  id: string;
  description: string;
  recommended: boolean;
  strict: boolean;
}

/** Every rule that ESLint shows, those about suppressions included. */
export const ruleDescriptions: readonly RuleDescription[] = [
  ...guardRules.map(({ meta }) => ({
    id: meta.id,
    description: meta.trigger,
    recommended: meta.presets.includes('recommended'),
    strict: meta.presets.includes('recommended') || meta.presets.includes('strict'),
  })),
  ...SUPPRESSION_RULES.map(({ id, description }) => ({ id, description, recommended: true, strict: true })),
];

function settingsOf(context: EslintRule.RuleContext): GuardSettings {
  const settings: unknown = context.settings['migration-guard'];
  return typeof settings === 'object' && settings !== null ? settings : {};
}

/** ESLint 8 has only the `get…` forms, ESLint 10 only the properties. */
function sourceOf(context: EslintRule.RuleContext): { text: string; ast: object; filename: string; cwd: string } {
  const old = context as unknown as {
    getSourceCode?: () => EslintRule.RuleContext['sourceCode'];
    getFilename?: () => string;
    getCwd?: () => string;
  };
  const sourceCode = context.sourceCode ?? old.getSourceCode?.();
  return {
    text: sourceCode.text,
    ast: sourceCode.ast,
    filename: context.filename ?? old.getFilename?.() ?? '',
    cwd: context.cwd ?? old.getCwd?.() ?? process.cwd(),
  };
}

/** What an editor shows under the squiggle: the finding and its safe way, in plain text. */
export function messageOf(finding: Finding): string {
  return finding.message;
}

function eslintRule(description: RuleDescription): EslintRule.RuleModule {
  return {
    meta: {
      type: 'problem',
      docs: { description: description.description, url: helpUrl(description.id), recommended: description.recommended },
      hasSuggestions: true,
      schema: [],
      messages: { found: '{{ text }}', edit: '{{ title }}', suppress: 'Suppress with a comment' },
    },
    create(context) {
      announce(sourceOf(context).ast, description.id);
      const check = (): void => {
        const { text, ast, filename, cwd } = sourceOf(context);
        const { findings } = analysisOfTree(ast, text, filename, cwd, settingsOf(context));
        for (const finding of findings) {
          if (finding.ruleId !== description.id || finding.suppressed !== null) continue;
          const suggestion = suppressionSuggestion(finding, text);
          context.report({
            messageId: 'found',
            data: { text: messageOf(finding) },
            loc: {
              start: { line: finding.start.line, column: finding.start.column - 1 },
              end: { line: finding.end.line, column: finding.end.column - 1 },
            },
            suggest: [
              ...(finding.suggestions ?? []).map(({ title, range, text: replacement }) => ({
                messageId: 'edit',
                data: { title },
                fix: (fixer: EslintRule.RuleFixer) => fixer.replaceTextRange(range, replacement),
              })),
              {
                messageId: 'suppress',
                fix: (fixer) => fixer.insertTextBeforeRange([suggestion.offset, suggestion.offset], suggestion.text),
              },
            ],
          });
        }
      };
      return { Program: check, [ROOT_NODE]: check };
    },
  };
}

/** One ESLint rule per rule of the guard; nothing is written twice. */
export const rules: Record<string, EslintRule.RuleModule> = {
  ...Object.fromEntries(ruleDescriptions.map((description) => [description.id, eslintRule(description)])),
  'wrong-comment-syntax': wrongCommentSyntax,
};
