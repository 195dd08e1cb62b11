import fc from 'fast-check';
import type { Finding } from '../src/finding.js';
import type { Report } from '../src/report.js';
import { loadReporter, type Format } from '../src/reporters/load.js';
import { rules } from '../src/rules/index.js';

/** What somebody would write who wants a log, a terminal or a page to act on it. */
const ATTACKS = [
  '\n::error::x', '\r\n  ::set-output name=a::b', '::add-mask::x', '##[error]x', '##vso[task.setvariable variable=a]b', "\n##teamcity[buildStatus text='x']",
  '\u001b]8;;http://x\u0007', '\u001b[2J', '\u009b31m', '\u0007', '\b\b', '\u0000', '\u202e', '\u200f', '\u061c', '\u2028', '\u2029', '%0A::error::', '%25', '%', ',', ':', ';', ']', "'", '|', '"', '\\',
  '</script><img src=x onerror=a>', '<!--', '-->', ']]>', '&amp;', '`', '```\n', '@somebody', '#1', '[a](javascript:b)', '\n| a | b |', '\t', '\ud800', '\ufffe',
];

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...ATTACKS), fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom('a', 'db', '/', ' ')), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''));

const finding: fc.Arbitrary<Finding> = fc
  .record({ message: hostile, why: hostile, path: hostile, table: hostile, code: hostile, note: hostile, severity: fc.constantFrom('error', 'warning', 'info') })
  .map(({ message, why, path, table, code, note, severity }, index = 0): Finding => ({
    ruleId: 'drop-table',
    category: 'data-loss',
    severity,
    message,
    why,
    path,
    start: { line: 1, column: 1, offset: 0 },
    end: { line: 1, column: 2, offset: 1 },
    table,
    operation: 'dropTable',
    direction: 'up',
    effects: { locks: [{ table, mode: 'ACCESS EXCLUSIVE' }], rewrites: [], scans: [], builds: [], fails: null, certainty: 'certain' },
    blocks: ['reads', 'writes', 'ddl'],
    safe: [{ note, code, language: 'sql', transaction: null }],
    helpUrl: 'https://example.invalid/drop-table',
    fingerprint: `${index}${path}${message}`,
    suppressed: null,
  }));

export interface Case {
  findings: Finding[];
  source: string;
}

export const cases: fc.Arbitrary<Case> = fc.record({ findings: fc.array(finding, { maxLength: 3 }), source: hostile });

/** What a format makes of a report in which no text means well. */
export async function printed(format: Format, { findings, source }: Case, colour = false): Promise<string> {
  const files = [...new Set(findings.map(({ path }) => path)), source].map((path) => ({
    path, framework: null, revision: null, operations: 1, unread: 0, skipped: path === source ? source : null,
  }));
  const count = (severity: string): number => findings.filter((one) => one.severity === severity).length;
  const report: Report = {
    version: 1,
    tool: { name: 'migration-guard', version: '0.0.0' },
    postgres: 16,
    files,
    findings,
    summary: { error: count('error'), warning: count('warning'), info: count('info'), suppressed: 0, files: files.length, operations: 1, unread: 0 },
  };
  return (await loadReporter(format, colour))(report, {
    rules: rules.map(({ meta }) => meta),
    sources: new Map(findings.map(({ path }) => [path, source])),
    width: 80,
    failOn: 'error',
    maxAnnotations: 0,
    markdownLimit: 60_000,
  });
}
