import { UsageError } from './config.js';
import { parseArguments, type Invocation } from './commands/options.js';
import { standardError, standardOutput } from './commands/stream.js';
import type { Terminal } from './commands/terminal.js';
import { whenLoaded } from './parsers/load.js';

const terminal: Terminal = {
  out: (text) => standardOutput().write(text),
  error: (text) => standardError().write(text),
};

async function dispatch({ command, named, options, operands }: Invocation): Promise<number> {
  if (options.help === true) {
    terminal.out((await import('./commands/help.js')).helpOn(command, named));
    return 0;
  }
  if (options.version === true) {
    terminal.out(`${(await import('./version.js')).VERSION}\n`);
    return 0;
  }
  switch (command) {
    case 'check':
      return (await import('./commands/check.js')).check(options, operands, terminal);
    case 'inspect':
      return (await import('./commands/inspect.js')).inspect(options, operands, terminal);
    case 'explain':
      return (await import('./commands/explain.js')).explain(options, operands, terminal);
    case 'run':
      return (await import('./commands/run.js')).run(options, operands, terminal);
    case 'init':
      return (await import('./commands/init.js')).init(options, operands, terminal);
    case 'plan':
      return (await import('./commands/plan.js')).plan(options, operands, terminal);
    case 'stats':
      return (await import('./commands/stats.js')).stats(options, operands, terminal);
    case 'rehearse':
      return (await import('./commands/rehearse.js')).rehearse(options, operands, terminal);
    case 'rules':
      return (await import('./commands/rules.js')).rules(options, terminal);
  }
}

async function main(argv: readonly string[]): Promise<number> {
  try {
    return await dispatch(parseArguments(argv));
  } catch (error) {
    const { message, stack } = error as Error;
    if (error instanceof UsageError) terminal.error(`migration-guard: ${message}\n`);
    else terminal.error(`migration-guard: internal error: ${argv.includes('--debug') ? (stack ?? message) : message}\n`);
    return 2;
  }
}

// V8 compiles the SQL grammar's one giant function a second time in the
// background, and no process ends before that is done: half of a short run, won
// back only by some thousand files. The flag is for this process alone; it comes
// as late as can be, because V8 takes no cached code made under other flags.
// The same for validation: all functions of the grammar are checked as they are
// compiled, when they are first called, and most never are.
whenLoaded('sql', () => {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  for (const flag of ['--liftoff-only', '--wasm-lazy-validation']) setFlagsFromString(flag);
});

// The exit code is set and the process left to end by itself: what is still in a pipe would be cut off by an exit.
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
