import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../src/finding.js';
import type { Report } from '../src/report.js';
import { FORMAT_NAMES, loadReporter, type Format } from '../src/reporters/load.js';
import { rules } from '../src/rules/index.js';

/** What somebody would write who wants a log, a terminal or a page to act on it. */
const ATTACKS = [
  '\n::error::x', '\r\n  ::set-output name=a::b', '::add-mask::x', '##[error]x', '##vso[task.setvariable variable=a]b', "\n##teamcity[buildStatus text='x']",
  '\u001b]8;;http://x\u0007', '\u001b[2J', '\u009b31m', '\u0007', '\b\b', '\u0000', '\u202e', '\u2028', '\u2029', '%0A::error::', '%25', '%', ',', ':', ';', ']', "'", '|', '"', '\\',
  '</script><img src=x onerror=a>', '<!--', '-->', ']]>', '&amp;', '`', '```\n', '@somebody', '#1', '[a](javascript:b)', '\n| a | b |', '\t', '\ud800', '\ufffe',
];

const hostile = fc
  .array(fc.oneof(fc.constantFrom(...ATTACKS), fc.string({ unit: 'binary', maxLength: 6 }), fc.constantFrom('a', 'db', '/', ' ')), { minLength: 1, maxLength: 6 })
  .map((parts) => parts.join(''));

const finding: fc.Arbitrary<Finding> = fc
  .record({ message: hostile, why: hostile, path: hostile, table: hostile, code: hostile, note: hostile, severity: fc.constantFrom('error', 'warning', 'info') })
  .map(({ message, why, path, table, code, note, severity }, index = 0): Finding => ({
    ruleId: 'drop-table',
    category: 'data-loss',
    severity,
    message,
    why,
    path,
    start: { line: 1, column: 1, offset: 0 },
    end: { line: 1, column: 2, offset: 1 },
    table,
    operation: 'dropTable',
    direction: 'up',
    effects: { locks: [{ table, mode: 'ACCESS EXCLUSIVE' }], rewrites: [], scans: [], builds: [], fails: null, certainty: 'certain' },
    blocks: ['reads', 'writes', 'ddl'],
    safe: [{ note, code, language: 'sql', transaction: null }],
    helpUrl: 'https://example.invalid/drop-table',
    fingerprint: `${index}${path}${message}`,
    suppressed: null,
  }));

interface Case {
  findings: Finding[];
  source: string;
}

const cases: fc.Arbitrary<Case> = fc.record({ findings: fc.array(finding, { maxLength: 3 }), source: hostile });

async function printed(format: Format, { findings, source }: Case, colour = false): Promise<string> {
  const files = [...new Set(findings.map(({ path }) => path)), source].map((path) => ({
    path, framework: null, revision: null, operations: 1, unread: 0, skipped: path === source ? source : null,
  }));
  const count = (severity: string): number => findings.filter((one) => one.severity === severity).length;
  const report: Report = {
    version: 1,
    tool: { name: 'migration-guard', version: '0.0.0' },
    postgres: 16,
    files,
    findings,
    summary: { error: count('error'), warning: count('warning'), info: count('info'), suppressed: 0, files: files.length, operations: 1, unread: 0 },
  };
  return (await loadReporter(format, colour))(report, {
    rules: rules.map(({ meta }) => meta),
    sources: new Map(findings.map(({ path }) => [path, source])),
    width: 80,
    failOn: 'error',
    maxAnnotations: 0,
    markdownLimit: 60_000,
  });
}

function holds(format: Format, property: (text: string, one: Case) => void, colour = false): Promise<void> {
  return fc.assert(
    fc.asyncProperty(cases, async (one) => {
      property(await printed(format, one, colour), one);
    }),
    { numRuns: 300 },
  );
}

 
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

describe('nothing from a linted file', () => {
  it.each(FORMAT_NAMES)('controls a terminal: %s', (format) => holds(format, (text) => expect(text).not.toMatch(CONTROL)));

  it('controls a terminal: text in colour has colours and nothing else', () =>
     
    holds('text', (text) => expect(text.replace(/\u001b\[\d+m/g, '')).not.toMatch(CONTROL), true));

  it.each(FORMAT_NAMES.filter((format) => format !== 'github'))('is a command of the GitHub runner: %s', (format) =>
    holds(format, (text) => {
      expect(text).not.toMatch(/^\s*::[^\n]*::/m);
      expect(text).not.toContain('##[');
    }));

  it.each(FORMAT_NAMES.filter((format) => format !== 'azure'))('is a command of Azure: %s', (format) => holds(format, (text) => expect(text).not.toContain('##vso[')));

  it.each(FORMAT_NAMES.filter((format) => format !== 'teamcity'))('is a command of TeamCity: %s', (format) => holds(format, (text) => expect(text).not.toContain('##teamcity[')));

  it('adds a line to what each finding is', async () => {
    await holds('github', (text, { findings }) => {
      expect(text.split('\n').slice(0, -1)).toHaveLength(findings.length);
      for (const line of text.split('\n').slice(0, -1)) expect(line).toMatch(/^::(?:error|warning|notice) file=[^:,]*,line=1,endLine=1,col=1,endColumn=2,title=[^:,]*::/);
    });
    await holds('azure', (text, { findings }) => {
      const lines = text.split('\n').filter((line) => line.includes('##vso['));
      expect(lines).toHaveLength(findings.filter(({ severity }) => severity !== 'info').length);
      for (const line of lines) expect(line.match(/##vso\[/g)).toHaveLength(1);
    });
    await holds('teamcity', (text, { findings }) => {
      const lines = text.split('\n').slice(0, -1);
      expect(lines).toHaveLength(findings.length + (findings.length > 0 ? 1 : 0));
      for (const line of lines) expect(line).toMatch(/^##teamcity\[\w+(?: \w+='(?:[^|'\n\][]|\|.)*')+\]$/);
    });
    await holds('markdown', (text, { findings }) => {
      expect(text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| |'))).toHaveLength(findings.length);
      expect(text.split('\n').slice(1).join('\n')).not.toMatch(/<(?!!-- -->)[a-z!/](?![^`]*`)/i);
    });
  });

  it.each(['json', 'sarif', 'gitlab', 'rdjson'] as const)('breaks %s, and what it says comes back', (format) =>
    holds(format, (text, { findings }) => {
      const strings: string[] = [];
      JSON.parse(text, (_, value: unknown) => (typeof value === 'string' && strings.push(value), value));
      const shown = format === 'gitlab' ? findings.slice(0, 1) : findings;
      for (const { message } of shown) expect(strings).toContain(message);
    }));

  it.each(['junit', 'checkstyle'] as const)('breaks %s', (format) =>
    holds(format, (text) => {
      const attribute = '[\\w:]+="[^"<\\n]*"';
      const tags = text.replace(new RegExp(`<\\?xml (?:${attribute} ?)*\\?>|</?[\\w-]+(?: ${attribute})* ?/?>`, 'g'), '');
      expect(tags).not.toMatch(/[<>]|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i);
      expect(text).not.toMatch(/[\ufffe\uffff]/);
    }));
});
