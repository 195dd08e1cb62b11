import type { Finding, Severity } from '../finding.js';
import type { Report } from '../report.js';
import { HOMEPAGE } from '../links.js';
import { reported } from './order.js';
import type { Reporter, RuleDescription } from './reporter.js';

const LEVEL: Record<Severity, string> = { error: 'error', warning: 'warning', info: 'note' };

function ruleName(id: string): string {
  return id.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

interface Descriptor {
  id: string;
  severity: Severity;
  helpUri: string;
  short: string;
  full: string;
}

/** Every rule that fired, with the words of its own page. */
function descriptors(findings: readonly Finding[], rules: readonly RuleDescription[]): Descriptor[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const seen = new Map<string, Descriptor>();
  for (const { ruleId, severity, helpUrl, why } of findings) {
    if (seen.has(ruleId)) continue;
    const meta = byId.get(ruleId);
    seen.set(ruleId, {
      id: ruleId,
      severity: meta?.severity ?? severity,
      helpUri: helpUrl,
      short: meta?.trigger ?? ruleId,
      full: meta === undefined ? why : `${meta.effect}. ${meta.remedy}.`,
    });
  }
  return [...seen.values()];
}

function described({ id, severity, helpUri, short, full }: Descriptor): object {
  return {
    id,
    name: ruleName(id),
    shortDescription: { text: short },
    fullDescription: { text: full },
    helpUri,
    help: { text: full, markdown: `# ${id}\n\n${full}\n\n${helpUri}` },
    defaultConfiguration: { level: LEVEL[severity] },
    properties: {
      tags: ['database', 'migration'],
      precision: 'high',
      'problem.severity': severity === 'info' ? 'recommendation' : severity,
    },
  };
}

function uri(path: string): string {
  // Half a character has no encoding.
  return Buffer.from(path).toString().split('/').map(encodeURIComponent).join('/');
}

function location({ path, start, end }: Finding, text: string | undefined): object {
  const snippet = text?.slice(start.offset, end.offset);
  return {
    physicalLocation: {
      artifactLocation: { uri: uri(path), uriBaseId: '%SRCROOT%' },
      region: {
        startLine: start.line,
        startColumn: start.column,
        endLine: end.line,
        endColumn: end.column,
        ...(snippet ? { snippet: { text: snippet } } : {}),
      },
    },
  };
}

/** Where the deployed release uses what the finding is about. */
function related({ uses = [] }: Finding): object {
  if (uses.length === 0) return {};
  const locations = uses.map(({ path, line, kind, certainty }, index) => ({
    id: index + 1,
    message: { text: `Used here (${kind}, ${certainty})` },
    physicalLocation: { artifactLocation: { uri: uri(path), uriBaseId: '%SRCROOT%' }, region: { startLine: line } },
  }));
  return { relatedLocations: locations };
}

/** Files left alone or not read are notifications of the run, not results. */
function notifications(report: Report): object[] {
  return report.files
    .filter((file) => file.skipped !== null)
    .map((file) => ({
      level: 'note',
      message: { text: `${file.path}: ${file.skipped}` },
      locations: [{ physicalLocation: { artifactLocation: { uri: uri(file.path), uriBaseId: '%SRCROOT%' } } }],
    }));
}

/** SARIF 2.1.0 for code scanning. Suppressed findings are left out: scanners show them as open. */
export const sarif: Reporter = (report, { sources, rules }) => {
  const findings = reported(report);
  const ran = descriptors(findings, rules ?? []);
  const indexes = new Map(ran.map(({ id }, index) => [id, index]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'migration-guard',
            version: report.tool.version,
            semanticVersion: report.tool.version,
            informationUri: HOMEPAGE,
            rules: ran.map(described),
          },
        },
        columnKind: 'utf16CodeUnits',
        automationDetails: { id: 'migration-guard/' },
        originalUriBaseIds: { '%SRCROOT%': { description: { text: 'root of the checkout' } } },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notifications(report) }],
        results: findings.map((finding) => ({
          ruleId: finding.ruleId,
          ruleIndex: indexes.get(finding.ruleId),
          level: LEVEL[finding.severity],
          message: { text: finding.message },
          locations: [location(finding, sources.get(finding.path))],
          ...related(finding),
          partialFingerprints: { 'migrationGuard/v1': finding.fingerprint },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};
