import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../src/report.js';
import { buildCommand, type Command, type Ran } from './command.js';

/** Whatever reaches for the network or starts a process ends the run. */
const SEAL = `
const refuse = (what) => () => { process.stderr.write('reached for ' + what + '\\n'); process.exit(99); };
for (const [module, names] of Object.entries({
  net: ['connect', 'createConnection', 'createServer'],
  tls: ['connect'],
  http: ['request', 'get'],
  https: ['request', 'get'],
  http2: ['connect'],
  dgram: ['createSocket'],
  dns: ['lookup', 'resolve'],
  child_process: ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork'],
})) for (const name of names) require('node:' + module)[name] = refuse(module + '.' + name);
globalThis.fetch = refuse('fetch');
`;

let command: Command;
let tools: string;
let outside: string;
let folder: string;

beforeAll(async () => {
  command = await buildCommand();
  tools = mkdtempSync(join(tmpdir(), 'migration-guard-seal-'));
  writeFileSync(join(tools, 'seal.cjs'), SEAL);
}, 60_000);
afterAll(() => {
  command.remove();
  rmSync(tools, { recursive: true, force: true });
});
beforeEach(() => {
  outside = mkdtempSync(join(tmpdir(), 'migration-guard-outside-'));
  folder = join(outside, 'project');
  mkdirSync(join(folder, '.git'), { recursive: true });
});
afterEach(() => rmSync(outside, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Git is asked where a finding hangs on the code of the deployed release; here it is not. */
function sealed(...args: string[]): Ran {
  return command.run(['--no-cache', '--deployed', 'none', '--format', 'json', ...args], { cwd: folder, env: { NODE_OPTIONS: `--require ${join(tools, 'seal.cjs')}` } });
}

function linted(ran: Ran): Report {
  expect(ran.stderr).toBe('');
  return JSON.parse(ran.stdout) as Report;
}

describe('files that are named are linted without network, other programs or their own code', () => {
  it('the seal holds', () => {
    const { status, stderr } = spawnSync(process.execPath, ['--require', join(tools, 'seal.cjs'), '-e', "require('child_process').spawnSync('true')"], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([99, 'reached for child_process.spawnSync\n']);
  });

  it.each(['add_tenant.sql', '1718000000000-AddTenant.ts', '3f2a9c1d7b60_add_tenant.py'])('%s', (name) => {
    const ran = command.run(['--no-cache', '--format', 'json', resolve(import.meta.dirname, '../bench/small', name)], {
      cwd: folder,
      env: { NODE_OPTIONS: `--require ${join(tools, 'seal.cjs')}` },
    });
    expect(linted(ran).summary.files).toBe(1);
  });

  it('code at the top of a migration does not run', () => {
    write('migrations/1_a.js', "require('fs').writeFileSync('ran', '');\nexports.up = (knex) => knex.raw('DROP TABLE a');\nexports.down = () => {};\n");
    write('alembic/versions/1_a.py', 'open("ran", "w")\nfrom alembic import op\nrevision = "a1"\ndown_revision = None\n\n\ndef upgrade():\n    op.drop_table("a")\n');
    expect(linted(sealed('migrations/1_a.js', 'alembic/versions/1_a.py')).summary).toMatchObject({ files: 2, operations: 2 });
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });
});

describe('hostile projects', () => {
  const migration = (specifier: string): string =>
    `import { table } from '${specifier}';\nexport class A1718000000000 {\n  async up(queryRunner) {\n    await queryRunner.query('DROP TABLE ' + table);\n  }\n  async down() {}\n}\n`;

  it('names that every object has are names like others', () => {
    write('a.sql', ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf'].map((name) => `DROP TABLE "${name}";\nALTER TABLE t DROP COLUMN "${name}";`).join('\n'));
    const { summary, findings } = linted(sealed('a.sql'));
    expect(summary.operations).toBe(10);
    expect(findings.filter(({ ruleId }) => ruleId === 'drop-table')).toHaveLength(5);
    expect(findings.filter(({ ruleId }) => ruleId === 'drop-column')).toHaveLength(5);
  });

  it('a configuration with such keys is refused, and changes no object', () => {
    write('a.sql', 'DROP TABLE a;\n');
    write('migration-guard.config.json', '{ "__proto__": { "preset": "all" }, "rules": { "__proto__": "off" } }');
    const { code, stderr } = sealed('a.sql');
    expect(code).toBe(2);
    expect(stderr).toContain('__proto__');
  });

  it('folders that lead back to themselves', () => {
    write('migrations/1_a.sql', 'DROP TABLE a;\n');
    symlinkSync('..', join(folder, 'migrations/loop'));
    symlinkSync('self', join(folder, 'migrations/self'));
    expect(linted(sealed('migrations')).summary.files).toBe(1);
  });

  it.skipIf(process.platform === 'win32')('pipes and devices are not opened', () => {
    write('migrations/1_a.sql', 'DROP TABLE a;\n');
    expect(spawnSync('mkfifo', [join(folder, 'migrations/2_b.sql')]).status).toBe(0);
    symlinkSync('/dev/zero', join(folder, 'migrations/3_c.sql'));
    const ran = sealed('migrations', 'migrations/2_b.sql', 'migrations/3_c.sql');
    expect(ran.stderr).toMatch(/2_b\.sql: not a regular file\n.*3_c\.sql: not a regular file\n/);
    expect((JSON.parse(ran.stdout) as Report).summary.files).toBe(1);
  });

  it('a configuration of a folder above the project is not read', () => {
    writeFileSync(join(outside, 'migration-guard.config.cjs'), "require('fs').writeFileSync('ran', ''); module.exports = { rules: { 'drop-table': 'off' } };");
    write('a.sql', 'DROP TABLE a;\n');
    expect(linted(sealed('a.sql')).findings.map(({ ruleId }) => ruleId)).toContain('drop-table');
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it('imports that lead in a circle, out of the project or to a device', () => {
    write('m/1718000000000-A.ts', migration('./circle'));
    write('m/circle.ts', "export { table } from './circle2';\n");
    write('m/circle2.ts', "export { table } from './circle';\n");
    write('m/1718000000002-C.ts', migration('./all').replace('A1718000000000', 'C1718000000002'));
    write('m/all.ts', "export * from './all2';\nexport * as self from './all2';\n");
    write('m/all2.ts', "export * from './all';\nexport * as self from './all';\n");
    write('m/1718000000001-B.ts', migration('../../../../../../../../../../dev/zero').replace('A1718000000000', 'B1718000000001'));
    const ran = sealed('m/1718000000000-A.ts', 'm/1718000000001-B.ts', 'm/1718000000002-C.ts');
    expect(ran.stderr).not.toContain('internal error');
    const { files } = JSON.parse(ran.stdout) as Report;
    expect(files.map(({ skipped }) => skipped)).toEqual([null, null, null]);
  });

  it('nesting deeper than any stack', () => {
    const deep = 20_000;
    write('a.sql', `SELECT ${'('.repeat(deep)}1${')'.repeat(deep)};\nDROP TABLE a;\n`);
    write('b.js', `exports.up = (knex) => knex.raw(${'['.repeat(deep)}${']'.repeat(deep)});\nexports.down = () => {};\n`);
    write('versions/c.py', `from alembic import op\nrevision = "a1"\ndown_revision = None\n\n\ndef upgrade():\n    x = ${'('.repeat(deep)}1${')'.repeat(deep)}\n    op.drop_table("a")\n`);
    const { code, stdout } = sealed('a.sql', 'versions/c.py', 'b.js');
    expect([0, 2]).toContain(code);
    expect((JSON.parse(stdout) as Report).findings.some(({ ruleId, path }) => ruleId === 'drop-table' && path === 'a.sql')).toBe(true);
  });

  it('what a terminal acts on does not reach it', () => {
    write('a.sql', 'DROP TABLE "a\u001b[2J\u001b]0;x\u0007b";\n');
    const { stdout } = command.run(['--no-cache', 'a.sql'], { cwd: folder });
    expect(stdout).toContain('drop-table');
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  });
});

describe('what is published', () => {
  it('is what runs, and no more', () => {
    const manifest = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8')) as { files: string[] };
    const packed = join(outside, 'package');
    mkdirSync(join(packed, 'dist/.cache'), { recursive: true });
    for (const path of ['dist/cli.cjs', 'dist/.cache/cli.cjs-check-sql', 'bin/migration-guard.js', 'schema.json', 'src/cli.ts', 'test/cli.test.ts', '.env', 'fixtures/a.sql']) {
      mkdirSync(dirname(join(packed, path)), { recursive: true });
      writeFileSync(join(packed, path), '');
    }
    writeFileSync(join(packed, 'package.json'), JSON.stringify({ name: 'packed', version: '1.0.0', files: manifest.files }));
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: packed, encoding: 'utf8', shell: process.platform === 'win32' });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    expect(files.map(({ path }) => path).sort()).toEqual(['bin/migration-guard.js', 'dist/cli.cjs', 'package.json', 'schema.json']);
  });

  const dist = resolve(import.meta.dirname, '../dist/cli.cjs');
  it.skipIf(!existsSync(dist))('is small enough to be fetched by a hook', () => {
    const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: resolve(import.meta.dirname, '..'), encoding: 'utf8', shell: process.platform === 'win32' });
    const [{ size, files }] = JSON.parse(stdout) as [{ size: number; files: { path: string }[] }];
    expect(size).toBeLessThan(6 * 1024 * 1024);
    expect(files.map(({ path }) => path).filter((path) => !/^(?:dist|bin)\/|^(?:LICENSE|README\.md|package\.json|schema\.json)$/.test(path))).toEqual([]);
  });
});

it.skipIf(process.platform === 'win32')('a run that is stopped leaves the report that was there', async () => {
  for (let number = 0; number < 400; number++) write(`migrations/${number}_a.sql`, `ALTER TABLE t${number} ADD COLUMN c integer NOT NULL DEFAULT 0;\n`.repeat(20));
  write('report.json', 'the one before');
  const child = spawn(process.execPath, [command.entry, 'migrations', '--format', 'json', '-o', 'report.json'], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise((done) => child.on('close', (_, signal) => done(signal)));
  await new Promise((done) => setTimeout(done, 300));
  child.kill('SIGINT');
  const signal = await ended;
  // A machine that is fast enough has written the whole report.
  const text = spawnSync('cat', [join(folder, 'report.json')], { encoding: 'utf8' }).stdout;
  if (signal === 'SIGINT') expect(text).toBe('the one before');
  else expect(JSON.parse(text)).toMatchObject({ summary: { files: 400 } });
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});
