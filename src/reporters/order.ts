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
