import type { Finding, Severity } from '../finding.js';
import type { Reporter } from './reporter.js';
import { oneLine, neutral } from './neutral.js';
import { atOrAbove, bySeverity, counted, reported, usedAt } from './order.js';

// The escapes of the runner's own toolkit; the percent sign first, or the others would be escaped twice.
function escapeMessage(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeMessage(neutral(oneLine(text))).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

type Level = 'error' | 'warning' | 'notice';

/** A red mark on a job that passes confuses people: errors are warnings until the user lets them fail. */
function levelOf(severity: Severity, failOn: Severity | null): Level {
  if (severity === 'info') return 'notice';
  return severity === 'error' && failOn !== null && atOrAbove(severity, failOn) ? 'error' : 'warning';
}

function annotation(finding: Finding, level: Level): string {
  const { start, end } = finding;
  const properties = [`file=${escapeProperty(finding.path)}`, `line=${start.line}`, `endLine=${end.line}`];
  // Columns are only honoured within one line.
  if (start.line === end.line) properties.push(`col=${start.column}`, `endColumn=${end.column}`);
  properties.push(`title=${escapeProperty(`migration-guard: ${finding.ruleId}`)}`);
  const used = usedAt(finding);
  const message = `${finding.message}\n${used === '' ? '' : `Deployed code: ${used}\n`}See ${finding.helpUrl}`;
  return `::${level} ${properties.join(',')}::${escapeMessage(neutral(message))}`;
}

/**
 * Workflow commands, worst first. GitHub shows ten annotations of a level and
 * drops the rest without a word, so the rest is counted here in words.
 */
export const github: Reporter = (report, options) => {
  const shown = new Map<Level, number>();
  const lines: string[] = [];
  let hidden = 0;
  for (const finding of bySeverity(reported(report))) {
    const level = levelOf(finding.severity, options.failOn);
    const count = (shown.get(level) ?? 0) + 1;
    if (options.maxAnnotations > 0 && count > options.maxAnnotations) {
      hidden++;
      continue;
    }
    shown.set(level, count);
    lines.push(annotation(finding, level));
  }
  if (hidden > 0) lines.push(`${counted(hidden, 'more finding')} not shown as annotations, see the summary`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
};
