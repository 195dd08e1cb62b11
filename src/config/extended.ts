import { createRequire } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { UsageError, type Config } from '../config.js';

/** Where the configurations lie that one begins with. */
export function basesOf({ extends: bases = [] }: Config, folder: string, file: string, chain: readonly string[]): string[] {
  return bases.map((base) => {
    const found = /^\.{0,2}\//.test(base) || isAbsolute(base) ? resolve(folder, base) : fromPackage(base, file);
    if (!chain.includes(found)) return found;
    throw new UsageError(`${file}: "extends" leads back to ${found}.`);
  });
}

function fromPackage(name: string, file: string): string {
  try {
    return createRequire(file).resolve(name);
  } catch {
    throw new UsageError(`${file}: "extends": there is no "${name}"; a path begins with "./".`);
  }
}

/** Paths mean what they meant in the file that says them, wherever it was extended. */
export function absolutePaths(config: Config, folder: string): Config {
  const from = (path: string): string => resolve(folder, path);
  return {
    ...config,
    ...(config.paths === undefined ? {} : { paths: config.paths.map(from) }),
    ...(config.schema === undefined ? {} : { schema: from(config.schema) }),
    ...(config.baseline === undefined ? {} : { baseline: from(config.baseline) }),
  };
}

/** The later one wins, key by key; rules, tables and settings name by name. */
export function merged(base: Config, own: Config): Config {
  const result: Config = { ...base, ...own };
  if (base.rules !== undefined) result.rules = { ...base.rules, ...own.rules };
  if (base.tables !== undefined) result.tables = { ...base.tables, ...own.tables };
  if (base.settings !== undefined) result.settings = { ...base.settings, ...own.settings };
  if (base.overrides !== undefined) result.overrides = [...base.overrides, ...(own.overrides ?? [])];
  if (base.ignore !== undefined) result.ignore = [...base.ignore, ...(own.ignore ?? [])];
  delete result.extends;
  return result;
}
