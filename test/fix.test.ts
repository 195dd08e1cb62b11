import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildCommand, type Command, type Ran } from './command.js';

let command: Command;
let folder: string;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migration-guard-fix-'));
  mkdirSync(join(folder, 'migrations'));
  return () => rmSync(folder, { recursive: true, force: true });
});

const FILE = 'migrations/0001_a.sql';
const BEFORE = '\ufeffCREATE INDEX i ON orders (note);\nALTER TABLE orders DROP COLUMN x;\nDROP INDEX j;\n';
const AFTER = '\ufeffCREATE INDEX CONCURRENTLY i ON orders (note);\nALTER TABLE orders DROP COLUMN x;\nDROP INDEX CONCURRENTLY j;\n';

function run(...args: string[]): Ran {
  return command.run(args, { cwd: folder });
}

function ruleIds({ stdout }: Ran): string[] {
  return (JSON.parse(stdout) as { findings: { ruleId: string }[] }).findings.map(({ ruleId }) => ruleId);
}

describe('--fix-suggestions', () => {
  test('writes the file and reports what is left', () => {
    writeFileSync(join(folder, FILE), BEFORE);
    chmodSync(join(folder, FILE), 0o640);
    expect(ruleIds(run('--fix-suggestions', '--format', 'json', FILE))).toEqual(['drop-column']);
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(AFTER);
    expect(statSync(join(folder, FILE)).mode & 0o777).toBe(0o640);
    expect(readdirSync(join(folder, 'migrations'))).toEqual(['0001_a.sql']);
    run('--fix-suggestions', FILE);
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(AFTER);
  });

  test('leaves what is suppressed, and does nothing to standard input', () => {
    const text = `-- migration-guard-disable-next-line create-index-blocking -- empty\nCREATE INDEX i ON orders (note);\n`;
    writeFileSync(join(folder, FILE), text);
    run('--fix-suggestions', FILE);
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(text);
    expect(command.run(['--fix-suggestions', '--stdin', '--stdin-filename', FILE], { cwd: folder, input: text })).toMatchObject({ code: 2 });
  });

  test('--fix alone applies nothing that a person should have looked at', () => {
    writeFileSync(join(folder, FILE), BEFORE);
    expect(ruleIds(run('--fix', '--format', 'json', FILE))).toContain('create-index-blocking');
    expect(readFileSync(join(folder, FILE), 'utf8')).toBe(BEFORE);
  });
});
