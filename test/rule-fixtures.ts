import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../src/finding.js';
import { inspect, isMigration, lint, read, type LintOptions } from '../src/lint.js';
import type { Migration } from '../src/operations/migration.js';
import type { Source } from '../src/parsers/parser.js';
import type { Place } from '../src/place.js';
import { text } from '../src/reporters/text.js';

export const FIXTURES = new URL('../fixtures/rules/', import.meta.url).pathname;

export interface Fixture {
  rule: string;
  /** `bad.sql`, `good-new-table.sql`, `bad.alembic.py`. */
  file: string;
  text: string;
  options: LintOptions;
}

/** What the folder's options.json may hold; under `files` what is said of one file alone. */
interface FolderOptions extends Pick<LintOptions, 'postgres' | 'transaction' | 'framework' | 'rules' | 'tables' | 'pending'> {
  path?: string;
  place?: WrittenPlace;
  files?: Record<string, FolderOptions>;
}

/** `Place` as a file can hold it: migrations as their text. */
interface WrittenPlace extends Partial<Omit<Place, 'deployed' | 'later'>> {
  deployed?: string;
  later?: Source[];
}

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
      options: { path: pathOf(file), ...(file.endsWith('.sql') ? { framework: 'sql', ...optionsOf(file, more) } : withoutRunner(optionsOf(file, more))), ...schema },
    }));
}

function withoutRunner({ transaction: _transaction, framework: _framework, ...rest }: Partial<LintOptions>): Partial<LintOptions> {
  return rest;
}

function optionsOf(file: string, { files, ...folder }: FolderOptions): Partial<LintOptions> {
  const { place, ...rest } = { ...folder, ...files?.[file] };
  if (place === undefined) return rest;
  const { deployed, later = [], ...facts } = place;
  const migration = (path: string, text: string): Migration => {
    const parsed = read({ path, text }, { always: true });
    if (!isMigration(parsed)) throw new Error(`${path} is no migration`);
    return parsed;
  };
  return {
    ...rest,
    place: {
      ...facts,
      deployed: deployed === undefined ? null : migration(pathOf(file), deployed),
      later: (word) => later.filter(({ text }) => text.includes(word)).map(({ path, text }) => migration(path, text)),
    },
  };
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
