import { resolve } from 'node:path';
import { loadConfig } from '../config.js';
import { rulesByPath } from '../config/facts.js';
import { pathFrom, rootOf } from '../discover/place.js';
import { DEFAULT_VERSION } from '../postgres/effects.js';
import { rules as knownRules } from '../rules/index.js';
import { isActive } from '../suppress.js';
import type { Options } from './options.js';
import { projectOptions } from './project-options.js';
import type { Terminal } from './terminal.js';

/** Prints what is in force, for one file where one is named, every rule with its severity. */
export async function printConfig(options: Options, operands: readonly string[], terminal: Terminal): Promise<number> {
  const cwd = process.cwd();
  const root = rootOf(cwd);
  const { config, folder, file } = await loadConfig(cwd, root, options['no-config'] === true ? false : options.config);
  const { paths: _, sources: __, ...given } = projectOptions(options, operands);
  const { preset = config.preset ?? 'recommended', postgres = config.postgres ?? DEFAULT_VERSION } = given;
  const path = operands[0] === undefined ? '' : pathFrom(root, resolve(cwd, operands[0]));
  const settings = rulesByPath(config, folder, root, given.rules)(path);
  const rules = Object.fromEntries(
    knownRules.map(({ meta }) => [meta.id, isActive(meta.id, { rules: settings, preset }) ? (settings[meta.id] ?? meta.severity) : 'off']),
  );
  const { overrides: ___, extends: ____, ...rest } = config;
  terminal.out(`${JSON.stringify({ file, ...rest, postgres, preset, rules }, null, 2)}\n`);
  return 0;
}
