import type { SafeStep } from '../../finding.js';
import type { Migration } from '../../operations/migration.js';
import type { RewriteStep } from '../../rule.js';
import { reviewComment, statementsOf } from '../step-statements.js';

/** How one framework words raw SQL and leaves its transaction. */
export interface Wording {
  /** One statement as a line of the migration's `up`. */
  line(sql: string): string;
  /** The lines outside a transaction, and what has to be said about it. */
  apart(lines: readonly string[], language: 'typescript' | 'javascript'): { code: readonly string[]; note: string };
}

/** A template literal with `sql` in it. */
export function template(sql: string): string {
  return `\`${sql.replace(/[`\\]|\$\{/g, '\\$&')}\``;
}

/** The lines of a block one step to the right. */
export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line.replaceAll('\n', '\n  ')}`);
}

/** A step of a safe rewrite in a framework's own words. */
export function worded(step: RewriteStep, migration: Migration, wording: Wording): SafeStep {
  const language = /\.[cm]?tsx?$/i.test(migration.path) ? 'typescript' : 'javascript';
  const transaction = step.transaction ?? null;
  const { note: said = '', code: written = '' } = step;
  if (step.language === 'shell') return { note: said, code: written, language: 'shell', transaction };
  if (step.byHand === true) return { note: said, code: written, language: 'sql', transaction };
  if (step.language === 'text') return { note: said, code: written, language, transaction };
  const comment = reviewComment(step, '//');
  const calls = statementsOf(step).map((sql) => wording.line(sql));
  const lines = comment === null ? calls : [comment, ...calls];
  if (calls.length === 0 || transaction !== 'none' || migration.transaction === 'none') return { note: said, code: lines.join('\n'), language, transaction };
  const { code, note } = wording.apart(lines, language);
  return { note: [said, note].filter((part) => part !== '').join(' '), code: code.join('\n'), language, transaction };
}
