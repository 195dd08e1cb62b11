import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMAT_NAMES, type Format } from '../src/reporters/load.js';
import { cases, printed, type Case } from './hostile-reports.js';

function holds(format: Format, property: (text: string, one: Case) => void, colour = false): Promise<void> {
  return fc.assert(
    fc.asyncProperty(cases, async (one) => {
      property(await printed(format, one, colour), one);
    }),
    { numRuns: 300 },
  );
}

 
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

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
