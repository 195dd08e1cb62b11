import type { Linter } from 'eslint';
import { analysisOf } from './analysis.js';
import { messageOf, ruleDescriptions } from './rules.js';

/**
 * For ESLint 8, which knows no languages: the file never reaches a JavaScript
 * rule, findings come out as finished messages. ESLint's rule severities do not
 * apply here; the recommended rules warn.
 */
export function processorFor(name: string, version: string): Linter.Processor {
  const recommended = new Set(ruleDescriptions.filter((rule) => rule.recommended).map((rule) => rule.id));
  const texts = new Map<string, string>();
  return {
    meta: { name: `migration-guard/${name}`, version },
    supportsAutofix: true,
    preprocess(text, filename) {
      texts.set(filename, text);
      return [];
    },
    postprocess(_, filename) {
      const text = texts.get(filename) ?? '';
      texts.delete(filename);
      return analysisOf(text, filename, process.cwd(), {})
        .findings.filter((finding) => finding.suppressed === null && recommended.has(finding.ruleId))
        .map((finding) => ({
          ruleId: `migration-guard/${finding.ruleId}`,
          severity: 1 as const,
          message: messageOf(finding),
          line: finding.start.line,
          column: finding.start.column,
          endLine: finding.end.line,
          endColumn: finding.end.column,
        }));
    },
  };
}
