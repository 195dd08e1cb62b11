import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../src/finding.js';
import { inspect, lint, type LintOptions } from '../src/lint.js';
import { text } from '../src/reporters/text.js';

export const FIXTURES = new URL('../fixtures/rules/', import.meta.url).pathname;

export interface Fixture {
  rule: string;
  /** `bad.sql`, `good-new-table.sql`, `bad.alembic.py`. */
  file: string;
  text: string;
  options: LintOptions;
}

/** What the folder's options.json may hold. */
type FolderOptions = Pick<LintOptions, 'postgres' | 'transaction' | 'framework' | 'rules'>;

/** A path that the file's own tool would use, and that reads well on the rule's page. */
function pathOf(file: string): string {
  return file.endsWith('.ts') || file.endsWith('.js') ? `migrations/1700000000000-${file}` : `migrations/${file}`;
}

export function fixturesOf(rule: string): Fixture[] {
  const folder = join(FIXTURES, rule);
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder);
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const more = files.includes('options.json') ? (JSON.parse(read('options.json')) as FolderOptions) : {};
  const schema = files.includes('schema.sql') ? { schema: read('schema.sql') } : {};
  return files
    .filter((file) => /^(bad|good)\b.*\.(sql|py|ts|js)$/.test(file))
    .sort()
    .map((file) => ({
      rule,
      file,
      text: read(file),
      // A runner that SQL files are handed to says nothing about the other front-ends.
      options: { path: pathOf(file), ...(file.endsWith('.sql') ? { framework: 'sql', ...more } : withoutTransaction(more)), ...schema },
    }));
}

function withoutTransaction({ transaction: _transaction, ...rest }: FolderOptions): FolderOptions {
  return rest;
}

export function findingsIn(fixture: Fixture, rules: LintOptions['rules'] = {}): Finding[] {
  return lint(fixture.text, { ...fixture.options, rules: { ...fixture.options.rules, ...rules } }).filter(({ suppressed }) => suppressed === null);
}

/** What the text reporter prints at 80 columns: the fixture's `.out`. */
export function printed(fixture: Fixture, findings: Finding[]): string {
  const { path } = fixture.options;
  const operations = inspect(fixture.text, fixture.options);
  const severities = (severity: Finding['severity']): number => findings.filter((one) => one.severity === severity).length;
  const unread = operations.filter(({ kind }) => kind === 'unread').length;
  return text(
    {
      version: 1,
      tool: { name: 'migration-guard', version: '0.0.0' },
      postgres: fixture.options.postgres ?? 16,
      files: [{ path, framework: null, revision: null, operations: operations.length, unread, skipped: null }],
      findings,
      summary: {
        error: severities('error'),
        warning: severities('warning'),
        info: severities('info'),
        suppressed: 0,
        files: 1,
        operations: operations.length,
        unread,
      },
    },
    { sources: new Map([[path, fixture.text]]), width: 80, full: true, failOn: null, maxAnnotations: 0, markdownLimit: 0 },
  );
}
