import type { Finding, Severity } from '../finding.js';
import { oneLine, neutral } from './neutral.js';
import { bySeverity, counted, reported, usedAt } from './order.js';
import type { Reporter } from './reporter.js';

const MARK: Record<Severity, string> = { error: '🛑', warning: '⚠️', info: 'ℹ️' };

/** Text for a table cell in which nothing is markup, nobody is pinged and no issue is linked. */
function cell(text: string): string {
  return neutral(oneLine(text))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]|~]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/([@#])(?=\w)/g, '$1<!-- -->');
}

function code(text: string): string {
  const fence = '`'.repeat(Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length)) + 1);
  const padding = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${padding}${neutral(oneLine(text)).replaceAll('|', '\\|')}${padding}${fence}`;
}

function row(finding: Finding): string {
  const where = code(`${finding.path}:${finding.start.line}`);
  const used = usedAt(finding);
  const message = cell(finding.message) + (used === '' ? '' : `<br>Deployed code: ${cell(used)}`);
  return `| ${MARK[finding.severity]} | ${where} | ${message} | [${finding.ruleId}](${finding.helpUrl}) |\n`;
}

function title(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'no findings';
  const parts = (['error', 'warning', 'info'] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    if (count === 0) return [];
    return [severity === 'info' ? `${count} info` : counted(count, severity)];
  });
  return `${parts.join(', ')} in ${counted(new Set(findings.map(({ path }) => path)).size, 'file')}`;
}

/**
 * One table for a step summary, a pull request comment or a build annotation.
 * The first line lets a later run find its own comment; cut between findings,
 * because a summary over its limit is rejected whole.
 */
export const markdown: Reporter = (report, { markdownLimit }) => {
  const findings = bySeverity(reported(report));
  let text = `<!-- migration-guard -->\n### migration-guard: ${title(findings)}\n`;
  if (findings.length === 0) return text;
  text += '\n| | Where | Finding | Rule |\n|-|-|-|-|\n';
  for (const [index, finding] of findings.entries()) {
    const next = row(finding);
    if (text.length + next.length + 40 > markdownLimit) {
      return `${text}\n… and ${findings.length - index} more\n`;
    }
    text += next;
  }
  return text;
};
