import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';

const CACHE = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'migration-guard', 'record');

/** Several packages in one cache: a library and the driver it is run with. */
export function installedTogether(name: string, packages: readonly string[]): { load: NodeJS.Require; folder: string } {
  const folder = path.join(CACHE, name);
  if (!existsSync(path.join(folder, 'node_modules'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder, stdio: 'inherit' });
  }
  return { load: createRequire(path.join(folder, 'package.json')), folder };
}

const BEGIN = /^\s*(?:BEGIN|START TRANSACTION)\b[^;]*;?\s*$/i;
const COMMIT = /^\s*COMMIT\s*;?\s*$/i;

/** What one direction sent, without the transaction around all of it. */
export function unwrapped(sent: readonly string[], own: RegExp): { sql: string[]; wrapped: boolean } {
  const kept = sent.filter((sql) => !own.test(sql));
  // A transaction that held nothing but the tool's own statements is none.
  const sql = kept.filter((text, index) => !(BEGIN.test(text) && COMMIT.test(kept[index + 1] ?? '')) && !(COMMIT.test(text) && BEGIN.test(kept[index - 1] ?? '')));
  const wrapped = BEGIN.test(sql[0] ?? '') && COMMIT.test(sql.at(-1) ?? '') && !sql.slice(1, -1).some((text) => BEGIN.test(text) || COMMIT.test(text));
  return { sql: wrapped ? sql.slice(1, -1) : sql, wrapped };
}
