import { describe, expect, it } from 'vitest';
import type { Finding } from '../src/finding.js';
import { lint } from '../src/lint.js';

function sql(text: string): Finding[] {
  return lint(text, { path: 'db/0001_change.sql' });
}

function open(findings: readonly Finding[]): string[] {
  return findings.filter(({ suppressed }) => suppressed === null).map(({ ruleId, start }) => `${start.line} ${ruleId}`);
}

function reasons(findings: readonly Finding[]): (string | undefined)[] {
  return findings.filter(({ suppressed }) => suppressed !== null).map(({ suppressed }) => suppressed?.justification);
}

describe('migration-guard-disable-next-line', () => {
  it('takes the next statement out of the report and keeps the reason', () => {
    const findings = sql('-- migration-guard-disable-next-line drop-table -- archived in May\n\n-- said above\nDROP TABLE a;\nDROP TABLE b;\n');
    expect(open(findings)).toEqual(['5 drop-table']);
    expect(reasons(findings)).toEqual(['archived in May']);
  });

  it('covers the whole statement, whatever line the finding is on', () => {
    const findings = sql('/* migration-guard-disable-next-line drop-column -- unused */\nALTER TABLE users\n  ADD COLUMN x int,\n  DROP COLUMN y;\n');
    expect(open(findings)).toEqual([]);
  });

  it('inside a statement is about the next line only', () => {
    const findings = sql('ALTER TABLE users\n  -- migration-guard-disable-next-line drop-column -- unused\n  DROP COLUMN x,\n  DROP COLUMN y;\n');
    expect(open(findings)).toEqual(['4 drop-column']);
  });

  it('covers a call of a programming language, its whole string included', () => {
    const text = `import { MigrationInterface, QueryRunner } from 'typeorm';
export class Clean1718000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // migration-guard-disable-next-line drop-table -- archived
    await queryRunner.query(\`
      DROP TABLE a;
      DROP TABLE b;
    \`);
    await queryRunner.query('DROP TABLE c');
  }
  async down(queryRunner: QueryRunner): Promise<void> {}
}
`;
    const findings = lint(text, { path: 'migrations/1718000000000-clean.ts' });
    expect(open(findings).filter((one) => one.includes('drop-table'))).toEqual(['9 drop-table']);
  });

  it('works in Python, and leaves the downgrade alone', () => {
    const text = `from alembic import op

revision = "a1"
down_revision = None


def upgrade():
    # migration-guard-disable-next-line drop-column -- no release reads it
    op.drop_column("users", "nickname")


def downgrade():
    # migration-guard-disable-next-line drop-table -- only ever local
    op.drop_table("users")
`;
    expect(open(lint(text, { path: 'versions/a1_x.py' }))).toEqual([]);
    expect(open(lint(text, { path: 'versions/a1_x.py', direction: 'down' }))).toEqual([]);
  });
});

describe('migration-guard-disable-line', () => {
  it('is about the clause it stands beside', () => {
    const findings = sql('ALTER TABLE users\n  DROP COLUMN x, -- migration-guard-disable-line drop-column -- unused\n  DROP COLUMN y;\n');
    expect(open(findings)).toEqual(['3 drop-column']);
  });

  it('at the end of a statement is about the statement', () => {
    const findings = sql('ALTER TABLE users\n  DROP COLUMN x\n; -- migration-guard-disable-line drop-column -- unused\n');
    expect(open(findings)).toEqual([]);
  });
});

describe('migration-guard-disable, -enable and -disable-file', () => {
  it('a block ends where it is enabled again', () => {
    const findings = sql('DROP TABLE a;\n-- migration-guard-disable drop-table -- cleaning up\nDROP TABLE b;\nDROP TABLE c;\n-- migration-guard-enable drop-table\nDROP TABLE d;\n');
    expect(open(findings)).toEqual(['1 drop-table', '6 drop-table']);
  });

  it('a file is a file, above the comment too', () => {
    expect(open(sql('DROP TABLE a;\n-- migration-guard-disable-file drop-table, drop-column -- demo data\nALTER TABLE t DROP COLUMN c;\n'))).toEqual([]);
  });

  it('without a rule every rule is meant', () => {
    expect(open(sql('-- migration-guard-disable-file -- demo data\nDROP TABLE a;\n'))).toEqual([]);
  });
});

describe('what is wrong with a suppression is a finding itself', () => {
  it('no reason', () => {
    const findings = sql('-- migration-guard-disable-next-line drop-table\nDROP TABLE a;\n');
    expect(open(findings)).toEqual(['1 suppression-without-reason']);
    expect(findings.find(({ ruleId }) => ruleId === 'drop-table')?.suppressed).toEqual({ kind: 'inline', justification: '' });
  });

  it('no effect', () => {
    expect(open(sql('-- migration-guard-disable-next-line drop-table -- gone\nCREATE TABLE a (id int);\n'))).toEqual(['1 unused-suppression']);
  });

  it('a rule that does not exist, with the one that was meant', () => {
    const findings = sql('-- migration-guard-disable-next-line drop-tabel -- gone\nDROP TABLE a;\n');
    expect(open(findings)).toEqual(['1 unused-suppression', '2 drop-table']);
    expect(findings[0]?.message).toBe('There is no rule "drop-tabel". Did you mean "drop-table"?');
  });

  it('a word that does not exist', () => {
    const [finding] = sql('-- migration-guard-disable-nextline drop-table -- gone\nSELECT 1;\n');
    expect(finding?.message).toContain('Did you mean "migration-guard-disable-next-line"?');
  });

  it('is not said where the rule is switched off', () => {
    const text = '-- migration-guard-disable-next-line drop-table -- gone\nDROP TABLE a;\n';
    expect(lint(text, { path: 'a.sql', rules: { 'drop-table': 'off' } })).toEqual([]);
    const unused = '-- migration-guard-disable-next-line drop-table -- gone\nSELECT 1;\n';
    expect(lint(unused, { path: 'a.sql', rules: { 'unused-suppression': 'off' } })).toEqual([]);
  });

  it('a string or a statement that looks like one is none', () => {
    expect(open(sql("INSERT INTO t VALUES ('-- migration-guard-disable-file drop-table -- x');\nDROP TABLE a;\n"))).toEqual(['2 drop-table']);
  });
});
