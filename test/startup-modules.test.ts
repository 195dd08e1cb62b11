import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommand, type Command } from './command.js';

const small = resolve(import.meta.dirname, '../bench/small');

/** Written by the process itself when it ends: its own files, and what of Node it made Node load. */
const TRACE = `
const before = new Set(process.moduleLoadList);
process.on('exit', () => {
  const node = process.moduleLoadList.filter((name) => !before.has(name) && name.startsWith('NativeModule ')).map((name) => name.slice(13));
  require('node:fs').writeFileSync(process.env.TRACE, JSON.stringify({ own: Object.keys(require.cache), node }));
});
`;

let command: Command;
let folder: string;

beforeAll(async () => {
  command = await buildCommand();
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-trace-'));
  writeFileSync(join(folder, 'trace.cjs'), TRACE);
}, 60_000);

afterAll(() => {
  command.remove();
  rmSync(folder, { recursive: true, force: true });
});

function loadedFor(file: string): { own: string[]; node: string[] } {
  const trace = join(folder, 'trace.json');
  const { status } = spawnSync(process.execPath, ['--require', join(folder, 'trace.cjs'), command.entry, '--no-cache', join(small, file)], {
    env: { ...process.env, TRACE: trace },
  });
  expect(status).toBe(0);
  const { own, node } = JSON.parse(readFileSync(trace, 'utf8')) as { own: string[]; node: string[] };
  return { own: own.map((path) => basename(path)).filter((name) => name !== 'trace.cjs').sort(), node };
}

/** Each of them costs a short run a millisecond or more. */
const DEAR = ['child_process', 'crypto', 'net', 'os', 'perf_hooks', 'tty', 'worker_threads'];

describe('one small file loads', () => {
  it.each([
    ['SQL', 'add_tenant.sql', 'sql.cjs'],
    ['TypeScript', '1718000000000-AddTenant.ts', 'javascript.cjs'],
    ['Python', '3f2a9c1d7b60_add_tenant.py', 'python.cjs'],
  ])('of ours, for %s, the command and one parser', (_, file, chunk) => {
    const { own, node } = loadedFor(file);
    expect(own).toEqual(['cli.cjs', chunk].sort());
    expect(node.filter((name) => DEAR.includes(name))).toEqual([]);
    // The flag that SQL's grammar wants comes from node:v8, which brings the streams along.
    if (chunk !== 'sql.cjs') expect(node).not.toContain('stream');
  });
});
