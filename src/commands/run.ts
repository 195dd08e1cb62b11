import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadConfig } from '../config.js';
import { digest } from '../digest.js';
import { rootOf } from '../discover/place.js';
import { filesBelow, selectPaths } from '../discover/select.js';
import { counted } from '../reporters/order.js';
import { report } from './check.js';
import { execute } from './execute.js';
import type { Options } from './options.js';
import { projectOptions } from './project-options.js';
import type { Terminal } from './terminal.js';

/** Digest by absolute path. */
type Snapshot = ReadonlyMap<string, string>;

/** What every file that may be a migration holds at the moment. No clock and no git: both would miss a file or invent one. */
async function snapshot(options: Options): Promise<Snapshot> {
  const cwd = process.cwd();
  const root = rootOf(cwd);
  const { config, folder } = await loadConfig(cwd, root, options['no-config'] === true ? false : options.config);
  const paths = (config.paths ?? []).map((path) => resolve(folder, path));
  const files = paths.length === 0 ? await filesBelow(root) : (await selectPaths(paths, cwd)).files.map(({ absolute }) => absolute);
  const digests = new Map<string, string>();
  for (const file of files) {
    try {
      digests.set(file, digest('sha1', readFileSync(file, 'latin1')));
    } catch {
      // Gone or not ours to read: it is no new migration either way.
    }
  }
  return digests;
}

function changes(before: Snapshot, after: Snapshot): string[] {
  return [...after].filter(([file, hash]) => before.get(file) !== hash).map(([file]) => file);
}

/**
 * Runs a command and lints the migrations that it made or changed, also when it
 * failed after that. The command's own failure is the exit code; only one that
 * went well leaves it to the findings.
 */
export async function run(options: Options, words: readonly string[], terminal: Terminal): Promise<number> {
  const wanted = projectOptions(options, []);
  const before = await snapshot(options);
  const { code, failure } = await execute(words);
  if (failure !== null) terminal.error(`migration-guard: ${failure}\n`);
  const files = changes(before, await snapshot(options));
  if (files.length === 0) return code;
  const ours = await report(options, { ...wanted, files }, terminal);
  const { files: made, operations } = ours.summary;
  if (made > 0 && operations === 0 && options.silent !== true) terminal.error(`${counted(made, 'new migration')}, nothing to check yet\n`);
  return code === 0 ? ours.code : code;
}
