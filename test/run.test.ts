import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-run-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** Runs a script as the command that generates. */
function run(script: string, ...options: string[]): Ran {
  return command.run(['run', ...options, '--', process.execPath, '-e', script], { cwd: folder });
}

function linted(stdout: string): string[] {
  return (JSON.parse(stdout) as Report).files.filter(({ skipped }) => skipped === null).map(({ path }) => path);
}

describe('run -- <command>', () => {
  it('lints what the command made and what it changed, nothing else', () => {
    write('migrations/1.sql', 'DROP TABLE old;\n');
    write('migrations/2.sql', 'SELECT 1;\n');
    const script = "fs.writeFileSync('migrations/2.sql', 'DROP TABLE changed;\\n'); fs.writeFileSync('migrations/3.sql', 'DROP TABLE made;\\n')";
    const { stdout, code } = run(script, '--format', 'json');
    expect(linted(stdout)).toEqual(['migrations/2.sql', 'migrations/3.sql']);
    expect(code).toBe(0);
  });

  it('a file written with the bytes it had has not changed', () => {
    write('migrations/1.sql', 'DROP TABLE old;\n');
    expect(run("fs.writeFileSync('migrations/1.sql', 'DROP TABLE old;\\n')")).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('hands the command its output, its arguments and our input', () => {
    const echo = 'process.stdin.pipe(process.stdout); console.log(process.argv[1])';
    const ran = command.run(['run', '--', process.execPath, '-e', echo, '--', '--name'], { cwd: folder, input: 'typed' });
    expect(ran).toEqual({ code: 0, stdout: '--name\ntyped', stderr: '' });
  });

  it('fails as the command fails, and still lints what it left', () => {
    const { code, stdout } = run("fs.mkdirSync('migrations'); fs.writeFileSync('migrations/1.sql', 'DROP TABLE a;'); process.exit(7)");
    expect(stdout).toContain('drop-table');
    expect(code).toBe(7);
  });

  it('lets the findings decide only when the command went well', () => {
    const make = "fs.mkdirSync('migrations'); fs.writeFileSync('migrations/1.sql', 'DROP TABLE a;')";
    expect(run(make, '--fail-on', 'error').code).toBe(1);
  });

  it('answers 127 for a command that is not there, 128 and the signal for one that was killed', () => {
    const missing = command.run(['run', '--', 'no-such-command-here'], { cwd: folder });
    expect(missing).toEqual({ code: 127, stdout: '', stderr: 'migration-guard: no-such-command-here: command not found\n' });
    expect(run("process.kill(process.pid, 'SIGKILL')").code).toBe(137);
  });

  it('says so when there is nothing in a new migration yet', () => {
    const { stderr, code } = run("fs.mkdirSync('migrations'); fs.writeFileSync('migrations/1.sql', '-- up\\n')");
    expect(stderr).toBe('1 new migration, nothing to check yet\n');
    expect(code).toBe(0);
  });

  it('needs a command', () => {
    expect(command.run(['run', 'knex'], { cwd: folder })).toMatchObject({ code: 2, stderr: expect.stringContaining('needs the command after "--"') as string });
    expect(command.run(['run', 'a', '--', 'b'], { cwd: folder })).toMatchObject({ code: 2, stderr: expect.stringContaining('"a" stands before it') as string });
  });

  it('passes a signal on, waits for the command, and reports', async () => {
    const script = `
      process.on('SIGTERM', () => { fs.mkdirSync('migrations'); fs.writeFileSync('migrations/1.sql', 'DROP TABLE a;'); process.exit(3); });
      setInterval(() => {}, 1000); fs.writeFileSync('ready', '');`;
    const child = spawn(process.execPath, [command.entry, 'run', '--', process.execPath, '-e', script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    await expect.poll(() => existsSync(join(folder, 'ready')), { timeout: 10_000 }).toBe(true);
    child.kill('SIGTERM');
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(3);
    expect(stdout).toContain('drop-table');
  });
});

describe('--latest', () => {
  function latest(...options: string[]): string[] {
    return linted(command.run([...options, '--format', 'json', '.'], { cwd: folder }).stdout);
  }

  it('goes by number, not by the alphabet and not by the clock', () => {
    for (const name of ['10_c.sql', '9_b.sql', '8_a.sql']) write(`migrations/${name}`, 'SELECT 1;\n');
    expect(latest('--latest')).toEqual(['migrations/10_c.sql']);
    expect(latest('--latest', '2')).toEqual(['migrations/10_c.sql', 'migrations/9_b.sql']);
    expect(latest('--latest=3')).toHaveLength(3);
  });

  it('takes every head of an Alembic history', () => {
    const revision = (id: string, down: string): string =>
      `from alembic import op\nrevision = '${id}'\ndown_revision = ${down}\ndef upgrade():\n    op.drop_table('${id}')\ndef downgrade():\n    pass\n`;
    write('versions/zz_first.py', revision('aaa', 'None'));
    write('versions/mm_left.py', revision('bbb', "'aaa'"));
    write('versions/aa_right.py', revision('ccc', "'aaa'"));
    expect(latest('--latest')).toEqual(['versions/aa_right.py', 'versions/mm_left.py']);
  });

  it('takes the journal of Drizzle at its word', () => {
    write('drizzle/meta/_journal.json', JSON.stringify({ entries: [{ idx: 0, tag: '0001_b' }, { idx: 1, tag: '0000_a' }] }));
    write('drizzle/0000_a.sql', 'DROP TABLE a;--> statement-breakpoint\nDROP TABLE c;\n');
    write('drizzle/0001_b.sql', 'DROP TABLE b;--> statement-breakpoint\nDROP TABLE d;\n');
    expect(latest('--latest')).toEqual(['drizzle/0000_a.sql']);
  });

  it('wants a number', () => {
    expect(command.run(['--latest=none'], { cwd: folder })).toMatchObject({ code: 2, stderr: expect.stringContaining('--latest takes a whole number') as string });
  });
});
