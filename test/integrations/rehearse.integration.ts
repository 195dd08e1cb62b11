import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type Server } from '../../scripts/servers.js';
import type { RehearsalReport } from '../../src/rehearse/types.js';
import { buildCommand, type Command } from '../command.js';

let command: Command;
let folder: string;

beforeAll(async () => {
  command = await buildCommand();
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-project-'));
  mkdirSync(join(folder, 'migrations'));
  writeFileSync(join(folder, 'migrations/1_base.sql'), 'CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL);\n');
  writeFileSync(join(folder, 'migrations/2_index.sql'), 'BEGIN;\nCREATE INDEX users_email ON users (email);\nSELECT pg_sleep(1);\nCOMMIT;\nCREATE INDEX CONCURRENTLY users_id ON users (id);\n');
});

afterAll(() => {
  command.remove();
  rmSync(folder, { recursive: true, force: true });
});

function leftOver(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('migration-guard-rehearsal-'));
}

function rehearse(...args: string[]): RehearsalReport {
  const { stdout, stderr } = command.run(['rehearse', '--no-config', '--format', 'json', 'migrations/2_index.sql', ...args], { cwd: folder });
  expect(stderr).not.toContain('internal error');
  return JSON.parse(stdout) as RehearsalReport;
}

describe('a throw-away server', () => {
  it.each(['14', '18'])('of version %s tells who waits, and is gone afterwards', (version) => {
    const [migration] = rehearse('--server', version, '--rows', '100').projects[0]?.migrations ?? [];
    expect(migration).toMatchObject({ outcome: 'done', differences: 0 });
    const [wait] = migration?.contention ?? [];
    expect(wait).toMatchObject({ table: 'users', rows: 100 });
    // The reader passes while the index stands in the writer's way.
    expect(wait?.writer).toBeGreaterThan(900);
    expect(wait?.reader).toBeLessThan(wait?.writer ?? 0);
    expect(leftOver()).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('is gone after %s', async (signal) => {
    const child = spawn(process.execPath, [command.entry, 'rehearse', '--no-config', '--server', '18', 'migrations/2_index.sql'], { cwd: folder, stdio: 'ignore' });
    while (leftOver().length === 0 && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 20));
    // Some way into it: starting, filling, running.
    await new Promise((resolve) => setTimeout(resolve, 800));
    const over = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await over;
    await expect.poll(leftOver, { timeout: 60_000, interval: 200 }).toEqual([]);
  });
});

describe('a database of somebody else', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer(16);
    const client = await server.connect();
    await client.query("CREATE TABLE users (id bigserial PRIMARY KEY, email text NOT NULL); INSERT INTO users (email) VALUES ('a'), ('b')");
    await client.end();
  });
  afterAll(() => server.stop());

  it('is refused when it is not empty, and as it was after a rehearsal', async () => {
    const url = `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(server.folder)}`;
    const refused = command.run(['rehearse', '--no-config', '--database-url', url, 'migrations/2_index.sql'], { cwd: folder });
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/not empty.*--on-copy/) as unknown });
    const [migration] = rehearse('--database-url', url, '--on-copy').projects[0]?.migrations ?? [];
    expect(migration?.steps.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done', 'done', 'not run']);
    expect(migration?.rows).toEqual([{ table: 'users', count: 2 }]);
    const client = await server.connect();
    const { rows } = await client.query<{ indexname: string }>("SELECT indexname FROM pg_indexes WHERE tablename = 'users'");
    await client.end();
    expect(rows.map(({ indexname }) => indexname)).toEqual(['users_pkey']);
  });
});
