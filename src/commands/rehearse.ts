import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { oneOf, UsageError } from '../config.js';
import { hostFor } from '../discover/host.js';
import { VERSIONS } from '../postgres/effects.js';
import { runProject, type ProjectOptions, type ProjectRun, type ReplayedFile } from '../project.js';
import { ProjectReader } from '../project/reader.js';
import type { RehearseChunk } from '../rehearse/index.js';
import type { RehearsalInput } from '../rehearse/rehearse.js';
import type { RehearsalReport } from '../rehearse/types.js';
import type { Options } from './options.js';
import { destinations, writeReport } from './output.js';
import { messagesOf, pathPrinter } from './project-messages.js';
import { projectOptions } from './project-options.js';
import { standardError } from './stream.js';
import type { Terminal } from './terminal.js';

/** It brings a client of PostgreSQL along and runs migrations: a chunk that nothing else loads. */
function load(): RehearseChunk {
  return (createRequire(import.meta.url)('./rehearse.cjs') as { rehearseChunk: RehearseChunk }).rehearseChunk;
}

const SERVERS = ['14', '15', '16', '17', '18'] as const;

function wholeNumber(value: string | undefined, flag: string, least: number): number | null {
  if (value === undefined) return null;
  if (!/^\d{1,9}$/.test(value) || Number(value) < least) throw new UsageError(`${flag} must be a whole number, ${least} or more, not "${value}".`);
  return Number(value);
}

/** One line on standard error that the next one replaces; on terminals only. */
class Line {
  #shown = false;
  #last = 0;

  constructor(private readonly silent: boolean) {}

  tell(text: string): void {
    const now = Date.now();
    const stream = standardError();
    if (this.silent || !stream.isTTY || now - this.#last < 50) return;
    this.#last = now;
    this.#shown = true;
    stream.write(`\r\u001b[K${text.slice(0, 79)}`);
  }

  end(): void {
    if (this.#shown) standardError().write('\r\u001b[K');
    this.#shown = false;
  }
}

interface Selection {
  run: ProjectRun;
  files: ReplayedFile[];
  reader: ProjectReader;
  deploy: 'together' | 'each';
}

async function select(wanted: ProjectOptions, version: number): Promise<Selection> {
  const files: ReplayedFile[] = [];
  const postgres = oneOf(version, VERSIONS, 'The major version of the server');
  const run = await runProject({ ...wanted, postgres }, (one) => {
    files.push(one);
    return null;
  });
  const { framework = run.config.framework, transaction = run.config.transaction } = wanted;
  const reader = new ProjectReader(run.root, hostFor(run.root), 'given', {
    ...(framework === undefined ? {} : { framework }),
    ...(transaction === undefined ? {} : { transaction }),
  });
  const deploy = wanted.deploy ?? run.config.deploy ?? (run.chosen.how === 'changed' ? 'together' : 'each');
  return { run, files, reader, deploy };
}

function schemaOf({ schema }: Options, { run: { config, configFolder } }: Selection): RehearsalInput['schema'] {
  const file = schema ?? (config.schema === undefined ? undefined : resolve(configFolder, config.schema));
  return file === undefined ? null : { path: file, text: readFileSync(file, 'utf8').replace(/^\ufeff/, '') };
}

function strictlyBad({ summary: { differences, failed, lost, broken } }: RehearsalReport): boolean {
  return differences + failed + lost + broken > 0;
}

function wordsFor(error: unknown): unknown {
  // The chunk has a class of its own.
  return error instanceof Error && 'refused' in error ? new UsageError(error.message) : error;
}

/** Where to rehearse and with which rows. */
function askedFor(options: Options): { server: number | null; expected: number; url: string | null; rows: number | null; seed: number } {
  const server = options.server === undefined ? null : Number(oneOf(options.server, SERVERS, '--server'));
  return {
    server,
    expected: server ?? 18,
    url: options['database-url'] ?? null,
    rows: wholeNumber(options.rows, '--rows', 0),
    seed: wholeNumber(options.seed, '--seed', 0) ?? 1,
  };
}

/** Runs the migrations that the arguments select on a real PostgreSQL with their history and rows in it. */
export async function rehearse(options: Options, operands: readonly string[], terminal: Terminal): Promise<number> {
  const outputs = destinations(options, ['text', 'json', 'markdown'] as const);
  const silent = options.silent === true;
  const wanted = projectOptions(options, operands);
  const { server, expected, url, rows, seed } = askedFor(options);
  let first: Selection | null = await select(wanted, expected);
  const { run } = first;
  const shownPath = pathPrinter(run.root, process.cwd());
  for (const message of messagesOf(run, wanted.paths ?? [], { silentWhenEmpty: false, debug: options.debug === true, shownPath })) terminal.error(`${message}\n`);
  if (run.failures.some(({ fatal }) => fatal)) return 2;
  if (first.files.length === 0) return 0;
  const line = new Line(silent);
  const tell = (text: string): void => line.tell(text);
  const say = (text: string): void => terminal.error(`${text}\n`);
  const chunk = load();
  const input = {
    select: async (version: number) => {
      const known = version === expected ? first : null;
      first = null;
      return known ?? (await select(wanted, version));
    },
    expected,
    schema: schemaOf(options, first),
    rows,
    seed,
    roundTrip: options['round-trip'] === true,
    probe: options.probe ?? null,
    tell,
  };
  const folders = [process.cwd(), run.root, dirname(fileURLToPath(import.meta.url))];
  const report = await chunk
    .run(input, { server, url, onCopy: options['on-copy'] === true, rows, folders, say, tell })
    .catch((error: unknown) => {
      throw wordsFor(error);
    })
    .finally(() => line.end());
  const words = { json: () => `${JSON.stringify(report, null, 2)}\n`, markdown: () => chunk.markdownReport(report, shownPath), text: () => chunk.textReport(report, shownPath) };
  for (const { format, file } of outputs) {
    if (file !== null) writeReport(file, words[format]());
    else if (!silent) terminal.out(words[format]());
  }
  return options.strict === true && strictlyBad(report) ? 1 : 0;
}
