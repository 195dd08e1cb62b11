import { byFile, reported } from './order.js';
import type { Reporter } from './reporter.js';
import { element } from './xml.js';

/** Checkstyle XML, which most code review servers read. */
export const checkstyle: Reporter = (report) => {
  const files = [...byFile(reported(report))].map(([path, findings]) =>
    element(
      'file',
      { name: path },
      findings
        .map((finding) =>
          element('error', {
            line: finding.start.line,
            column: finding.start.column,
            severity: finding.severity,
            message: finding.message,
            source: `migration-guard.${finding.ruleId}`,
          }),
        )
        .join(''),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('checkstyle', { version: '4.3' }, files.join(''))}\n`;
};
