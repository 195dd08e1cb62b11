import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';

/** What one migration made the library send; `transaction` is what it opened around it by itself. */
export interface Recording {
  library: string;
  transaction: 'batch' | 'file' | 'none';
  up: string[];
  /** Null when the way back failed, which some cases mean to. */
  down: string[] | null;
  /** Which of `up` went through another connection than that of the transaction open at the time. */
  outside?: number[];
}

/** The release that was recorded. */
export const VERSIONS: Record<string, string> = { typeorm: '1.1.1', knex: '3.3.0', sequelize: '6.37.8' };

const CACHE = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'migration-guard', 'record');

/** The library in a cache of its own, installed when it is not there. */
export function installed(library: string, version = VERSIONS[library] ?? 'latest'): NodeJS.Require {
  const folder = path.join(CACHE, `${library}-${version}`);
  if (!existsSync(path.join(folder, 'node_modules', library))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', `${library}@${version}`], { cwd: folder, stdio: 'inherit' });
  }
  return createRequire(path.join(folder, 'package.json'));
}

/** A migration's exports, and the SQL that its first comment (`before: …`) wants to have been there. */
export function loaded(file: string, load: NodeJS.Require): { exports: Record<string, unknown>; before: string } {
  const source = readFileSync(file, 'utf8');
  const before = /^\/\* before: ([\s\S]*?)\*\//.exec(source)?.[1] ?? '';
  const code = transformSync(source, { loader: file.endsWith('.ts') ? 'ts' : 'js', format: 'cjs' }).code;
  const module = { exports: {} as Record<string, unknown> };
  const beside = (specifier: string): unknown => (specifier.startsWith('.') ? loaded(withExtension(path.resolve(path.dirname(file), specifier)), load).exports : load(specifier));
  new Function('module', 'exports', 'require', code)(module, module.exports, beside);
  return { exports: module.exports, before };
}

function withExtension(file: string): string {
  return [file, `${file}.ts`, `${file}.js`].find((name) => /\.[jt]s$/.test(name) && existsSync(name)) ?? file;
}
