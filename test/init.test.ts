import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { init, type InitOptions } from '../src/init/index.js';
import { wrapCommands } from '../src/init/shell.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-init-'));
  mkdirSync(join(folder, '.git'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Files = Record<string, string>;

function write(files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

function onDisk(): Files {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(paths.sort().map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]));
}

async function run(options: Partial<InitOptions> = {}): Promise<{ code: number; out: string; error: string }> {
  let [out, error] = ['', ''];
  const output = { out: (text: string) => void (out += text), error: (text: string) => void (error += text) };
  return { code: await init({ colour: false, interactive: false, ...options }, output, folder), out, error };
}

const INI = `[alembic]
# path to migration scripts
script_location = %(here)s/alembic
# revision_environment = false

[post_write_hooks]
# format using "black"
# hooks = black
# black.type = console_scripts

# Logging
[loggers]
keys = root
`;

const MANIFEST = `{
  "name": "app",
  "scripts": {
    "db:generate": "drizzle-kit generate",
    "db:new": "NODE_ENV=dev  knex migrate:make",
    "build": "tsc && echo \\"knex migrate:make\\""
  },
  "devDependencies": { "migration-guard": "*" }
}
`;

const EMPTY_MANIFEST = '{ "name": "app" }\n';

/** What projects hold, and which of it must not stay as it is. */
const PROJECTS: Record<string, { files: Files; changed: string[] }> = {
  'alembic.ini as it is generated': { files: { 'alembic.ini': INI }, changed: ['alembic.ini'] },
  'alembic.ini with another hook': {
    files: { 'alembic.ini': INI.replace('# hooks = black\n# black', 'hooks = black\nblack'), 'package.json': EMPTY_MANIFEST },
    changed: ['alembic.ini'],
  },
  'alembic.ini with hooks set to nothing': { files: { 'alembic.ini': INI.replace('# hooks = black', 'hooks =') }, changed: ['alembic.ini'] },
  'alembic.ini without the section': { files: { 'alembic.ini': '[alembic]\nscript_location = db\n' }, changed: ['alembic.ini'] },
  'alembic.ini of Flask-Migrate, in a folder': { files: { 'app/migrations/alembic.ini': '[alembic]\n\n[loggers]\nkeys = root\n' }, changed: ['app/migrations/alembic.ini'] },
  'an old Alembic': {
    files: {
      'alembic.ini': INI,
      'requirements.txt': 'alembic==1.8.1\n',
      'alembic/env.py': 'from logging.config import fileConfig\n\nfrom sqlalchemy import engine_from_config\nfrom sqlalchemy import pool\n\nfrom alembic import context\n\nconfig = context.config\n',
    },
    changed: ['alembic.ini', 'alembic/env.py'],
  },
  'Alembic in pyproject.toml': { files: { 'pyproject.toml': '[tool.alembic]\nscript_location = "%(here)s/alembic"\n\n[tool.black]\nline-length = 100\n', 'alembic.ini': '[alembic]\n' }, changed: ['pyproject.toml'] },
  'scripts of package.json': { files: { 'package.json': MANIFEST }, changed: ['package.json'] },
  'recipes': {
    files: { Makefile: 'NAME = x\nmigration:\n\t@cd db && knex migrate:make $(NAME)\n', justfile: 'migration name:\n    python manage.py makemigrations {{name}}\n' },
    changed: ['Makefile', 'justfile'],
  },
  'husky with a hook': { files: { '.husky/pre-commit': 'npm test\n', 'package.json': EMPTY_MANIFEST }, changed: ['.husky/pre-commit'] },
  'husky without one': { files: { 'package.json': '{ "devDependencies": { "husky": "9" } }\n' }, changed: ['.husky/pre-commit'] },
  'lefthook without pre-commit': { files: { 'lefthook.yml': '# hooks\npre-push:\n  commands:\n    test:\n      run: npm test\n' }, changed: ['lefthook.yml'] },
  'lefthook with commands': { files: { 'lefthook.yml': 'pre-commit:\n  parallel: true\n  commands:\n    lint:\n      run: npm run lint # all of it\n\npre-push:\n  commands:\n    test: { run: x }\n' }, changed: ['lefthook.yml'] },
  'lefthook with jobs': { files: { '.lefthook.yaml': 'pre-commit:\n    jobs:\n        - name: lint\n          run: |\n            npm run lint\n            npm test\n' }, changed: ['.lefthook.yaml'] },
  'lefthook with nothing but settings': { files: { 'lefthook.yml': 'pre-commit:\n  parallel: true\n' }, changed: ['lefthook.yml'] },
  'simple-git-hooks with another hook': { files: { 'package.json': '{\n\t"simple-git-hooks": {\n\t\t"pre-push": "npm test"\n\t}\n}\n' }, changed: ['package.json'] },
  'simple-git-hooks with this hook': { files: { 'package.json': '{ "simple-git-hooks": { "pre-commit": "npm test" } }\n' }, changed: ['package.json'] },
  'simple-git-hooks not yet set up': { files: { 'package.json': '{\n  "devDependencies": {\n    "simple-git-hooks": "2"\n  }\n}\n' }, changed: ['package.json'] },
  'simple-git-hooks in a file of its own, empty': { files: { '.simple-git-hooks.json': '{}\n' }, changed: ['.simple-git-hooks.json'] },
  'lint-staged alone': { files: { 'package.json': '{\n  "lint-staged": {\n    "*.ts": ["eslint"]\n  }\n}\n' }, changed: ['package.json'] },
  'lint-staged with a comment and a comma too many': { files: { '.lintstagedrc.json': '{\n  // all\n  "*.ts": "eslint",\n}\n' }, changed: ['.lintstagedrc.json'] },
  'pre-commit': {
    files: { '.pre-commit-config.yaml': '# hooks\nrepos:\n-   repo: https://github.com/psf/black\n    rev: 23.1.0\n    hooks:\n    -   id: black # format\n\n# the end\n' },
    changed: ['.pre-commit-config.yaml'],
  },
  'GitLab without include': { files: { '.gitlab-ci.yml': 'stages: [build]\nx:\n  script: y\n' }, changed: ['.gitlab-ci.yml', '.gitlab/migration-guard.yml'] },
  'GitLab with include': { files: { '.gitlab-ci.yml': 'include:\n  - template: a.yml\n\nx:\n  script: y\n' }, changed: ['.gitlab-ci.yml', '.gitlab/migration-guard.yml'] },
  'GitHub': { files: { '.github/dependabot.yml': 'version: 2\n' }, changed: ['.github/workflows/migration-guard.yml'] },
  'a version in a compose file': { files: { 'compose.yml': 'services:\n  db:\n    image: postgres:15-alpine\n' }, changed: ['migration-guard.config.json'] },
  'everything at once': {
    files: { 'package.json': MANIFEST.replace('"name": "app"', '"name": "app",\n  "simple-git-hooks": {\n    "pre-commit": "npm test"\n  }'), 'alembic.ini': INI, 'docker-compose.yml': 'image: postgis/postgis:16-3.4\n', '.husky/pre-commit': 'npm test' },
    changed: ['package.json', 'alembic.ini', 'migration-guard.config.json', '.husky/pre-commit'],
  },
};

const SPELLINGS: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'with CRLF': (text) => text.replaceAll('\n', '\r\n'),
  'without the last line break': (text) => text.trimEnd(),
  'with empty lines at the end': (text) => `${text}\n\n`,
};

