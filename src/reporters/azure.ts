import { neutral, oneLine } from './neutral.js';
import { reported } from './order.js';
import type { Reporter } from './reporter.js';

function escapeMessage(text: string): string {
  return oneLine(text).replaceAll('%', '%AZP25');
}

function escapeProperty(text: string): string {
  return escapeMessage(neutral(text)).replaceAll(']', '%5D').replaceAll(';', '%3B');
}

/** Azure Pipelines log commands; it knows warnings and errors only, the rest is a plain line. */
export const azure: Reporter = (report) =>
  reported(report)
    .map((finding) => {
      const { path, start, severity, ruleId } = finding;
      if (severity === 'info') return `${neutral(`${path}:${start.line}:${start.column} ${ruleId}: ${oneLine(finding.message)}`)}\n`;
      const properties = [
        `type=${severity}`,
        `sourcepath=${escapeProperty(path)}`,
        `linenumber=${start.line}`,
        `columnnumber=${start.column}`,
        `code=${ruleId}`,
      ];
      return `##vso[task.logissue ${properties.join(';')};]${escapeMessage(neutral(finding.message))}\n`;
    })
    .join('');
