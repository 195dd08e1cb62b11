import type { Severity } from '../finding.js';
import { reported } from './order.js';
import type { Reporter } from './reporter.js';

const SEVERITY: Record<Severity, string> = { error: 'major', warning: 'minor', info: 'info' };

/** GitLab Code Quality: a JSON array, `[]` when clean, fingerprints unique in the file. */
export const gitlab: Reporter = (report) => {
  const seen = new Set<string>();
  const issues = reported(report)
    .filter(({ fingerprint }) => !seen.has(fingerprint) && seen.add(fingerprint))
    .map((finding) => ({
      description: finding.message,
      check_name: finding.ruleId,
      fingerprint: finding.fingerprint,
      severity: SEVERITY[finding.severity],
      location: { path: finding.path, lines: { begin: finding.start.line, end: finding.end.line } },
    }));
  return `${JSON.stringify(issues, null, 2)}\n`;
};