describe.each(Object.entries(PROJECTS))('%s', (_, { files, changed }) => {
  it.each(Object.entries(SPELLINGS))('%s: is changed, once, and back to the byte', async (__, spelt) => {
    const before = Object.fromEntries(Object.entries(files).map(([path, text]) => [path, spelt(text)]));
    write(before);
    expect((await run()).code).toBe(0);
    expect(onDisk()).toEqual(before);

    expect(await run({ yes: true })).toMatchObject({ code: 0, error: '' });
    const after = onDisk();
    const all = new Set([...Object.keys(before), ...Object.keys(after)]);
    expect([...all].filter((path) => before[path] !== after[path]).sort()).toEqual([...changed].sort());
    for (const path of changed) {
      expect(after[path]).toMatch(/migration[-_]guard|"postgres"/);
      // One kind of line break in a file, as before.
      if (before[path]?.includes('\r\n') === true) expect(after[path]).not.toMatch(/(?<!\r)\n/);
    }

    await run({ yes: true });
    expect(onDisk()).toEqual(after);
    await run({ yes: true, undo: true });
    expect(onDisk()).toEqual(before);
    expect((await run({ yes: true, undo: true })).out).toBe('Nothing to take out.\n');
  });
});

describe('what is written', () => {
  it('is the hook that Alembic runs, beside those it had', async () => {
    write({ 'alembic.ini': INI.replace('# hooks = black', 'hooks = black'), 'package.json': EMPTY_MANIFEST, 'pnpm-lock.yaml': '' });
    await run({ yes: true });
    expect(onDisk()['alembic.ini']).toContain(
      'hooks = black, migration_guard\nmigration_guard.type = exec\nmigration_guard.executable = pnpm\nmigration_guard.options = exec migration-guard REVISION_SCRIPT_FILENAME\n',
    );
  });

  it('is YAML that says what was meant', async () => {
    write({
      'package.json': EMPTY_MANIFEST,
      'lefthook.yml': 'pre-commit:\n  jobs:\n    - run: a\n',
      '.pre-commit-config.yaml': 'repos:\n- repo: local\n  hooks:\n  - id: a\n',
      '.gitlab-ci.yml': 'stages: [build, deploy]\ninclude:\n- local: a.yml\n',
    });
    await run({ yes: true });
    const files = onDisk();
    expect(parse(files['lefthook.yml'] ?? '')).toEqual({ 'pre-commit': { jobs: [{ run: 'a' }, { name: 'migration-guard', run: 'npx --no-install migration-guard --staged' }] } });
    expect(parse(files['.pre-commit-config.yaml'] ?? '')).toMatchObject({ repos: [{ hooks: [{ id: 'a' }] }, { repo: 'local', hooks: [{ id: 'migration-guard', verbose: true, require_serial: true }] }] });
    expect(parse(files['.gitlab-ci.yml'] ?? '')).toMatchObject({ include: [{ local: 'a.yml' }, { local: '.gitlab/migration-guard.yml' }] });
    expect(parse(files['.gitlab/migration-guard.yml'] ?? '')).toMatchObject({ 'migration-guard': { stage: 'build' } });
  });

  it('wraps the command that generates, and nothing else', () => {
    const wrap = (line: string, alembic = false): string => wrapCommands(line, '@ ', { alembic });
    expect(wrap('tsc && npx typeorm migration:generate -d x')).toBe('tsc && @ npx typeorm migration:generate -d x');
    expect(wrap('A=1 B="x y" knex migrate:make')).toBe('A=1 B="x y" @ knex migrate:make');
    expect(wrap('dotenv -e .env -- drizzle-kit generate; echo done')).toBe('@ dotenv -e .env -- drizzle-kit generate; echo done');
    expect(wrap('npm run typeorm -- migration:create src/x')).toBe('@ npm run typeorm -- migration:create src/x');
    expect(wrap('prisma migrate deploy && prisma migrate dev')).toBe('prisma migrate deploy && @ prisma migrate dev');
    expect(wrap('alembic revision -m x')).toBe('alembic revision -m x');
    expect(wrap('alembic revision -m x', true)).toBe('@ alembic revision -m x');
    for (const line of ['echo "knex migrate:make"; ls', 'knex migrate:latest', 'migration-guard run -- knex migrate:make', '# knex migrate:make', 'drizzle-kit push', 'sequelize db:migrate']) {
      expect(wrap(line)).toBe(line);
    }
  });

  it('leaves the rights of a hook as they are', async () => {
    write({ '.husky/pre-commit': 'npm test\n', 'package.json': '{}' });
    const { mode } = statSync(join(folder, '.husky/pre-commit'));
    await run({ yes: true });
    expect(statSync(join(folder, '.husky/pre-commit')).mode).toBe(mode);
  });
});

