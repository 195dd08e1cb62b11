// What a commit hook costs: `--staged` with one new migration in a repository
// that holds many. CPU time of the whole process and of the git it asks, user
// and system, against `node -e 0`, the two taking turns; once what can be kept
// from run to run is kept.
//
//   node bench/staged.mjs [--migrations 2000] [--rounds 9] [--check]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    migrations: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '9' },
    check: { type: 'boolean', default: false },
  },
});
const count = Number(values.migrations);
const command = join(dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'migration-guard.js');
/** In units of `node -e 0`. */
const LIMIT = 2.5;

const TABLES = 100;

/** Each table is created once and changed by every hundredth migration after that. */
function statements(number) {
  const table = `t${number % TABLES}`;
  if (number < TABLES) return [`CREATE TABLE ${table} (id bigint PRIMARY KEY, name text NOT NULL, created_at timestamptz NOT NULL DEFAULT now())`];
  return [`SET lock_timeout = '2s'`, `ALTER TABLE ${table} ADD COLUMN c${number} integer`, `COMMENT ON COLUMN ${table}.c${number} IS 'of migration ${number}'`];
}

const id = (number) => String(number + 1).padStart(6, '0');

const LANGUAGES = {
  SQL: {
    folder: 'migrations',
    name: (number) => `${id(number)}_change.sql`,
    text: (number) => `${statements(number).join(';\n')};\n`,
  },
  TypeScript: {
    folder: 'src/migrations',
    name: (number) => `${1700000000000 + number}-Change.ts`,
    text: (number) => `import { MigrationInterface, QueryRunner } from 'typeorm';

export class Change${1700000000000 + number} implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
${statements(number).map((sql) => `    await queryRunner.query(\`${sql}\`);`).join('\n')}
  }

  async down(): Promise<void> {}
}
`,
  },
  Python: {
    folder: 'alembic/versions',
    name: (number) => `${id(number)}_change.py`,
    text: (number) => `"""Change."""
from alembic import op

revision = "${id(number)}"
down_revision = ${number === 0 ? 'None' : `"${id(number - 1)}"`}


def upgrade():
${statements(number).map((sql) => `    op.execute("${sql}")`).join('\n')}


def downgrade():
    pass
`,
  },
};

function git(folder, ...args) {
  const { status, stderr } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
}

function repository({ folder, name, text }) {
  const root = mkdtempSync(join(tmpdir(), 'migration-guard-bench-'));
  mkdirSync(join(root, folder), { recursive: true });
  mkdirSync(join(root, 'node_modules'));
  writeFileSync(join(root, '.gitignore'), 'node_modules\n');
  for (let number = 0; number < count; number++) writeFileSync(join(root, folder, name(number)), text(number));
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'add', '.');
  git(root, 'commit', '-q', '-m', 'so far');
  writeFileSync(join(root, folder, name(count)), text(count));
  git(root, 'add', '.');
  return root;
}

function cpuMilliseconds(argv, cwd) {
  const script = 'TIMEFORMAT="%3U %3S"; { time "$@" >/dev/null 2>&1; } 2>&1';
  const { stdout, status } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...argv], { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`);
  const [user, system] = stdout.trim().split(' ').map(Number);
  return (user + system) * 1000;
}

function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

console.log(`Node ${process.version}, ${count} migrations, one staged, ${values.rounds} rounds, CPU time with git's\n`);
console.log(`${''.padEnd(12)}${'first run'.padStart(11)}${'median'.padStart(10)}${'ratio'.padStart(8)}${'least'.padStart(8)}${'limit'.padStart(8)}`);
for (const [language, shape] of Object.entries(LANGUAGES)) {
  const root = repository(shape);
  try {
    const argv = [command, '--staged'];
    const first = cpuMilliseconds(argv, root);
    for (let round = 0; round < 2; round++) cpuMilliseconds(argv, root);
    const [own, base] = [[], []];
    for (let round = 0; round < Number(values.rounds); round++) {
      base.push(cpuMilliseconds(['-e', '0'], root));
      // Another text each time: the run itself is never one that was kept.
      writeFileSync(join(root, shape.folder, shape.name(count)), `${shape.text(count)}\n${language === 'SQL' ? '--' : language === 'Python' ? '#' : '//'} ${round}\n`);
      git(root, 'add', '.');
      own.push(cpuMilliseconds(argv, root));
    }
    const ratio = median(own) / median(base);
    const least = Math.min(...own) / Math.min(...base);
    const over = ratio > LIMIT;
    console.log(
      `${language.padEnd(12)}${`${first.toFixed(0)} ms`.padStart(11)}${`${median(own).toFixed(0)} ms`.padStart(10)}${`${ratio.toFixed(2)}x`.padStart(8)}${`${least.toFixed(2)}x`.padStart(8)}${`${LIMIT}x`.padStart(8)}${over ? '  over' : ''}`,
    );
    if (over && values.check) process.exitCode = 1;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
