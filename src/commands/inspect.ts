import { inspected, stepsOf, type InspectedOperation } from '../lint.js';
import type { Framework } from '../operations/migration.js';
import { describeBlocked } from '../postgres/locks.js';
import { runProject, type Judge } from '../project.js';
import { neutral } from '../reporters/neutral.js';
import type { Step } from '../rule.js';
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
  /** Until when each operation's locks are held, in words, by position. */
  until: string[];
}

interface Shown extends InspectedOperation {
  until: string;
}

const COMMITTED_BY = {
  file: 'the commit of this file',
  batch: 'the commit of the whole batch',
  implicit: 'the end of the whole string of statements',
  explicit: 'the commit that follows this file',
} as const;

/** Locks last until the transaction ends: the COMMIT in the file, or that of whoever opened it. */
function heldUntil(steps: readonly Step[], lines: SourceLines): string[] {
  return steps.map(({ session: { transaction }, index }) => {
    if (transaction.kind === 'none') return 'until the statement ends';
    const end = steps.find(
      ({ operation, session, index: at }) =>
        at > index && session.transaction.id === transaction.id && (operation.kind === 'commit' || (operation.kind === 'rollback' && operation.to === undefined)),
    );
    if (end === undefined || end.operation.implied === true) return `until ${COMMITTED_BY[transaction.kind]}`;
    return `until the ${end.operation.kind} in line ${lines.position(end.operation.span.start).line}`;
  });
}

function effectLines({ effects, until }: Shown): string[] {
  const { locks, rewrites, scans, builds, fails, assumes } = effects;
  return [
    ...locks.map(({ table, mode }) => `lock      ${mode} on ${table} ${until} (${describeBlocked(mode)})`),
    ...(rewrites.length === 0 ? [] : [`rewrites  ${rewrites.join(', ')}`]),
    ...(scans.length === 0 ? [] : [`scans     ${scans.join(', ')}`]),
    ...(builds.length === 0 ? [] : [`builds    ${builds.join(', ')}`]),
    ...(fails === null ? [] : [`fails     ${fails.sqlstate}, ${fails.when}`]),
    ...(assumes === null ? [] : [`assumed   ${assumes}`]),
  ];
}

function printed({ path, framework, operations, until }: InspectedFile): string {
  const blocks = operations.map((operation, index) => {
    const { start, kind, table, transaction, conditional, partial, sql } = operation;
    const facts = [
      transaction === 'none' ? 'no transaction' : `transaction: ${transaction}`,
      ...(conditional ? ['conditional'] : []),
      ...(partial ? ['partly known'] : []),
    ];
    const head = `${path}:${start.line}:${start.column}  ${kind}${table === null ? '' : ` ${table}`}  (${facts.join(', ')})`;
    return [head, ...sql.split('\n').map((line) => `  ${line}`), ...effectLines({ ...operation, until: until[index] ?? '' }).map((line) => `  ${line}`)].map(neutral).join('\n');
  });
  const count = `${operations.length} operation${operations.length === 1 ? '' : 's'}`;
  return `${[`${neutral(path)}  ${framework}, ${count}`, ...blocks].join('\n\n')}\n`;
}

const inspectedFile: Judge<InspectedFile> = ({ file: { source, migration }, replayed, direction }) => {
  const lines = new SourceLines(source.text);
  const steps = stepsOf(replayed, direction) ?? [];
  const operations = steps.map((step) => inspected(step, lines));
  return { path: source.path, framework: migration.framework, operations, until: heldUntil(steps, lines) };
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
    const text = format === 'json' ? `${JSON.stringify({ version: 1, files: files.map(({ until: _, ...file }) => file) }, null, 2)}\n` : files.map((file) => printed({ ...file, path: shownPath(file.path) })).join('\n');
    if (file === null) terminal.out(text);
    else writeReport(file, text);
  }
  return run.failures.some(({ fatal }) => fatal) ? 2 : 0;
}
