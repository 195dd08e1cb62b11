import { existsSync } from 'node:fs';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UsageError } from '../config.js';
import { nearest, suggestion } from '../nearest.js';

type OptionTable = NonNullable<ParseArgsConfig['options']>;

const GENERAL = {
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  debug: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const satisfies OptionTable;

const OUTPUT = {
  format: { type: 'string', short: 'f' },
  'output-file': { type: 'string', multiple: true, short: 'o' },
} as const satisfies OptionTable;

const READING = {
  all: { type: 'boolean' },
  config: { type: 'string', short: 'c' },
  deploy: { type: 'string' },
  direction: { type: 'string' },
  down: { type: 'boolean' },
  framework: { type: 'string' },
  latest: { type: 'string' },
  new: { type: 'boolean' },
  'no-config': { type: 'boolean' },
  postgres: { type: 'string' },
  schema: { type: 'string' },
  since: { type: 'string' },
  staged: { type: 'boolean' },
  stdin: { type: 'boolean' },
  'stdin-filename': { type: 'string' },
  transaction: { type: 'string' },
} as const satisfies OptionTable;

const JUDGING = {
  baseline: { type: 'string' },
  deployed: { type: 'string' },
  'fail-on': { type: 'string' },
  fix: { type: 'boolean' },
  'fix-suggestions': { type: 'boolean' },
  full: { type: 'boolean' },
  'max-annotations': { type: 'string' },
  'max-warnings': { type: 'string' },
  'no-cache': { type: 'boolean' },
  preset: { type: 'string' },
  'print-config': { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  rule: { type: 'string', multiple: true },
  silent: { type: 'boolean', short: 's' },
  stats: { type: 'string' },
  'update-baseline': { type: 'boolean' },
} as const satisfies OptionTable;

const INITIALISING = {
  'dry-run': { type: 'boolean' },
  only: { type: 'string', multiple: true },
  postgres: { type: 'string' },
  undo: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
} as const satisfies OptionTable;

const REHEARSING = {
  'database-url': { type: 'string' },
  'on-copy': { type: 'boolean' },
  probe: { type: 'string' },
  'round-trip': { type: 'boolean' },
  rows: { type: 'string' },
  seed: { type: 'string' },
  server: { type: 'string' },
  silent: { type: 'boolean', short: 's' },
  strict: { type: 'boolean' },
} as const satisfies OptionTable;

const MEASURING = {
  'database-url': { type: 'string' },
  seconds: { type: 'string' },
} as const satisfies OptionTable;

const PLANNING = {
  write: { type: 'boolean' },
} as const satisfies OptionTable;

/** Which command takes which options. */
const TABLES = {
  check: { ...GENERAL, ...OUTPUT, ...READING, ...JUDGING },
  inspect: { ...GENERAL, ...OUTPUT, ...READING },
  explain: { ...GENERAL, ...OUTPUT },
  rules: { ...GENERAL, ...OUTPUT },
  run: { ...GENERAL, ...OUTPUT, ...READING, ...JUDGING },
  init: { ...GENERAL, ...INITIALISING },
  plan: { ...GENERAL, ...READING, ...PLANNING },
  stats: { ...GENERAL, ...OUTPUT, ...MEASURING },
  rehearse: { ...GENERAL, ...OUTPUT, ...READING, ...REHEARSING },
} as const satisfies Record<string, OptionTable>;

export type CommandName = keyof typeof TABLES;

export const COMMAND_NAMES = Object.keys(TABLES) as readonly CommandName[];

type EveryOption = typeof TABLES.check & typeof TABLES.init & typeof TABLES.rehearse & typeof TABLES.plan & typeof TABLES.stats;

/** The options of all commands; a command sees only its own. */
export type Options = ReturnType<typeof parseArgs<{ options: EveryOption; allowPositionals: true }>>['values'];

export interface Invocation {
  command: CommandName;
  /** The command was named, not taken for granted. */
  named: boolean;
  options: Options;
  /** Paths, the names of rules, or the words of a command to run. */
  operands: string[];
}

function explained(error: unknown, command: CommandName): UsageError {
  const { code, message } = error as NodeJS.ErrnoException;
  const option = /'(--?[^\s'=]+)/.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const known = Object.keys(TABLES[command]).map((name) => `--${name}`);
    const elsewhere = Object.hasOwn(TABLES.check, option.slice(2)) ? ` "${command}" does not take it.` : '';
    return new UsageError(`Unknown option ${option}.${elsewhere || suggestion(option, known)} See migration-guard --help.`);
  }
  if (/argument (?:missing|is ambiguous)/.test(message)) {
    return new UsageError(`${option} needs a value; one that begins with a dash is written ${option}=-….`);
  }
  return new UsageError(`${message.split(/\. |\n/)[0] ?? message}.`);
}