describe('what cannot be edited is said, with the words to write', () => {
  it.each([
    ['a flow sequence', { '.pre-commit-config.yaml': 'repos: []\n' }, 'id: migration-guard'],
    ['YAML that is broken', { 'lefthook.yml': 'a: [\n' }, 'pre-commit:'],
    ['hooks as an inline table', { 'pyproject.toml': '[tool.alembic]\npost_write_hooks = [{ name = "x" }]\n' }, '[[tool.alembic.post_write_hooks]]'],
    ['include as one string', { '.gitlab-ci.yml': 'include: a.yml\n' }, 'local: .gitlab/migration-guard.yml'],
  ] satisfies [string, Files, string][])('%s', async (_, files, words) => {
    write(files);
    const { code, out } = await run({ yes: true, only: ['pre-commit,lefthook', 'alembic', 'gitlab'] });
    expect(code).toBe(0);
    expect(out).toContain('cannot be edited safely');
    expect(out).toContain(words);
    for (const [path, text] of Object.entries(files)) expect(onDisk()[path]).toBe(text);
  });
});

describe('undo', () => {
  it('finds what was written when another package manager was in use', async () => {
    write({ 'alembic.ini': INI, 'package.json': EMPTY_MANIFEST, '.husky/pre-commit': 'npm test\n' });
    const before = onDisk();
    await run({ yes: true });
    write({ 'pnpm-lock.yaml': '' });
    await run({ yes: true, undo: true });
    expect(onDisk()).toEqual({ ...before, 'pnpm-lock.yaml': '' });
  });

  it('keeps what stands around its lines, changed or not, and what it did not write', async () => {
    write({ 'lefthook.yml': 'pre-commit:\n  commands:\n    lint:\n      run: a\n', '.husky/pre-commit': 'npx migration-guard --staged --fail-on error\n', 'package.json': EMPTY_MANIFEST });
    await run({ yes: true });
    write({ 'lefthook.yml': `# new\n${onDisk()['lefthook.yml'] ?? ''}    test:\n      run: b\n` });
    const { out } = await run({ yes: true, undo: true });
    expect(onDisk()['lefthook.yml']).toBe('# new\npre-commit:\n  commands:\n    lint:\n      run: a\n    test:\n      run: b\n');
    expect(onDisk()['.husky/pre-commit']).toContain('--fail-on error');
    expect(out).toContain('.husky/pre-commit: written by hand, left as it is');
  });
});

