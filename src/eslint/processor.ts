import type { Linter } from 'eslint';
import { analysisOf } from './analysis.js';
import { messageOf } from './rules.js';

/**
 * For ESLint 8, which knows no languages: the file never reaches a JavaScript
 * rule, findings come out as finished messages. ESLint's rule severities do not
 * apply here; the configuration file says which rules there are, all warn.
 */
export function processorFor(name: string, version: string): Linter.Processor {
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
      return analysisOf(text, filename, process.cwd(), {}, null)
        .findings.filter(({ suppressed }) => suppressed === null)
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
