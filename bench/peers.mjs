// What other linters of SQL migrations cost on the same files, in the same run:
// squawk (native, through its npm command) and pgfence. They are installed into
// a temporary folder, and into nothing of this project. CPU time of the whole
// process, user and system, with whatever processes it starts.
//
//   node bench/peers.mjs [--directory <folder of .sql files>] [--rounds 7]
//
// Without a directory, a project of a thousand generated files.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { directory: { type: 'string' }, rounds: { type: 'string', default: '7' } } });
const here = dirname(fileURLToPath(import.meta.url));
const command = join(here, '..', 'bin', 'migration-guard.js');
const PEERS = ['squawk-cli@2', '@flvmnt/pgfence@latest'];

const folder = mkdtempSync(join(tmpdir(), 'migration-guard-peers-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

function install() {
  const tools = join(folder, 'tools');
  mkdirSync(tools);
  writeFileSync(join(tools, 'package.json'), '{ "private": true }');
  const { status, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--silent', ...PEERS], { cwd: tools, encoding: 'utf8', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(stderr);
  return (name) => join(tools, 'node_modules', '.bin', name);
}

/** Each table is created once, then changed in ways that linters speak of. */
function generated(number) {
  const table = `t${number % 50}`;
  if (number < 50) return `CREATE TABLE ${table} (id bigint PRIMARY KEY, name text);\n`;
  return [
    `ALTER TABLE ${table} ADD COLUMN c${number} integer NOT NULL DEFAULT 0;`,
    `CREATE INDEX ix_${number} ON ${table} (c${number});`,
    `ALTER TABLE ${table} ADD CONSTRAINT fk_${number} FOREIGN KEY (c${number}) REFERENCES t0 (id);`,
    `UPDATE ${table} SET name = 'x' WHERE name IS NULL;`,
  ].join('\n');
}

function directory() {
  const own = join(folder, 'project', 'migrations');
  mkdirSync(own, { recursive: true });
  mkdirSync(join(folder, 'project', 'node_modules'));
  if (values.directory !== undefined) cpSync(resolve(values.directory), own, { recursive: true });
  else for (let number = 0; number < 1000; number++) writeFileSync(join(own, `${String(number).padStart(5, '0')}_change.sql`), generated(number));
  return { root: join(folder, 'project'), files: readdirSync(own, { recursive: true }).filter((name) => name.endsWith('.sql')).map((name) => join('migrations', name)) };
}

function cpuMilliseconds(argv, cwd) {
  const script = 'TIMEFORMAT="%3U %3S"; { time "$@" >/dev/null 2>&1; } 2>&1';
  const { stdout } = spawnSync('bash', ['-c', script, 'bash', ...argv], { cwd, encoding: 'utf8' });
  const [user, system] = stdout.trim().split(' ').map(Number);
  return (user + system) * 1000;
}

function median(samples) {
  return [...samples].sort((a, b) => a - b)[samples.length >> 1];
}

function table(title, cases, cwd, rounds) {
  const samples = new Map(cases.map(({ name }) => [name, []]));
  for (const { argv } of cases) cpuMilliseconds(argv, cwd);
  for (let round = 0; round < rounds; round++) for (const { name, argv } of cases) samples.get(name).push(cpuMilliseconds(argv, cwd));
  const base = median(samples.get('node -e 0'));
  console.log(`| ${title} | CPU | of \`node -e 0\` |\n| --- | ---: | ---: |`);
  for (const [name, own] of samples) console.log(`| ${name} | ${median(own).toFixed(0)} ms | ${(median(own) / base).toFixed(2)} |`);
  console.log('');
}

const bin = install();
const { root, files } = directory();
const one = join(root, 'one.sql');
cpSync(join(here, 'small', 'add_tenant.sql'), one);
const node = { name: 'node -e 0', argv: [process.execPath, '-e', '0'] };

table(
  'one file',
  [
    node,
    { name: 'migration-guard', argv: [process.execPath, command, '--no-cache', 'one.sql'] },
    { name: 'migration-guard, nothing changed since', argv: [process.execPath, command, 'one.sql'] },
    { name: 'squawk', argv: [bin('squawk'), 'one.sql'] },
    { name: 'pgfence', argv: [bin('pgfence'), 'analyze', 'one.sql'] },
  ],
  root,
  Number(values.rounds),
);
table(
  `${files.length} files`,
  [
    node,
    { name: 'migration-guard', argv: [process.execPath, command, '--no-cache', 'migrations'] },
    { name: 'migration-guard, nothing changed since', argv: [process.execPath, command, 'migrations'] },
    { name: 'squawk', argv: [bin('squawk'), ...files] },
    { name: 'pgfence', argv: [bin('pgfence'), 'analyze', ...files] },
  ],
  root,
  Math.max(1, Math.min(3, Number(values.rounds))),
);