describe('options', () => {
  it('--only takes some, and knows what was meant', async () => {
    write({ 'alembic.ini': INI, '.husky/pre-commit': 'a\n' });
    await run({ yes: true, only: ['husky'] });
    expect(onDisk()['alembic.ini']).toBe(INI);
    expect(await run({ only: ['husk'] })).toMatchObject({ code: 2, error: expect.stringContaining('Did you mean "husky"?') as string });
  });

  it('--dry-run stands above --yes; a project of nothing says what works everywhere', async () => {
    expect((await run({ yes: true })).out).toContain('migration-guard run --');
    write({ 'alembic.ini': INI });
    expect((await run({ yes: true, dryRun: true })).out).toContain('+migration_guard.type = exec');
    expect(onDisk()).toEqual({ 'alembic.ini': INI });
  });

  it('--postgres makes a configuration', async () => {
    await run({ yes: true, postgres: '14' });
    expect(onDisk()).toEqual({ 'migration-guard.config.json': '{\n  "postgres": 14\n}\n' });
    expect((await run({ postgres: '9' })).code).toBe(2);
  });

  it('says what is still to be run', async () => {
    write({ 'package.json': '{ "devDependencies": { "simple-git-hooks": "2" } }', 'yarn.lock': '' });
    expect((await run({ yes: true })).out).toMatch(/Then run:\n {2}yarn add --dev migration-guard\n {2}yarn run simple-git-hooks\n$/);
  });
});
