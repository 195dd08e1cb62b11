import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../src/finding.js';
import { lint, type LintOptions } from '../src/lint.js';
import { FIXTURES, fixturesOf } from './rule-fixtures.js';

function applied(text: string, { suggestions = [] }: Finding): string {
  const [first] = suggestions;
  if (first === undefined) throw new Error('no suggestion');
  const [start, end] = first.range;
  return text.slice(0, start) + first.text + text.slice(end);
}

function open(text: string, options: LintOptions): Finding[] {
  return lint(text, options).filter(({ suppressed }) => suppressed === null);
}

function edited(text: string, options: LintOptions, ruleId: string): string | null {
  const finding = open(text, options).find((one) => one.ruleId === ruleId);
  if (finding === undefined) throw new Error(`${ruleId} does not fire`);
  return finding.suggestions === undefined ? null : applied(text, finding);
}

const fixtures = readdirSync(FIXTURES)
  .flatMap((rule) => fixturesOf(rule))
  .flatMap((fixture) => open(fixture.text, fixture.options).filter(({ suggestions }) => suggestions !== undefined).map((finding) => ({ fixture, finding })));

describe('applied to a fixture, the finding is gone and no other one has come', () => {
  test.each(fixtures.map((one) => [`${one.fixture.rule}/${one.fixture.file}: ${one.finding.ruleId} at ${one.finding.start.offset}`, one] as const))(
    '%s',
    (_, { fixture: { text, options }, finding }) => {
      const count = (findings: readonly Finding[]): Record<string, number> => {
        const counts: Record<string, number> = {};
        for (const { ruleId, operation } of findings) counts[ruleId] = (counts[ruleId] ?? 0) + (operation === null ? 0 : 1);
        return counts;
      };
      const before = count(open(text, options));
      const after = count(open(applied(text, finding), options));
      expect(after[finding.ruleId] ?? 0).toBe((before[finding.ruleId] ?? 0) - 1);
      for (const [rule, times] of Object.entries(after)) expect(times, rule).toBeLessThanOrEqual(before[rule] ?? 0);
    },
  );

  test('they are there for each language', () => {
    expect(fixtures.map(({ fixture: { file } }) => file.replace(/.*\./, ''))).toEqual(expect.arrayContaining(['sql', 'py', 'ts']));
  });
});

const TYPEORM = { path: 'src/migrations/1700000000000-a.ts' };
const ALEMBIC = { path: 'migrations/versions/1.py' };

function revision(...body: string[]): string {
  return ['from alembic import op', 'import sqlalchemy as sa', '', 'revision = "a"', 'down_revision = None', '', '', 'def upgrade():', ...body, ''].join('\n');
}

describe('the file keeps the look its author gave it', () => {
  test('small letters, comments and line ends', () => {
    expect(edited('create index i on orders (note) -- soon\r\n;\r\n', { path: 'migrations/1.sql' }, 'create-index-blocking')).toBe(
      'create index concurrently i on orders (note) -- soon\r\n;\r\n',
    );
  });

  test('one argument a line, with a comma after the last', () => {
    const text = revision('    op.create_index(', '        "i",', '        "orders",', '        ["note"],', '    )');
    expect(edited(text, ALEMBIC, 'create-index-blocking')).toBe(
      revision(
        '    with op.get_context().autocommit_block():',
        '        op.create_index(',
        '            "i",',
        '            "orders",',
        '            ["note"],',
        '            postgresql_concurrently=True,',
        '        )',
      ),
    );
  });

  test('an argument that is there is not written twice', () => {
    const text = revision('    op.create_index("i", "orders", ["note"], postgresql_concurrently=True)');
    expect(edited(text, ALEMBIC, 'concurrently-in-transaction')).toBe(
      revision('    with op.get_context().autocommit_block():', '        op.create_index("i", "orders", ["note"], postgresql_concurrently=True)'),
    );
  });
});

describe('where an edit of the statement is not the whole way, there is none', () => {
  test.each([
    ['in a transaction of the file', 'BEGIN;\nCREATE INDEX i ON orders (note);\nCOMMIT;\n', { path: 'migrations/1.sql' }, 'create-index-blocking'],
    ['a guard that would take an invalid index for the real one', 'CREATE INDEX IF NOT EXISTS i ON orders (note);\n', { path: 'migrations/1.sql' }, 'create-index-blocking'],
    ['one of several in a statement', 'DROP INDEX i, j;\n', { path: 'migrations/1.sql' }, 'drop-index-blocking'],
    ['a comment inside the call', revision('    op.create_index(', '        "i", "orders", ["note"]  # soon', '    )'), ALEMBIC, 'create-index-blocking'],
    ['not alone on its line', revision('    x = 1; op.create_index("i", "orders", ["note"])'), ALEMBIC, 'create-index-blocking'],
    [
      'other statements would lose their transaction',
      `import { MigrationInterface, QueryRunner, TableIndex } from 'typeorm';
export class A1700000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE TABLE t (a int)');
    await queryRunner.createIndex('orders', new TableIndex({ name: 'i', columnNames: ['note'] }));
  }
  async down(): Promise<void> {}
}
`,
      TYPEORM,
      'create-index-blocking',
    ],
  ] as const)('%s', (_, text, options, rule) => {
    expect(edited(text, options, rule)).toBeNull();
  });

  test('a second statement would share the transaction of the first', () => {
    const text = 'ALTER TABLE orders ADD CONSTRAINT c CHECK (note > 0);\n';
    expect(edited(text, { path: 'migrations/1.sql', transaction: 'implicit' }, 'add-check')).toBe(
      'ALTER TABLE orders ADD CONSTRAINT c CHECK (note > 0) NOT VALID;\n',
    );
  });
});
