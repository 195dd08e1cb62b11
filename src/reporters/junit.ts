import type { Finding, Severity } from '../finding.js';
import type { ReportedFile } from '../report.js';
import { atOrAbove, byFile, reported } from './order.js';
import type { Reporter } from './reporter.js';
import { element, xml } from './xml.js';

function place(finding: Finding): string {
  return `${finding.path}:${finding.start.line}:${finding.start.column} ${finding.severity} ${finding.ruleId}: ${finding.message}`;
}

/** Advice must not turn a build red: a finding is a failure only where the user lets it fail. */
function failing(finding: Finding, failOn: Severity | null): boolean {
  return failOn !== null && atOrAbove(finding.severity, failOn);
}

function testCase(finding: Finding, failOn: Severity | null): string {
  const attributes = { name: `${finding.ruleId}:${finding.start.line}`, classname: finding.path, time: 0 };
  if (!failing(finding, failOn)) return element('testcase', attributes);
  const failure = element('failure', { message: finding.message, type: finding.severity }, xml(place(finding)));
  return element('testcase', attributes, failure);
}

function testSuite(file: ReportedFile, id: number, findings: readonly Finding[], failOn: Severity | null): string {
  const cases =
    findings.length === 0
      ? element('testcase', { name: 'no findings', classname: file.path, time: 0 })
      : findings.map((finding) => testCase(finding, failOn)).join('');
  const advice = findings.filter((finding) => !failing(finding, failOn)).map(place).join('\n');
  const notes = [advice, file.skipped === null ? '' : `left alone: ${file.skipped}`].filter(Boolean).join('\n');
  return element(
    'testsuite',
    {
      package: 'migration-guard',
      id,
      name: file.path,
      // The schema wants one; a clock would make equal reports differ.
      timestamp: '1970-01-01T00:00:00',
      hostname: 'localhost',
      tests: Math.max(findings.length, 1),
      failures: findings.filter((finding) => failing(finding, failOn)).length,
      errors: 0,
      time: 0,
    },
    `<properties/>${cases}${element('system-out', {}, xml(notes))}<system-err/>`,
  );
}

/** JUnit XML, one suite per file. */
export const junit: Reporter = (report, { failOn }) => {
  const findings = byFile(reported(report));
  const suites = report.files.map((file, id) => testSuite(file, id, findings.get(file.path) ?? [], failOn));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>${suites.join('')}</testsuites>\n`;
};
