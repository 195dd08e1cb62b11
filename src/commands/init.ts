import { createRequire } from 'node:module';
import type { init as Init } from '../init/index.js';
import { UsageError } from '../config.js';
import type { Options } from './options.js';
import { standardOutput } from './stream.js';
import { wantsColour, type Terminal } from './terminal.js';

/** Its editors of YAML and JSON and its prompts are a chunk that nothing else loads. */
function load(): typeof Init {
  return (createRequire(import.meta.url)('./init.cjs') as { init: typeof Init }).init;
}

/** Lets a project's own tools call us, or takes that out again. */
export function init(options: Options, operands: readonly string[], terminal: Terminal): Promise<number> {
  if (operands[0] !== undefined) throw new UsageError(`init takes no paths; "${operands[0]}" is one. It works on the project that it is called in.`);
  const { yes, undo, only, postgres, 'dry-run': dryRun } = options;
  const asked = Object.fromEntries(Object.entries({ yes, undo, only, postgres, dryRun }).filter(([, value]) => value !== undefined));
  const interactive = process.stdin.isTTY === true && standardOutput().isTTY && !process.env['CI'];
  return load()({ ...asked, interactive, colour: wantsColour(options, standardOutput(), process.env) }, terminal);
}
