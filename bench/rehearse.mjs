// From a cold start to the answer for one migration after a history of 200,
// with PGlite, by the built command line. The limit is on what two idle cores
// need; where others work too, processor time says more than the clock.
//
//   node bench/rehearse.mjs [--check]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const command = join(here, '..', 'bin', 'migration-guard.js');
const LIMIT = 10_000;

// Inside the project, where PGlite is found.
mkdirSync(join(here, '../node_modules/.cache'), { recursive: true });
const folder = mkdtempSync(join(here, '../node_modules/.cache/rehearse-'));
try {
  mkdirSync(join(folder, 'migrations'));
  const write = (number, sql) => writeFileSync(join(folder, 'migrations', `${String(number).padStart(4, '0')}_step.sql`), sql);
  for (let table = 0; table < 50; table++) {
    const parent = table === 0 ? '' : `, parent_id bigint REFERENCES t${table - 1}`;
    write(table * 4, `CREATE TABLE t${table} (id bigserial PRIMARY KEY, name text NOT NULL, email varchar(80) UNIQUE, at timestamptz DEFAULT now()${parent});\n`);
    write(table * 4 + 1, `ALTER TABLE t${table} ADD COLUMN state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'shut'));\n`);
    write(table * 4 + 2, `CREATE INDEX t${table}_name ON t${table} (name);\n`);
    write(table * 4 + 3, `ALTER TABLE t${table} ALTER COLUMN at SET NOT NULL;\n`);
  }
  write(200, 'ALTER TABLE t49 ADD COLUMN total numeric(12, 2) NOT NULL DEFAULT 0;\nCREATE INDEX t49_total ON t49 (total);\n');
  const kept = join(here, '../node_modules/.cache/migration-guard/rehearse');
  for (const [start, prepare] of [['first run', () => rmSync(kept, { recursive: true, force: true })], ['later runs', () => undefined]]) {
    prepare();
    const began = performance.now();
    const { status, stdout } = spawnSync('bash', ['-c', 'TIMEFORMAT="%3U %3S"; { time "$@" >/dev/null; } 2>&1', 'bash', process.execPath, command, 'rehearse', '--no-config', 'migrations/0200_step.sql'], { cwd: folder, encoding: 'utf8' });
    const wall = performance.now() - began;
    const [user = Number.NaN, system = Number.NaN] = (stdout.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
    if (status !== 0 || Number.isNaN(user + system)) throw new Error(stdout);
    const busy = (user + system) * 1000;
    console.log(`history of 200, one migration, 50 tables of 1,000 rows, ${start}: ${(wall / 1000).toFixed(1)} s, ${(busy / 1000).toFixed(1)} s of processor time (limit ${LIMIT / 1000} s)`);
    if (Math.min(wall, busy) > LIMIT && process.argv.includes('--check')) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
