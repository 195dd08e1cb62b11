import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommand, type Command } from './command.js';

const PROJECTS = join(import.meta.dirname, '..', 'fixtures', 'projects');

let command: Command;

beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

/** Whole small repositories, linted as their owners would: the output is read in review. */
describe('demo projects', () => {
  it.each([
    ['alembic-shop', 'migrations/versions', 6],
    ['typeorm-shop', 'src/migrations', 5],
    ['sql-shop', 'migrations', 6],
  ])('%s', (project, migrations, count) => {
    const cwd = join(PROJECTS, project);
    const { code, stdout, stderr } = command.run([migrations], { cwd });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`(${count} migrations, `);
    const expected = join(cwd, 'expected.out');
    if (process.env['UPDATE'] !== undefined) writeFileSync(expected, stdout);
    expect(existsSync(expected), 'UPDATE=1 writes it').toBe(true);
    expect(stdout).toBe(readFileSync(expected, 'utf8'));
  });

  it('a project is linted the same from the top of the repository', () => {
    const { stdout } = command.run(['fixtures/projects/sql-shop/migrations', '--format', 'json']);
    const { files } = JSON.parse(stdout) as { files: { path: string }[] };
    expect(files.map(({ path }) => path)).toContain('fixtures/projects/sql-shop/migrations/0001_create_shop.sql');
  });
});

describe('README.md', () => {
  const file = join(import.meta.dirname, '..', 'README.md');

  it('shows what its first command prints', () => {
    const readme = readFileSync(file, 'utf8');
    const path = /^npx migration-guard (fixtures\S+)$/m.exec(readme)?.[1] ?? '';
    const { stdout } = command.run([path]);
    const [before = '', rest = ''] = readme.split('<!-- example:start -->\n');
    const [, after = ''] = rest.split('<!-- example:end -->');
    const expected = `${before}<!-- example:start -->\n\`\`\`\n${stdout}\`\`\`\n<!-- example:end -->${after}`;
    if (process.env['UPDATE'] !== undefined) writeFileSync(file, expected);
    expect(readFileSync(file, 'utf8')).toBe(expected);
  });
});
