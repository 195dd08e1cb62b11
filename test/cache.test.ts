import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildCommand, type Command, type Ran } from './command.js';

/** Written by the process when it ends: which of our files it loaded. */
const TRACE = `process.on('exit', () => require('node:fs').writeFileSync(process.env.TRACE, JSON.stringify(Object.keys(require.cache))));`;

let command: Command;
let tools: string;
let folder: string;

beforeAll(async () => {
  command = await buildCommand();
  tools = mkdtempSync(join(tmpdir(), 'migration-guard-tools-'));
  writeFileSync(join(tools, 'trace.cjs'), TRACE);
}, 60_000);
afterAll(() => {
  command.remove();
  rmSync(tools, { recursive: true, force: true });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-cache-'));
  mkdirSync(join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Long ago, so that no later change can fall into the same tick of the clock. */
function write(path: string, text: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function run(...args: string[]): Ran {
  return command.run(args, { cwd: folder });
}

/** Whether a run of these arguments is one that was kept: it needs no parser. */
function isKept(...args: string[]): boolean {
  const trace = join(tools, 'trace.json');
  command.run(args, { cwd: folder, env: { TRACE: trace, NODE_OPTIONS: `--require ${join(tools, 'trace.cjs')}` } });
  const loaded = (JSON.parse(readFileSync(trace, 'utf8')) as string[]).map((path) => basename(path));
  return !['sql.cjs', 'javascript.cjs', 'python.cjs'].some((chunk) => loaded.includes(chunk));
}

/** Runs until the files are old enough for a run to be kept. */
async function settle(...args: string[]): Promise<Ran> {
  await new Promise((done) => setTimeout(done, 120));
  run(...args);
  expect(isKept(...args)).toBe(true);
  return run(...args);
}

const cache = (): string => join(folder, 'node_modules/.cache/migration-guard/runs');

function entry(): string {
  const [name, ...more] = readdirSync(cache());
  expect(more).toEqual([]);
  return join(cache(), name as string);
}

function git(...args: string[]): void {
  const { status, stderr } = spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid', ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

describe('a run in which nothing changed', () => {
  it('is printed again as it was, without a parser', async () => {
    write('migrations/1_a.sql', 'DROP TABLE a;\n');
    write('migrations/2_b.sql', 'this is no SQL;\n');
    const first = run('migrations', '--fail-on', 'error');
    expect(first.code).toBe(1);
    expect(await settle('migrations', '--fail-on', 'error')).toEqual(first);
  });

  it('writes its report again', async () => {
    write('a.sql', 'DROP TABLE a;\n');
    const args = ['a.sql', '--format', 'json', '-o', 'report.json', '-o', 'sarif=report.sarif'];
    run(...args);
    await settle(...args);
    const reports = ['report.json', 'report.sarif'].map((name) => readFileSync(join(folder, name), 'utf8'));
    unlinkSync(join(folder, 'report.json'));
    write('report.sarif', 'another');
    expect(isKept(...args)).toBe(true);
    expect(['report.json', 'report.sarif'].map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(reports);
  });

  it('is known by the content where only the times are others, as in a fresh checkout', async () => {
    write('a.sql', 'DROP TABLE a;\n');
    await settle('a.sql');
    rmSync(join(folder, 'a.sql'));
    write('a.sql', 'DROP TABLE a;\n');
    expect(isKept('a.sql')).toBe(true);
  });

  it('is not the run of other arguments, of another build or of another folder', async () => {
    write('a.sql', 'DROP TABLE a;\n');
    await settle('a.sql');
    expect(isKept('a.sql', '--postgres', '14')).toBe(false);
    expect(isKept('a.sql', '--format', 'json')).toBe(false);
    expect(isKept('./a.sql')).toBe(false);
    const { atime, mtime } = statSync(command.entry);
    utimesSync(command.entry, atime, new Date(mtime.getTime() - 60_000));
    expect(isKept('a.sql')).toBe(false);
    utimesSync(command.entry, atime, mtime);
  });

  it('is neither kept nor looked for with --no-cache', async () => {
    write('a.sql', 'DROP TABLE a;\n');
    await new Promise((done) => setTimeout(done, 120));
    run('a.sql', '--no-cache');
    expect(existsSync(cache())).toBe(false);
    await settle('a.sql');
    expect(isKept('a.sql', '--no-cache')).toBe(false);
  });
});

interface Change {
  name: string;
  args: readonly string[];
  before: () => void;
  change: () => void;
  /** The findings are the same in other words, or of another file. */
  same?: true;
}

const TYPEORM = `import { table } from './names';
export class Drop1718000000000 {
  async up(queryRunner) {
    await queryRunner.query('DROP TABLE ' + table);
  }
  async down() {}
}
`;

const CHANGES: readonly Change[] = [
  {
    name: 'the file, of the same size and with its old time',
    args: ['a.sql'],
    before: () => write('a.sql', 'DROP TABLE aa;\n'),
    change: () => {
      const { atime, mtime } = statSync(join(folder, 'a.sql'));
      write('a.sql', 'DROP TABLE bb;\n');
      utimesSync(join(folder, 'a.sql'), atime, mtime);
    },
  },
  {
    name: 'a file that is new in the folder',
    args: ['migrations'],
    before: () => write('migrations/1_a.sql', 'DROP TABLE a;\n'),
    change: () => write('migrations/2_b.sql', 'DROP TABLE b;\n'),
  },
  {
    name: 'an earlier migration',
    args: ['migrations/2_b.sql'],
    before: () => {
      write('migrations/1_a.sql', 'CREATE TABLE t (id int, name varchar(10));\n');
      write('migrations/2_b.sql', 'ALTER TABLE t ALTER COLUMN name TYPE varchar(20);\n');
    },
    change: () => write('migrations/1_a.sql', 'CREATE TABLE t (id int, name varchar(90));\n'),
  },
  {
    name: 'an earlier migration that is new',
    args: ['migrations/2_b.sql'],
    before: () => write('migrations/2_b.sql', 'ALTER TABLE t ALTER COLUMN name TYPE varchar(20);\n'),
    change: () => write('migrations/1_a.sql', 'CREATE TABLE t (id int, name varchar(10));\n'),
  },
  {
    name: 'an earlier migration that is gone',
    args: ['migrations/2_b.sql'],
    before: () => {
      write('migrations/1_a.sql', 'CREATE TABLE t (id int, name varchar(10));\n');
      write('migrations/2_b.sql', 'ALTER TABLE t ALTER COLUMN name TYPE varchar(20);\n');
    },
    change: () => unlinkSync(join(folder, 'migrations/1_a.sql')),
  },
  {
    name: 'a file that is imported',
    args: ['src/migrations/1718000000000-Drop.ts'],
    before: () => {
      write('src/migrations/1718000000000-Drop.ts', TYPEORM);
      write('src/migrations/names.ts', "export const table = 'aa';\n");
    },
    change: () => write('src/migrations/names.ts', "export const table = 'bb';\n"),
  },
  {
    name: 'an imported file that comes to be',
    args: ['src/migrations/1718000000000-Drop.ts'],
    before: () => write('src/migrations/1718000000000-Drop.ts', TYPEORM),
    change: () => write('src/migrations/names.ts', "export const table = 'bb';\n"),
  },
  {
    name: 'what the tool is configured to do',
    args: ['src/migrations/1_index.js', '--rule', 'concurrently-in-transaction=error'],
    before: () => {
      write('src/migrations/1_index.js', "exports.up = (knex) => knex.raw('CREATE INDEX CONCURRENTLY i ON t (a)');\nexports.down = () => {};\n");
      write('knexfile.js', 'module.exports = {};\n');
    },
    change: () => write('knexfile.js', 'module.exports = { migrations: { disableTransactions: true } };\n'),
  },
  {
    name: 'the configuration',
    args: ['a.sql'],
    before: () => write('a.sql', 'DROP TABLE a;\n'),
    change: () => write('migration-guard.config.json', '{ "rules": { "drop-table": "off" } }'),
  },
  {
    name: 'what a configuration of JavaScript computes',
    args: ['a.sql'],
    before: () => {
      write('a.sql', 'DROP TABLE a;\n');
      write('level.txt', 'error');
      write(
        'migration-guard.config.cjs',
        "module.exports = { rules: { 'drop-table': require('node:fs').readFileSync(require('node:path').join(__dirname, 'level.txt'), 'utf8') } };",
      );
    },
    change: () => write('level.txt', 'off'),
  },
  {
    name: 'the schema',
    args: ['a.sql', '--schema', 'schema.ddl'],
    before: () => {
      write('a.sql', 'ALTER TABLE t ALTER COLUMN name TYPE varchar(20);\n');
      write('schema.ddl', 'CREATE TABLE t (id int, name varchar(10));\n');
    },
    change: () => write('schema.ddl', 'CREATE TABLE t (id int, name varchar(90));\n'),
  },
  {
    name: 'the baseline',
    args: ['a.sql', '--baseline', 'known.json'],
    before: () => {
      write('a.sql', 'DROP TABLE a;\n');
      run('a.sql', '--baseline', 'known.json', '--update-baseline');
    },
    change: () => write('known.json', readFileSync(join(folder, 'known.json'), 'utf8').replace(/"findings": \[[^]*\]/, '"findings": []')),
  },
  {
    name: 'the deployed release',
    args: ['migrations'],
    before: () => {
      git('init', '-q', '-b', 'main');
      write('app.sql.ts', 'export const rows = (db) => db.query("SELECT total FROM orders");\n');
      git('add', 'app.sql.ts');
      git('commit', '-q', '-m', 'one');
      write('migrations/1_a.sql', 'ALTER TABLE orders DROP COLUMN total;\n');
    },
    change: () => {
      write('app.sql.ts', 'export const rows = (db) => db.query("SELECT id FROM orders");\n');
      git('add', 'app.sql.ts');
      git('commit', '-q', '-m', 'two');
    },
  },
];

describe('never a stale answer', () => {
  it.each(CHANGES)('after a change of $name', async ({ args, before, change }) => {
    before();
    const first = await settle(...args);
    expect(first).toEqual(run(...args, '--no-cache'));
    change();
    const second = run(...args);
    expect(second).toEqual(run(...args, '--no-cache'));
    expect(second).not.toEqual(first);
    expect(run(...args)).toEqual(second);
  });

  it('of a file that changed and was looked at within one tick of the clock', () => {
    for (let round = 0; round < 5; round++) {
      write('a.sql', `DROP TABLE t${round};\n`);
      expect(run('a.sql').stdout).toContain(`"t${round}"`);
    }
  });
});

describe('whatever lies in the cache', () => {
  const cases: [string, (file: string) => void][] = [
    ['cut short', (file) => writeFileSync(file, readFileSync(file).subarray(0, 200))],
    ['empty', (file) => writeFileSync(file, '')],
    ['one byte of the report is another', (file) => writeFileSync(file, readFileSync(file).map((byte, at, all) => (at === all.length - 100 ? byte ^ 1 : byte)))],
    ['one byte of the head is another', (file) => writeFileSync(file, readFileSync(file).map((byte, at) => (at === 10 ? byte ^ 1 : byte)))],
    ['not ours', (file) => writeFileSync(file, `null\n${'x'.repeat(500)}`)],
    [
      'a folder',
      (file) => {
        unlinkSync(file);
        mkdirSync(file);
      },
    ],
  ];

  it.each(cases)('an entry that is %s', async (_, spoil) => {
    write('a.sql', 'DROP TABLE a;\n');
    const good = await settle('a.sql');
    spoil(entry());
    expect(run('a.sql')).toEqual(good);
    expect(run('a.sql')).toEqual(good);
  });

  it('a place that cannot be written', () => {
    write('a.sql', 'DROP TABLE a;\n');
    write('node_modules/.cache', 'a file where a folder should be');
    const { code, stderr } = run('a.sql');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('what a killed process left, which goes when it is old', async () => {
    write('a.sql', 'DROP TABLE a;\n');
    await settle('a.sql');
    const [fresh, old] = ['fresh.1.part', 'old.2.part'].map((name) => join(cache(), name)) as [string, string];
    writeFileSync(fresh, 'half');
    writeFileSync(old, 'half');
    utimesSync(old, new Date(0), new Date(0));
    run('a.sql', '--postgres', '14');
    expect([existsSync(fresh), existsSync(old)]).toEqual([true, false]);
  });

  it('no more than a hundred runs', async () => {
    write('a.sql', 'DROP TABLE a;\n');
    await settle('a.sql');
    for (let number = 0; number < 150; number++) writeFileSync(join(cache(), `old-${number}`), 'x');
    run('a.sql', '--postgres', '14');
    expect(readdirSync(cache())).toHaveLength(100);
    expect(isKept('a.sql', '--postgres', '14')).toBe(true);
  });
});

it('several processes at once say the same, and leave nothing unfinished', async () => {
  for (let number = 0; number < 20; number++) write(`migrations/${number}_a.sql`, `DROP TABLE t${number};\n`);
  await new Promise((done) => setTimeout(done, 120));
  const one = (): Promise<string> =>
    new Promise((done, failed) => {
      const child = spawn(process.execPath, [command.entry, 'migrations', '--format', 'json'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
      let text = '';
      child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
      child.on('error', failed);
      child.on('close', () => done(text));
    });
  const outputs = await Promise.all([one(), one(), one(), one()]);
  outputs.push(await one());
  expect(new Set(outputs).size).toBe(1);
  expect(JSON.parse(outputs[0])).toMatchObject({ summary: { files: 20 } });
  expect(readdirSync(cache()).filter((name) => name.endsWith('.part'))).toEqual([]);
});
