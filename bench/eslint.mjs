// How long ESLint takes for a migration of 200 lines after 500 others, first and again, in SQL, TypeScript and Python:
// `node bench/eslint.mjs` after a build.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as typescriptParser from '@typescript-eslint/parser';
import { Linter } from 'eslint';

const LIMIT_FIRST = 400;
const LIMIT_AGAIN = 10;
const HISTORY = 500;
const LINES = 200;
const ROUNDS = 100;

const plugin = createRequire(import.meta.url)('../dist/eslint.cjs');

const number = (index) => String(index).padStart(4, '0');
const old = (index) =>
  index < HISTORY / 2
    ? `CREATE TABLE t${index} (id bigint PRIMARY KEY, note text, total integer)`
    : `ALTER TABLE t${index % (HISTORY / 2)} ADD COLUMN extra${index} text`;
const parts = (perPart, part) => Array.from({ length: LINES / perPart }, (_, index) => part(index)).join('');
const typeorm = (index, body) => `import { MigrationInterface, QueryRunner } from 'typeorm';
export class Change${1700000000000 + index} implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
${body}  }
  async down(): Promise<void> {}
}
`;
const alembic = (index, body) => `from alembic import op
import sqlalchemy as sa
revision = 'r${number(index)}'
down_revision = ${index === 0 ? 'None' : `'r${number(index - 1)}'`}
def upgrade():
${body}`;

/** Per language: a file of the history, and the one in the editor, each round's a little different from the last. */
const LANGUAGES = {
  SQL: {
    path: (index) => `migrations/${number(index)}.sql`,
    history: (index) => `${old(index)};\n`,
    text: (round) =>
      parts(10, (part) => `CREATE TABLE n${part} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
-- ${round}
CREATE INDEX n${part}_name ON n${part} (name);

CREATE INDEX i${part} ON t${part} (note);

`),
    findings: LINES / 10,
  },
  TypeScript: {
    path: (index) => `src/migrations/${1700000000000 + index}-Change.ts`,
    history: (index) => typeorm(index, `    await queryRunner.query('${old(index)}');\n`),
    text: (round) =>
      typeorm(HISTORY, parts(10, (part) => `    await queryRunner.createTable(
      new Table({
        name: 'n${part}',
        columns: [{ name: 'id', type: 'bigint', isPrimary: true }, { name: 'name', type: 'text' }],
      }),
    );
    // ${round}

    await queryRunner.query('CREATE INDEX i${part} ON t${part} (note)');

`)).replace('QueryRunner }', 'QueryRunner, Table }'),
    findings: LINES / 10,
  },
  Python: {
    path: (index) => `alembic/versions/${number(index)}.py`,
    history: (index) => alembic(index, `    op.execute('${old(index)}')\n`),
    text: (round) =>
      alembic(HISTORY, parts(10, (part) => `    op.create_table(
        'n${part}',
        sa.Column('id', sa.BigInteger, primary_key=True),
        sa.Column('name', sa.Text, nullable=False),
        sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.func.now()),
    )
    # ${round}

    op.create_index('i${part}', 't${part}', ['note'])

`)),
    findings: LINES / 10,
  },
};

/** Wall and processor time in milliseconds; the second is what a machine with nothing else to do would show for the first. */
function timed(run) {
  const [clock, processor] = [performance.now(), process.cpuUsage()];
  run();
  const { user, system } = process.cpuUsage(processor);
  return { wall: performance.now() - clock, processor: (user + system) / 1000 };
}

const median = (times, of) => times.map((one) => one[of]).sort((a, b) => a - b)[times.length >> 1];
const lowest = (times) => Math.min(...times.map(({ processor }) => processor));

const withRules = [{ files: ['**/*.ts'], languageOptions: { parser: typescriptParser } }, ...plugin.configs.recommended];
const withoutRules = withRules.map((entry) => ({ ...entry, rules: {} }));

function measure(name) {
  const { path, history, text, findings } = LANGUAGES[name];
  const cwd = mkdtempSync(join(tmpdir(), 'migration-guard-bench-'));
  mkdirSync(join(cwd, '.git'));
  mkdirSync(join(cwd, dirname(path(0))), { recursive: true });
  for (let index = 0; index < HISTORY; index++) writeFileSync(join(cwd, path(index)), history(index));
  const lint = (round, config) => {
    const code = text(round);
    let messages = [];
    const time = timed(() => (messages = new Linter({ cwd }).verify(code, config, { filename: join(cwd, path(HISTORY)) })));
    const found = messages.filter(({ ruleId }) => ruleId === 'migration-guard/create-index-blocking').length;
    if (config === withRules && found !== findings) throw new Error(`${name}: ${found} findings instead of ${findings}: ${messages[0]?.message}`);
    return time;
  };
  const run = (config) => ({ first: lint(0, config), again: Array.from({ length: ROUNDS }, (_, round) => lint(round + 1, config)) });
  const row = (label, { first, again }) =>
    console.log(
      `${label.padEnd(26)} first ${first.processor.toFixed(0).padStart(4)} ms (wall ${first.wall.toFixed(0)}), again ${median(again, 'processor').toFixed(1).padStart(5)} ms (lowest ${lowest(again).toFixed(1)}, wall ${median(again, 'wall').toFixed(1)})`,
    );
  // What ESLint and the parser that it is given take for themselves is not the guard's.
  const alone = run(withoutRules);
  const guarded = run(withRules);
  rmSync(cwd, { recursive: true });
  row(name, guarded);
  row(`${name}, without rules`, alone);
  const added = median(guarded.again, 'processor') - median(alone.again, 'processor');
  if (guarded.first.processor > LIMIT_FIRST || added > LIMIT_AGAIN) process.exitCode = 1;
}

const [, script, only] = process.argv;
if (only !== undefined) measure(only);
else {
  // Each in a process of its own: the first of them must not warm the others.
  for (const name of Object.keys(LANGUAGES)) if (spawnSync(process.execPath, [script, name], { stdio: 'inherit' }).status !== 0) process.exitCode = 1;
  console.log(`processor time; limits: first ${LIMIT_FIRST} ms, again (median of ${ROUNDS}) ${LIMIT_AGAIN} ms more than without rules`);
}
