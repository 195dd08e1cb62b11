// How long ESLint takes for a migration of 200 lines after 500 others, first and again: `node bench/eslint.mjs` after a build.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Linter } from 'eslint';

const LIMIT_FIRST = 400;
const LIMIT_AGAIN = 10;
const HISTORY = 500;
const LINES = 200;

const plugin = createRequire(import.meta.url)('../dist/eslint.cjs');
const cwd = mkdtempSync(join(tmpdir(), 'migration-guard-bench-'));
mkdirSync(join(cwd, 'migrations'));
mkdirSync(join(cwd, '.git'));
const name = (index) => `${String(index).padStart(4, '0')}.sql`;
for (let index = 0; index < HISTORY; index++) {
  const table = `CREATE TABLE t${index % 250} (id bigint PRIMARY KEY, note text, total integer);\n`;
  const change = `ALTER TABLE t${index % 250} ADD COLUMN extra${index} text;\n`;
  writeFileSync(join(cwd, 'migrations', name(index)), index < 250 ? table : change);
}
const text = (round) =>
  Array.from({ length: LINES }, (_, line) => `CREATE INDEX i${line} ON t${line % 20} (note); -- ${round}\n`).join('');

const config = plugin.configs.recommended.map((entry) => ({ ...entry }));
const lint = (round) => {
  const started = performance.now();
  const messages = new Linter({ cwd }).verify(text(round), config, { filename: join(cwd, 'migrations', name(HISTORY)) });
  if (messages.length !== LINES) throw new Error(`${messages.length} findings instead of ${LINES}`);
  return performance.now() - started;
};

const first = lint(0);
const again = Array.from({ length: 50 }, (_, round) => lint(round + 1)).sort((a, b) => a - b);
const median = again[again.length >> 1];
rmSync(cwd, { recursive: true });
console.log(`first ${first.toFixed(0)} ms (limit ${LIMIT_FIRST}), again ${median.toFixed(1)} ms (median, limit ${LIMIT_AGAIN})`);
if (first > LIMIT_FIRST || median > LIMIT_AGAIN) process.exitCode = 1;
