import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { lazyModules } from '../scripts/lazy-modules.mjs';

const root = resolve(import.meta.dirname, '..');

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  input?: string | Buffer;
  env?: Record<string, string>;
}

/** The command line as the build makes it, from the sources as they are now. */
export interface Command {
  run: (args: readonly string[], options?: RunOptions) => Ran;
  /** The bundled entry. */
  entry: string;
  remove: () => void;
}

/** Bundled like `npm run build` does it, without declarations and into a folder of its own. */
export async function buildCommand(): Promise<Command> {
  const folder = mkdtempSync(join(tmpdir(), 'migration-guard-'));
  const define = { 'import.meta.url': 'importMetaUrl', MIGRATION_GUARD_VERSION: '"0.0.0-test"' };
  const bundle = {
    absWorkingDir: root,
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'cjs',
    banner: { js: 'const importMetaUrl=require("node:url").pathToFileURL(__filename).href;' },
    define,
    plugins: [lazyModules(define)],
    logLevel: 'error',
  } satisfies BuildOptions;
  const chunk = (name: string): Promise<unknown> =>
    build({ ...bundle, entryPoints: { [name]: `src/parsers/${name}/index.ts` }, footer: { js: `module.exports=module.exports.${name}Chunk;` } });
  await Promise.all([
    build({ ...bundle, entryPoints: { cli: 'src/cli.ts' } }),
    build({ ...bundle, entryPoints: { init: 'src/init/index.ts' }, mainFields: ['module', 'main'] }),
    // The client of PostgreSQL looks for two packages that it does without.
    build({ ...bundle, entryPoints: { rehearse: 'src/rehearse/index.ts' }, external: ['pg-native', 'pg-cloudflare'] }),
    ...['sql', 'javascript', 'python'].map(chunk),
  ]);
  copyFileSync(createRequire(import.meta.url).resolve('libpg-query/wasm/libpg-query.wasm'), join(folder, 'libpg-query.wasm'));
  const entry = join(folder, 'cli.cjs');
  return {
    entry,
    run(args, { cwd = root, input = '', env = {} } = {}) {
      const { FORCE_COLOR: _, NO_COLOR: __, ...rest } = process.env;
      const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
        cwd,
        input,
        encoding: 'utf8',
        // What is kept from run to run goes when the command does.
        env: { XDG_CACHE_HOME: folder, ...rest, ...env },
        maxBuffer: 1 << 28,
      });
      return { code: status, stdout, stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
