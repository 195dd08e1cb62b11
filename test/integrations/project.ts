import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { it } from 'vitest';

export const root = resolve(import.meta.dirname, '../..');

const programs = process.env['INTEGRATION_PROGRAMS'] ?? '';
const folders = [join(programs, 'node_modules/.bin'), join(programs, 'python/bin')];

/** A test for each program that is there; one that is not is named in the report. */
export function withProgram(program: string, name: string, test: () => void | Promise<void>): void {
  if (folders.some((folder) => existsSync(join(folder, program)))) it(`${program}: ${name}`, test);
  else it.skip(`${program}: ${name} (skipped: ${program} is not installed)`, test);
}

export interface Output {
  code: number | null;
  /** Standard output and standard error. */
  text: string;
}

/** A project of a user's: a git repository with the programs and this package in its node_modules. */
export class Project {
  readonly folder = mkdtempSync(join(tmpdir(), 'migration-guard-project-'));

  constructor() {
    symlinkSync(join(programs, 'node_modules'), join(this.folder, 'node_modules'));
    this.write('package.json', '{ "name": "app", "version": "1.0.0", "private": true }\n');
    this.write('.gitignore', 'node_modules\n');
    this.run('git', 'init', '-q', '-b', 'main');
    this.run('git', 'config', 'user.name', 'a user');
    this.run('git', 'config', 'user.email', 'user@example.invalid');
    this.commit('start', '--no-verify');
  }

  write(path: string, text: string, mode = 0o644): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode });
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  run(command: string, ...args: string[]): Output {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: [...folders, process.env['PATH']].join(delimiter), NO_COLOR: '1', CI: '' },
      input: '',
    });
    return { code: status, text: `${stdout}${stderr}` };
  }

  /** What a developer does, and what he sees. */
  commit(message: string, ...options: string[]): Output {
    this.run('git', 'add', '--all');
    return this.run('git', 'commit', '-m', message, ...options);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
