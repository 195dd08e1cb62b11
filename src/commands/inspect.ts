import { inspected, stepsOf, type InspectedOperation } from '../lint.js';
import type { Framework } from '../operations/migration.js';
import { describeBlocked } from '../postgres/locks.js';
import { runProject, type Judge } from '../project.js';
import { neutral } from '../reporters/neutral.js';
import { SourceLines } from '../source-lines.js';
import type { Options } from './options.js';
import { destinations, writeReport } from './output.js';
import { messagesOf, pathPrinter } from './project-messages.js';
import { projectOptions } from './project-options.js';
import { standardError } from './stream.js';
import { Progress, type Terminal } from './terminal.js';

interface InspectedFile {
  path: string;
  framework: Framework;
  operations: InspectedOperation[];
}

function effectLines({ effects }: InspectedOperation): string[] {
  const { locks, rewrites, scans, builds, fails, certainty } = effects;
  return [
    ...locks.map(({ table, mode }) => `lock      ${mode} on ${table} (${describeBlocked(mode)})`),
    ...(rewrites.length === 0 ? [] : [`rewrites  ${rewrites.join(', ')}`]),
    ...(scans.length === 0 ? [] : [`scans     ${scans.join(', ')}`]),
    ...(builds.length === 0 ? [] : [`builds    ${builds.join(', ')}`]),
    ...(fails === null ? [] : [`fails     ${fails.sqlstate}, ${fails.when}`]),
    ...(certainty === 'assumed' ? ['assumed   depends on something that was not seen'] : []),
  ];
}

function printed({ path, framework, operations }: InspectedFile): string {
  const blocks = operations.map((operation) => {
    const { start, kind, table, transaction, conditional, partial, sql } = operation;
    const facts = [
      transaction === 'none' ? 'no transaction' : `transaction: ${transaction}`,
      ...(conditional ? ['conditional'] : []),
      ...(partial ? ['partly known'] : []),
    ];
    const head = `${path}:${start.line}:${start.column}  ${kind}${table === null ? '' : ` ${table}`}  (${facts.join(', ')})`;
    return [head, ...sql.split('\n').map((line) => `  ${line}`), ...effectLines(operation).map((line) => `  ${line}`)].map(neutral).join('\n');
  });
  const count = `${operations.length} operation${operations.length === 1 ? '' : 's'}`;
  return `${[`${neutral(path)}  ${framework}, ${count}`, ...blocks].join('\n\n')}\n`;
}

const inspectedFile: Judge<InspectedFile> = ({ file: { source, migration }, replayed, direction }) => {
  const lines = new SourceLines(source.text);
  const operations = (stepsOf(replayed, direction) ?? []).map((step) => inspected(step, lines));
  return { path: source.path, framework: migration.framework, operations };
};

/** Prints every operation of the files with what PostgreSQL does for it, hazard or not. */
export async function inspect(options: Options, operands: readonly string[], terminal: Terminal): Promise<number> {
  const outputs = destinations(options, ['text', 'json'] as const);
  const progress = new Progress(standardError, false);
  const wanted = projectOptions(options, operands);
  const run = await runProject({ ...wanted, progress: (done, total) => progress.tell(done, total) }, inspectedFile).finally(() => progress.end());
  const files = run.linted.map(({ verdict }) => verdict);
  const shownPath = pathPrinter(run.root, process.cwd());
  const how = { silentWhenEmpty: false, debug: options.debug === true, shownPath };
  for (const message of messagesOf(run, wanted.paths ?? [], how)) terminal.error(`${message}\n`);
  for (const { format, file } of outputs) {
    const text = format === 'json' ? `${JSON.stringify({ version: 1, files }, null, 2)}\n` : files.map((file) => printed({ ...file, path: shownPath(file.path) })).join('\n');
    if (file === null) terminal.out(text);
    else writeReport(file, text);
  }
  return run.failures.some(({ fatal }) => fatal) ? 2 : 0;
}
