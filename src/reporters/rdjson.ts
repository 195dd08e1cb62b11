import type { Finding, Position, Severity } from '../finding.js';
import { HOMEPAGE } from '../links.js';
import { reported } from './order.js';
import type { Reporter } from './reporter.js';

const SEVERITY: Record<Severity, string> = { error: 'ERROR', warning: 'WARNING', info: 'INFO' };

const SOURCE = { name: 'migration-guard', url: HOMEPAGE };

/** reviewdog counts columns in bytes of UTF-8, from 1. */
function position({ line, column, offset }: Position, text: string | undefined): { line: number; column: number } {
  if (text === undefined) return { line, column };
  return { line, column: Buffer.byteLength(text.slice(offset - column + 1, offset)) + 1 };
}

function diagnostic(finding: Finding, text: string | undefined): object {
  return {
    message: finding.message,
    severity: SEVERITY[finding.severity],
    code: { value: finding.ruleId, url: finding.helpUrl },
    location: {
      path: finding.path,
      range: { start: position(finding.start, text), end: position(finding.end, text) },
    },
  };
}

/** reviewdog's diagnostic format, one object. */
export const rdjson: Reporter = (report, { sources }) => {
  const diagnostics = reported(report).map((finding) => diagnostic(finding, sources.get(finding.path)));
  return `${JSON.stringify({ source: SOURCE, diagnostics }, null, 2)}\n`;
};

/** The same, one diagnostic a line. */
export const rdjsonl: Reporter = (report, { sources }) =>
  reported(report)
    .map((finding) => `${JSON.stringify({ source: SOURCE, ...diagnostic(finding, sources.get(finding.path)) })}\n`)
    .join('');
