import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../src/report.js';
import { buildCommand, type Command, type Ran } from './command.js';

let command: Command;
let folder: string;

beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-cli-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string | Buffer): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

function run(...args: string[]): Ran {
  return command.run(args, { cwd: folder });
}

function report({ stdout }: Ran): Report {
  return JSON.parse(stdout) as Report;
}

function found(ran: Ran): string[] {
  return report(ran).findings.map(({ path, start, ruleId }) => `${path}:${start.line} ${ruleId}`);
}

function git(...args: string[]): void {
  const { status, stderr } = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

describe('exit codes', () => {
  it('0 with findings: they are advice, and the summary says so', () => {
    write('a.sql', 'DROP TABLE a;\n');
    const { code, stdout, stderr } = run('a.sql');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^a\.sql:1:12\nerror {2}drop-table\n/);
    expect(stdout).toMatch(/1 error in 1 file \(1 migration, 1 operation, 0 unread\)\n\(advisory; use --fail-on to fail the build\)\n$/);
    expect(stderr).toBe('');
  });

  it('1 only for a threshold that was asked for', () => {
    write('a.sql', 'ALTER TABLE a RENAME TO b;\n');
    expect(run('a.sql', '--fail-on', 'error').code).toBe(0);
    expect(run('a.sql', '--fail-on', 'warning').code).toBe(1);
    expect(run('a.sql', '--max-warnings', '0').code).toBe(1);
    expect(run('a.sql', '--max-warnings', '9').code).toBe(0);
    expect(run('a.sql', '--fail-on', 'warning', '--quiet').code).toBe(1);
  });

  it.each([
    [['--fial-on', 'error'], 'Unknown option --fial-on. Did you mean "--fail-on"?'],
    [['--fail-on', 'eror'], '--fail-on must be one of info, warning, error, not "eror". Did you mean "error"?'],
    [['--postgres', '9'], '--postgres must be one of 11'],
    [['--rule', 'drop-tabel=off'], 'there is no rule "drop-tabel". Did you mean "drop-table"?'],
    [['--format', 'jsn'], '--format must be one of text, json'],
    [['--max-warnings', 'many'], '--max-warnings must be a whole number'],
    [['--config', 'none.json'], 'There is no configuration file none.json.'],
    [['explain', 'drop-colum'], 'There is no rule "drop-colum". Did you mean "drop-column"?'],
    [['explain', '--fail-on', 'error'], '"explain" does not take it.'],
    [['--schema', 'none.sql'], '--schema none.sql: no such file or directory.'],
    [['--staged'], '--staged needs a git repository'],
  ])('2 for %j', (args, message) => {
    const { code, stdout, stderr } = run(...args);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe('arguments that cannot be meant', () => {
  it.each([
    [['--staged', '--all'], '--all and --staged exclude each other.'],
    [['--since', 'main', '--new'], '--new and --since exclude each other.'],
    [['inspekt', 'migrations'], 'There is no command and no file "inspekt". Did you mean "inspect"?'],
    [[''], 'An empty path names nothing.'],
    [['--fail-on'], '--fail-on needs a value'],
    [['--max-warnings', '-1'], '--max-warnings needs a value; one that begins with a dash is written --max-warnings=-'],
    [['--stagd'], 'Unknown option --stagd. Did you mean "--staged"?'],
    [['init', 'db'], 'init takes no paths'],
  ])('%j', (args, words) => {
    const { code, stdout, stderr } = run(...args);
    expect(stderr).toContain(words);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('each command explains itself', () => {
    const pages = ['check', 'inspect', 'explain', 'rules', 'run', 'init'].map((name) => run(name, '--help'));
    for (const { code, stdout } of pages) {
      expect(code).toBe(0);
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
    expect(new Set(pages.map(({ stdout }) => stdout)).size).toBe(6);
  });
});

describe('bad input: one clear line each, the rest still linted', () => {
  it('a path that does not exist', () => {
    write('a.sql', 'DROP TABLE a;\n');
    const ran = run('--format', 'json', 'none.sql', 'a.sql');
    expect(ran.stderr).toBe('none.sql: no such file or directory\n');
    expect(found(ran)).toEqual(['a.sql:1 drop-table']);
    expect(report(ran).files.find(({ path }) => path === 'none.sql')?.skipped).toBe('no such file or directory');
    expect(ran.code).toBe(2);
  });

  it('a glob that matches nothing', () => {
    expect(run('none/*.sql')).toMatchObject({ code: 2, stderr: 'none/*.sql: matches no file\n' });
  });

  it('binary, UTF-16 and invalid UTF-8', () => {
    write('binary.sql', Buffer.from([1, 2, 0, 3]));
    write('utf16.sql', Buffer.from('\ufeffDROP TABLE a;', 'utf16le'));
    write('latin1.sql', Buffer.from('-- caf\xe9\nDROP TABLE a;\n', 'latin1'));
    const ran = run('--format', 'json', '.');
    expect(ran.stderr.trim().split('\n').sort()).toEqual([
      'binary.sql: binary file',
      'latin1.sql: not valid UTF-8 (line 1); read with replacement characters',
      'utf16.sql: UTF-16 text; save it as UTF-8',
    ]);
    expect(found(ran)).toEqual(['latin1.sql:2 drop-table']);
    expect(ran.code).toBe(0);
  });

  it.skipIf(process.getuid?.() === 0)('a file that may not be read', () => {
    write('secret.sql', 'DROP TABLE a;\n');
    chmodSync(join(folder, 'secret.sql'), 0o000);
    expect(run('secret.sql')).toMatchObject({ code: 2, stderr: 'secret.sql: permission denied\n' });
  });

  it('a byte order mark and CRLF shift nothing', () => {
    write('a.sql', '\ufeffSELECT 1;\r\nDROP TABLE a;\r\n');
    expect(report(run('--format', 'json', 'a.sql')).findings[0]?.start).toEqual({ line: 2, column: 12, offset: 22 });
  });

  it('broken SQL, Python and TypeScript: what stands around the break is read', () => {
    write('a.sql', 'DROP TABLE a;\nSELEC 1;\nDROP TABLE b;\n');
    write('b.py', 'from alembic import op\nrevision = "a1"\ndown_revision = None\n\n\ndef upgrade():\n    op.drop_table("t"\n    op.drop_column("a", "b")\n');
    write('1718000000000-c.ts', "import { QueryRunner } from 'typeorm';\nexport class C1718000000000 {\n  async up(queryRunner: QueryRunner) { await queryRunner.query(`DROP TABLE a`); const x = ; }\n  async down() {}\n}\n");
    const ran = run('--format', 'json', '.');
    expect(ran.code).toBe(0);
    expect(found(ran)).toEqual(expect.arrayContaining(['a.sql:1 drop-table', 'a.sql:2 parse-error', 'a.sql:3 drop-table', 'b.py:8 drop-column', '1718000000000-c.ts:3 drop-table']));
    for (const path of ['b.py', '1718000000000-c.ts']) expect(found(ran).some((one) => one.startsWith(path) && one.endsWith('parse-error')), path).toBe(true);
  });

  it('an empty file, ten thousand parentheses, a directory named like a file', () => {
    write('empty.sql', '');
    write('deep.sql', `SELECT ${'('.repeat(10_000)}1${')'.repeat(10_000)};\nDROP TABLE after;\n`);
    write('x.sql/migration.sql', 'DROP TABLE inside;\n');
    const ran = run('--format', 'json', 'empty.sql', 'deep.sql', 'x.sql');
    expect(ran.code).toBe(0);
    expect(found(ran)).toEqual(['deep.sql:1 parse-error', 'deep.sql:2 drop-table', 'x.sql/migration.sql:1 drop-table']);
    expect(report(ran).files.map(({ path, skipped }) => [path, skipped])).toEqual([['deep.sql', null], ['empty.sql', null], ['x.sql/migration.sql', null]]);
  });

  it('twenty megabytes', () => {
    const row = "INSERT INTO t (a, b) VALUES (1, 'some text that makes this line about as long as such lines are wont to be');\n";
    write('big.sql', `DROP TABLE first;\n${row.repeat(Math.ceil((20 << 20) / row.length))}DROP TABLE last;\n`);
    const ran = run('--format', 'json', 'big.sql');
    expect(ran.code).toBe(0);
    expect(report(ran).findings.map(({ ruleId, table }) => [ruleId, table])).toEqual([['drop-table', 'first'], ['drop-table', 'last']]);
  }, 120_000);

  it('a file of no language we read, named', () => {
    write('notes.md', '# notes\n');
    expect(run('notes.md')).toMatchObject({ code: 0, stderr: 'notes.md: left alone, neither SQL, Python, TypeScript nor JavaScript\n' });
  });
});

describe('what is printed where', () => {
  it('colours follow the flags, then FORCE_COLOR, then NO_COLOR', () => {
    write('a.sql', 'DROP TABLE a;\n');
    const coloured = (args: string[], env: Record<string, string>): boolean =>
      command.run(['a.sql', ...args], { cwd: folder, env }).stdout.includes('\u001b[');
    expect(coloured([], {})).toBe(false);
    expect(coloured(['--color'], { NO_COLOR: '1' })).toBe(true);
    expect(coloured([], { FORCE_COLOR: '1' })).toBe(true);
    expect(coloured([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(true);
    expect(coloured([], { FORCE_COLOR: '0' })).toBe(false);
    expect(coloured(['--no-color'], { FORCE_COLOR: '1' })).toBe(false);
  });

  it('--quiet prints errors only, --silent nothing', () => {
    write('a.sql', 'DROP TABLE a;\nALTER TABLE b RENAME TO c;\n');
    expect(run('a.sql', '--quiet').stdout).toMatch(/1 error in 1 file/);
    expect(run('a.sql', '--silent', '--fail-on', 'error')).toEqual({ code: 1, stdout: '', stderr: '' });
  });

  it('--output-file writes the report, or one more of another format', () => {
    write('a.sql', 'DROP TABLE a;\n');
    expect(run('a.sql', '--format', 'json', '--output-file', 'out.json').stdout).toBe('');
    expect(report(command.run(['--stdin', '--format', 'json'], { cwd: folder, input: 'SELECT 1;' })).findings).toEqual([]);
    const both = run('a.sql', '--output-file', 'json=more.json');
    expect(both.stdout).toContain('drop-table');
    expect(run('more.json').stderr).toContain('left alone');
  });

  it('a report of a megabyte is whole in a pipe', () => {
    write('a.sql', 'DROP TABLE a;\n'.repeat(1500));
    const ran = run('a.sql', '--format', 'json');
    expect(ran.stdout.length).toBeGreaterThan(1_000_000);
    expect(report(ran).findings).toHaveLength(1500);
  });

  it('a reader that leaves early is no error', () => {
    write('a.sql', 'DROP TABLE a;\n'.repeat(1500));
    const { stderr, status } = spawnSync('sh', ['-c', `"${process.execPath}" "${command.entry}" a.sql --format json | head -c 10`], { cwd: folder, encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });

  it('--version and --help', () => {
    expect(run('--version').stdout).toBe('0.0.0-test\n');
    const { stdout, code } = run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('Findings are advice.');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});

describe('commands', () => {
  it('inspect prints every operation with what it does', () => {
    write('a.sql', 'ALTER TABLE a ADD COLUMN b int;\nCREATE INDEX i ON a (b);\n');
    const { files } = JSON.parse(run('inspect', '--format', 'json', 'a.sql').stdout) as { files: { operations: Record<string, unknown>[] }[] };
    expect(files[0]?.operations.map(({ kind, table, transaction }) => [kind, table, transaction])).toEqual([['addColumn', 'a', 'none'], ['createIndex', 'a', 'none']]);
    expect(Object.keys(files[0]?.operations[0] ?? {})).toEqual(['kind', 'sql', 'start', 'end', 'table', 'transaction', 'conditional', 'partial', 'effects']);
    expect(run('inspect', 'a.sql').stdout).toContain('  lock      SHARE on a until the statement ends (blocks writes, not reads)');
  });

  it('rules lists and explain explains every rule', () => {
    const rules = JSON.parse(run('rules', '--format', 'json').stdout) as { id: string }[];
    expect(rules.length).toBeGreaterThan(40);
    expect(run('rules').stdout).toContain('drop-column');
    const { stdout } = run('explain', ...rules.map(({ id }) => id));
    for (const { id } of rules) expect(stdout).toContain(id);
  });

  it('standard input has a name when it is given one', () => {
    const named = command.run(['--stdin-filename', 'versions/a1_x.py', '--format', 'json'], {
      cwd: folder,
      input: 'from alembic import op\nrevision = "a1"\ndown_revision = None\n\n\ndef upgrade():\n    op.drop_table("t")\n',
    });
    expect(found(named)).toEqual(['versions/a1_x.py:7 drop-table']);
    expect(found(command.run(['-', '--format', 'json'], { cwd: folder, input: 'DROP TABLE t;' }))).toEqual(['<stdin>.sql:1 drop-table']);
  });
});

describe('configuration', () => {
  it('is found from the folder upwards, and flags stand above it', () => {
    write('package.json', '{ "migration-guard": { "rules": { "drop-table": "off" } } }');
    write('db/a.sql', 'DROP TABLE a;\n');
    expect(found(run('db/a.sql', '--format', 'json'))).toEqual([]);
    expect(found(run('db/a.sql', '--format', 'json', '--rule', 'drop-table=info'))).toEqual(['db/a.sql:1 drop-table']);
    expect(found(run('db/a.sql', '--format', 'json', '--no-config'))).toEqual(['db/a.sql:1 drop-table']);
  });

  it('may be a module', () => {
    write('migration-guard.config.mjs', "export default { failOn: 'error', ignore: ['db/old/'] };\n");
    write('db/a.sql', 'DROP TABLE a;\n');
    write('db/old/a.sql', 'DROP TABLE a;\n');
    const ran = run('db', '--format', 'json');
    expect(found(ran)).toEqual(['db/a.sql:1 drop-table']);
    expect(ran.code).toBe(1);
  });

  it('names unknown keys with the nearest known one', () => {
    write('migration-guard.config.json', '{ "ruels": {} } // comments are allowed');
    expect(run('.')).toMatchObject({ code: 2, stderr: expect.stringContaining('unknown key "ruels". Did you mean "rules"?') as string });
  });

  it('two in one folder are one too many', () => {
    write('migration-guard.config.json', '{}');
    write('migration-guard.config.mjs', 'export default {};');
    expect(run('.').stderr).toContain('holds two configurations');
  });
});

describe('in a git repository', () => {
  beforeEach(() => {
    write('migrations/0001_init.sql', 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n');
    write('queries/report.sql', 'DELETE FROM users;\n');
    git('init', '-q', '-b', 'main');
    git('add', '-A');
    git('commit', '-q', '-m', 'one');
  });

  it('without paths: what changed since the default branch, staged and untracked files included', () => {
    expect(run()).toMatchObject({ code: 0, stdout: '', stderr: 'No migration files changed since main; --all lints every one\n' });
    git('checkout', '-q', '-b', 'feature');
    write('migrations/0002_committed.sql', 'ALTER TABLE users DROP COLUMN email;\n');
    git('add', '-A');
    git('commit', '-q', '-m', 'two');
    write('migrations/0003_staged.sql', 'DROP TABLE users;\n');
    git('add', '-A');
    write('migrations/0004_untracked_é.sql', 'TRUNCATE users;\n');
    write('queries/new.sql', 'DELETE FROM users;\n');
    const paths = report(run('--format', 'json')).files.map(({ path }) => path);
    expect(paths).toEqual(['migrations/0002_committed.sql', 'migrations/0003_staged.sql', 'migrations/0004_untracked_é.sql']);
    expect(report(run('--format', 'json', '--all')).files).toHaveLength(4);
    expect(report(run('--format', 'json', '--new')).files).toHaveLength(3);
  });

  it('paths of the report begin at the top of the repository, printed ones where the user stands', () => {
    write('migrations/0002_x.sql', 'DROP TABLE users;\n');
    const cwd = join(folder, 'migrations');
    expect(found(command.run(['0002_x.sql', '--format', 'json'], { cwd }))).toEqual(['migrations/0002_x.sql:1 drop-table']);
    expect(command.run(['0002_x.sql'], { cwd }).stdout).toMatch(/^0002_x\.sql:1:12\n/);
    expect(report(command.run(['--format', 'json'], { cwd })).files).toHaveLength(1);
  });

  it('--staged reads the index, not the disk', () => {
    write('migrations/0002_x.sql', 'DROP TABLE users;\n');
    git('add', '-A');
    write('migrations/0002_x.sql', 'SELECT 1;\n');
    expect(found(run('--staged', '--format', 'json'))).toEqual(['migrations/0002_x.sql:1 drop-table']);
    git('commit', '-q', '-am', 'two');
    expect(run('--staged')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('what the base branch has of a file is found beside one with two lines in its name', () => {
    write('migrations/1\na.sql', 'DROP TABLE a;\n');
    write('migrations/2.sql', 'DROP TABLE b;\n');
    git('add', '-A');
    git('commit', '-q', '-m', 'two');
    git('checkout', '-q', '-b', 'feature');
    write('migrations/1\na.sql', 'DROP TABLE aa;\n');
    write('migrations/2.sql', 'DROP TABLE bb;\n');
    expect(found(run('--since', 'main', '--format', 'json'))).toContain('migrations/2.sql:1 edited-applied-migration');
  });

  it('--staged passes over a link, whose text in the index is a path, and takes any name', () => {
    write('migrations/real.sql', 'DROP TABLE a;\n');
    symlinkSync('real.sql', join(folder, 'migrations/link.sql'));
    write('migrations/two\nlines ü.sql', 'DROP TABLE b;\n');
    git('add', '-A');
    const { files } = report(run('--staged', '--format', 'json'));
    expect(files.map(({ path }) => path)).toEqual(['migrations/real.sql', 'migrations/two\nlines ü.sql']);
  });

  it('--since an unknown name says what to fetch', () => {
    expect(run('--since', 'origin/nope')).toMatchObject({ code: 2, stderr: expect.stringContaining('fetch-depth: 0') as string });
  });

  it('changed files deploy together: what one creates is empty for the next', () => {
    write('migrations/0002_a.sql', 'CREATE TABLE events (id bigint PRIMARY KEY);\n');
    write('migrations/0003_b.sql', 'CREATE INDEX i ON events (id);\n');
    expect(found(run('--format', 'json'))).toEqual([]);
    expect(found(run('--format', 'json', '--deploy', 'each'))).toEqual(['migrations/0003_b.sql:1 create-index-blocking']);
    expect(found(run('--format', 'json', 'migrations'))).toEqual(['migrations/0003_b.sql:1 create-index-blocking']);
  });
});