/** Which files a run is about is said once; `--latest` may narrow `--all` down. */
function refuseTwoSelections(values: Options): void {
  const { all, latest, new: fresh, since, staged } = values;
  const given = [
    ...(all === true && latest === undefined ? ['--all'] : []),
    ...(latest === undefined ? [] : ['--latest']),
    ...(fresh === true ? ['--new'] : []),
    ...(since === undefined ? [] : ['--since']),
    ...(staged === true ? ['--staged'] : []),
  ];
  if (given.length > 1) throw new UsageError(`${given.join(' and ')} exclude each other.`);
}

/** A word that is no file and nearly a command was meant as one. */
function refuseOperands(named: boolean, [first, ...rest]: readonly string[]): void {
  if (first === '' || rest.includes('')) throw new UsageError('An empty path names nothing.');
  if (named || first === undefined || !/^[a-z]+$/.test(first) || existsSync(first)) return;
  const near = nearest(first, COMMAND_NAMES);
  if (near !== null) throw new UsageError(`There is no command and no file "${first}". Did you mean "${near}"?`);
}

/** `--latest` takes a number or none, which the parser of Node has no word for. */
function withNumber(argv: readonly string[]): string[] {
  return argv.flatMap((argument, index) => {
    if (argument === '--latest') return /^\d+$/.test(argv[index + 1] ?? '') ? [] : ['--latest=1'];
    return argv[index - 1] === '--latest' && /^\d+$/.test(argument) ? [`--latest=${argument}`] : [argument];
  });
}

/** What follows the first `--` of `run` is not ours to read. */
function wordsOfCommand(argv: readonly string[]): string[] {
  const at = argv.indexOf('--');
  const words = at < 0 ? [] : argv.slice(at + 1);
  if (words.length > 0 || argv.some((argument) => ['--help', '-h', '--version', '-V'].includes(argument))) return words;
  throw new UsageError('run needs the command after "--": migration-guard run -- <command>.');
}

/** Reads the arguments. Without the name of a command they are those of `check`. */
export function parseArguments(argv: readonly string[]): Invocation {
  const [first] = argv;
  const named = first === 'lint' ? 'check' : COMMAND_NAMES.find((name) => name === first);
  const command = named ?? 'check';
  const own = named === undefined ? argv : argv.slice(1);
  const words = command === 'run' ? wordsOfCommand(own) : null;
  try {
    const { values, positionals } = parseArgs({
      args: withNumber(words === null || words.length === 0 ? own : own.slice(0, own.indexOf('--'))),
      options: TABLES[command] as EveryOption,
      allowPositionals: true,
      strict: true,
    });
    refuseTwoSelections(values);
    refuseOperands(named !== undefined, positionals);
    if (words === null) return { command, named: named !== undefined, options: values, operands: positionals };
    if (positionals[0] === undefined) return { command, named: true, options: values, operands: words };
    throw new UsageError(`run takes no paths, only what stands after "--"; "${positionals[0]}" stands before it.`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw explained(error, command);
  }
}
