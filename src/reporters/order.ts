import type { Finding, Severity } from '../finding.js';
import type { Report } from '../report.js';

const RANK: Record<Severity, number> = { error: 2, warning: 1, info: 0 };

export function atOrAbove(severity: Severity, threshold: Severity): boolean {
  return RANK[severity] >= RANK[threshold];
}

/** Findings that were not suppressed, in the report's order: path, then place. */
export function reported(report: Report): Finding[] {
  return report.findings.filter((finding) => finding.suppressed === null);
}

/** Worst first; equals stay in their order. */
export function bySeverity(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => RANK[b.severity] - RANK[a.severity]);
}

/** `1 finding`, `2 findings`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function byFile(findings: readonly Finding[]): Map<string, Finding[]> {
  const files = new Map<string, Finding[]>();
  for (const finding of findings) {
    const list = files.get(finding.path);
    if (list === undefined) files.set(finding.path, [finding]);
    else list.push(finding);
  }
  return files;
}

/** `a.ts:3, b.ts:9 and 2 more`: where the deployed release uses what a finding is about; empty where nothing is known. */
export function usedAt({ uses = [] }: Finding): string {
  const sure = uses.filter(({ certainty }) => certainty !== 'perhaps');
  const shown = sure.slice(0, 5).map(({ path, line }) => `${path}:${line}`);
  return `${shown.join(', ')}${sure.length > shown.length ? ` and ${sure.length - shown.length} more` : ''}`;
}
