import type { Severity } from '../finding.js';
import { reported } from './order.js';
import type { Reporter } from './reporter.js';

const SEVERITY: Record<Severity, string> = { error: 'ERROR', warning: 'WARNING', info: 'INFO' };

function escape(text: string): string {
  return text.replace(/[|'\n\r[\]]|[^\u0020-\u007e]/g, (character) => {
    if (character === '\n') return '|n';
    if (character === '\r') return '|r';
    if (/[|'[\]]/.test(character)) return `|${character}`;
    return `|0x${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function message(name: string, attributes: Record<string, string | number>): string {
  const written = Object.entries(attributes).map(([key, value]) => `${key}='${escape(String(value))}'`);
  return `##teamcity[${name} ${written.join(' ')}]\n`;
}

/** TeamCity inspections; each type is declared once, before its first use. */
export const teamcity: Reporter = (report) => {
  const declared = new Set<string>();
  let text = '';
  for (const { ruleId, why, message: found, path, start, severity } of reported(report)) {
    if (!declared.has(ruleId)) {
      declared.add(ruleId);
      text += message('inspectionType', { id: ruleId, name: ruleId, category: 'migration-guard', description: why });
    }
    text += message('inspection', { typeId: ruleId, message: found, file: path, line: start.line, SEVERITY: SEVERITY[severity] });
  }
  return text;
};
