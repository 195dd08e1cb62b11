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
/** New tables and changes of old ones in turn, ten lines for each pair. */
const text = (round) =>
  Array.from(
    { length: LINES / 10 },
    (_, part) => `CREATE TABLE n${part} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
-- ${round}
CREATE INDEX n${part}_name ON n${part} (name);

CREATE INDEX i${part} ON t${part} (note);

`,
  ).join('');

const config = plugin.configs.recommended.map((entry) => ({ ...entry }));
const lint = (round) => {
  const started = performance.now();
  const messages = new Linter({ cwd }).verify(text(round), config, { filename: join(cwd, 'migrations', name(HISTORY)) });
  if (messages.length !== LINES / 10) throw new Error(`${messages.length} findings instead of ${LINES / 10}`);
  return performance.now() - started;
};

const first = lint(0);
const again = Array.from({ length: 50 }, (_, round) => lint(round + 1)).sort((a, b) => a - b);
const median = again[again.length >> 1];
rmSync(cwd, { recursive: true });
console.log(`first ${first.toFixed(0)} ms (limit ${LIMIT_FIRST}), again ${median.toFixed(1)} ms (median, limit ${LIMIT_AGAIN})`);
if (first > LIMIT_FIRST || median > LIMIT_AGAIN) process.exitCode = 1;
