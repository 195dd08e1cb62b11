import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { it } from 'vitest';

export const root = resolve(import.meta.dirname, '../..');

const programs = process.env['INTEGRATION_PROGRAMS'] ?? '';
const folders = [join(programs, 'node_modules/.bin'), join(programs, 'python/bin')];

/** Where the programs of one of the Python environments are. */
export function programFolder(environment: string): string {
  return join(programs, environment, 'bin');
}

/** Alembic as it was before it could run commands. */
export const oldAlembic = join(programFolder('python-old'), 'alembic');

/** A test for each program that is there; one that is not is named in the report. */
export function withProgram(program: string, name: string, test: () => void | Promise<void>): void {
  const there = [...folders, dirname(oldAlembic), ...(process.env['PATH'] ?? '').split(delimiter)].some((folder) => existsSync(resolve(folder, program)));
  if (there) it(`${program}: ${name}`, test);
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

/** A port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function listening(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      answer(true);
    }).on('error', () => answer(false));
  });
}

/** A database for the generators that ask one, PGlite behind a socket, as long as `use` runs. */
export async function withDatabase(use: (url: string) => void): Promise<void> {
  const port = await freePort();
  const server: ChildProcess = spawn(process.execPath, [join(programs, 'node_modules/.bin/pglite-server'), `--port=${port}`, '--max-connections=10'], { stdio: 'ignore' });
  try {
    while (!(await listening(port))) {
      if (server.exitCode !== null) throw new Error(`pglite-server ended with ${server.exitCode}`);
      await new Promise((later) => setTimeout(later, 200));
    }
    use(`postgres://postgres:postgres@127.0.0.1:${port}/postgres`);
  } finally {
    server.kill();
  }
}
