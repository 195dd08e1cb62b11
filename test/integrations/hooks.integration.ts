import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { Project, root, withProgram, type Output } from './project.js';

let project: Project;

beforeEach(() => {
  project = new Project();
});
afterEach(() => project.remove());

const DROPS = 'DROP TABLE users;\n';

/** The commit goes through, and its author has seen the finding. */
function expectAdvice({ code, text }: Output): void {
  expect(text).toContain('drop-table');
  expect(text).toContain('migrations/1.sql');
  expect(code).toBe(0);
}

/** What is committed is what is judged: the disk already holds something else. */
function stagePartly(): Output {
  project.write('migrations/1.sql', DROPS);
  project.run('git', 'add', '--all');
  project.write('migrations/1.sql', 'ALTER TABLE users RENAME TO people;\n');
  return project.run('git', 'commit', '-m', 'half');
}

function expectStagedOnly(output: Output): void {
  expectAdvice(output);
  expect(output.text).not.toContain('rename-table');
  expect(project.read('migrations/1.sql')).toContain('RENAME');
}

describe('before a commit', () => {
  /** The project as the manager's own manual sets it up; init has to find that, and no hand writes a line. */
  function initialise(only: string): void {
    const { code, text } = project.run('migration-guard', 'init', '--yes', '--only', only);
    expect(text).toMatch(/^(?:changed|made) /m);
    expect(code, text).toBe(0);
  }

  const setUp = {
    husky: () => {
      project.write('package.json', '{ "name": "app", "devDependencies": { "husky": "9" } }\n');
      expect(project.run('husky').code).toBe(0);
      initialise('husky');
    },
    'simple-git-hooks': () => {
      project.write('package.json', '{ "name": "app", "devDependencies": { "simple-git-hooks": "2" } }\n');
      initialise('simple-git-hooks');
      expect(project.run('simple-git-hooks').code).toBe(0);
    },
    lefthook: () => {
      expect(project.run('lefthook', 'install').code).toBe(0);
      initialise('lefthook');
      expect(project.run('lefthook', 'install').code).toBe(0);
      expect(project.run('lefthook', 'validate').text).not.toMatch(/error|invalid/i);
    },
    'lint-staged': () => {
      project.write('package.json', '{\n  "name": "app",\n  "lint-staged": {\n    "*.md": "true"\n  }\n}\n');
      initialise('lint-staged');
      project.write('.git/hooks/pre-commit', '#!/bin/sh\nnpx --no-install lint-staged --verbose\n', 0o755);
    },
    'pre-commit': () => {
      // As `pre-commit sample-config` indents it, without what it would have to download.
      project.write('.pre-commit-config.yaml', 'repos:\n-   repo: meta\n    hooks:\n    -   id: identity\n        files: ^nothing$\n');
      initialise('pre-commit');
      expect(project.run('pre-commit', 'validate-config').code).toBe(0);
      expect(project.run('pre-commit', 'install').code).toBe(0);
    },
  };

  for (const [program, configure] of Object.entries(setUp)) {
    withProgram(program, 'shows findings and lets the commit pass', () => {
      configure();
      project.write('migrations/1.sql', DROPS);
      expectAdvice(project.commit('drop'));
    });

    withProgram(program, 'judges what is staged', () => {
      configure();
      project.commit('set up', '--no-verify');
      expectStagedOnly(stagePartly());
    });

    withProgram(program, 'says nothing of a commit without migrations', () => {
      configure();
      project.write('readme.md', 'words\n');
      const { code, text } = project.commit('words');
      expect(text).not.toMatch(/No migration|finding/i);
      expect(code).toBe(0);
    });
  }
});

describe('.pre-commit-hooks.yaml', () => {
  withProgram('pre-commit', 'is a manifest', () => {
    expect(project.run('pre-commit', 'validate-manifest', join(root, '.pre-commit-hooks.yaml'))).toEqual({ code: 0, text: '' });
  });

  withProgram('pre-commit', 'picks every language and shows what it finds, built from the repository', () => {
    const repository = mkdtempSync(join(tmpdir(), 'migration-guard-hook-'));
    try {
      const git = (...args: string[]) => spawnSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@example.invalid', ...args]);
      // The package as it is published: built, and with nothing to build.
      for (const name of ['bin', 'dist', 'LICENSE', '.pre-commit-hooks.yaml']) cpSync(join(root, name), join(repository, name), { recursive: true });
      const { name, version, bin, engines, type } = JSON.parse(spawnSync('cat', [join(root, 'package.json')], { encoding: 'utf8' }).stdout) as Record<string, unknown>;
      spawnSync('tee', [join(repository, 'package.json')], { input: JSON.stringify({ name, version, type, bin, engines, files: ['bin', 'dist'] }) });
      git('init', '-q', '-b', 'main');
      git('add', '--all', '--force');
      git('commit', '-q', '-m', 'all');
      for (const file of ['migrations/1.sql', 'drizzle/2.sql', 'README.md']) project.write(file, DROPS);
      project.write('migrations/3.mts', 'export async function up(knex) { await knex.schema.dropTable("a"); }\nexport async function down() {}\n');
      project.run('git', 'add', '--all');
      const { code, text } = project.run('pre-commit', 'try-repo', repository, 'migration-guard', '--all-files', '--verbose');
      for (const file of ['migrations/1.sql', 'drizzle/2.sql', 'migrations/3.mts']) expect(text).toContain(`${file}:1:`);
      expect(text).not.toContain('README');
      expect(code).toBe(0);
    } finally {
      rmSync(repository, { recursive: true, force: true });
    }
  });
});
