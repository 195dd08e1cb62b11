import type { Machine } from './machine.js';
import { textAt } from './text.js';
import { host, hostFunction, primitive, type Site, unknown, type Value } from './value.js';

/**
 * What migrations use of Node's own modules: paths put together beside the
 * file, and SQL read from them, which the host is asked for.
 */
export function nodeModule(machine: Machine, specifier: string, name: string): Value | undefined {
  const methods = MODULES[specifier.replace(/^node:/, '')];
  if (methods === undefined) return undefined;
  const whole = host({
    name: specifier,
    get: (property) => {
      if (property === 'promises' || property === 'posix') return whole;
      const method = methods[property];
      return method === undefined ? undefined : hostFunction(property, (args, site) => method(machine, args, site));
    },
  });
  return name === '*' || name === 'default' ? whole : whole.host.get?.(name, { start: 0, end: 0 });
}

type Method = (machine: Machine, args: readonly Value[], site: Site) => Value;

const PATHS: Record<string, Method | undefined> = { join: joinPath, resolve: joinPath };
const FILES: Record<string, Method | undefined> = { readFileSync: readFile, readFile: readFileLater };
const MODULES: Record<string, Record<string, Method | undefined> | undefined> = {
  path: PATHS,
  fs: FILES,
  'fs/promises': FILES,
  'fs-extra': FILES,
};

function joinPath(_machine: Machine, args: readonly Value[], site: Site): Value {
  const parts = args.map((arg) => (arg.kind === 'text' && arg.holes.length === 0 ? arg.text : null));
  if (parts.includes(null)) return unknown(`${site.callee}()`);
  return textAt(parts.join('/').replace(/\/(?:\.\/)+/g, '/').replace(/\/{2,}/g, '/'), site.span);
}

function readFile(machine: Machine, [path]: readonly Value[], site: Site): Value {
  if (path?.kind !== 'text' || path.holes.length > 0) return unknown(`${site.callee}()`);
  const specifier = /^\.{1,2}\//.test(path.text) ? path.text : `./${path.text}`;
  const source = machine.options.host?.resolveImport?.(machine.main.file.path, specifier) ?? null;
  return source === null ? unknown(`${site.callee}()`) : textAt(source.text, site.span);
}

/** `fs.readFile(path, options, callback)` hands the text to its callback; without one it is a promise. */
function readFileLater(machine: Machine, args: readonly Value[], site: Site): Value {
  const text = readFile(machine, args, site);
  const last = args.at(-1);
  if (last?.kind === 'callable' || (last?.kind === 'host' && last.host.call !== undefined)) machine.evaluateCall(last, [primitive(null), text], site);
  return text;
}
