import type { Framework, Migration, Skipped } from '../../operations/migration.js';
import type { Operation, Span, Statement } from '../../operations/types.js';
import type { ParseOptions, Source } from '../parser.js';
import { engine } from './engine/choose.js';
import { layoutOf, type Layout, type Section } from './frameworks/layout.js';
import { recogniseSql, revisionOf } from './frameworks/recognise.js';
import { dialectOfText, isDump, skippedByPlace } from './frameworks/skip.js';
import { readStatements } from './read.js';
import { scanSql, type MetaCommand, type ScannedSql } from './scan.js';

/** Reads a migration file, both directions. Never throws. */
export function parseMigration(source: Source, options: ParseOptions): Migration | Skipped {
  const { host } = options;
  const framework = options.framework ?? recogniseSql(source, host) ?? 'sql';
  const skip = (reason: string): Skipped => ({ path: source.path, framework, skipped: reason });
  const place = skippedByPlace(source.path, framework, host);
  if (place !== undefined) return skip(place);
  const scanned = scanSql(source.text);
  if (isDump(source.path, scanned)) return skip('a schema dump, not a migration');

  const layout = layoutOf(source, framework, scanned, host);
  const up = readDirection(scanned, layout.up, layout);
  if (up.some((operation) => operation.kind === 'unread' && operation.cause === 'syntax')) {
    const dialect = dialectOfText(scanned);
    if (dialect !== undefined) return skip(`written for ${dialect}`);
  }
  const own = { ...layout, ...ownTransaction(framework, layout, up) };
  return {
    path: source.path,
    language: 'sql',
    framework,
    revision: revisionOf(source.path),
    parents: null,
    transaction: options.transaction ?? own.transaction,
    transactionSetBy: options.transaction === undefined ? own.transactionSetBy : null,
    up,
    down: layout.down === null ? null : readDirection(scanned, layout.down, layout),
    comments: scanned.comments,
    notices: noticesOf(framework, up),
  };
}

/** Flyway looks for statements that refuse a transaction and then opens none. */
function ownTransaction(framework: Framework, layout: Layout, up: readonly Operation[]): Partial<Layout> {
  if (framework !== 'flyway' || layout.transaction !== 'file') return {};
  const refusing = up.find(refusesTransaction);
  if (refusing === undefined) return {};
  return { transaction: 'none', transactionSetBy: 'a statement in it that cannot run in one' };
}

const REFUSING_COMMANDS = new Set(['CREATE DATABASE', 'CREATE TABLESPACE', 'ALTER SYSTEM', 'CREATE SUBSCRIPTION']);

function refusesTransaction(operation: Operation): boolean {
  switch (operation.kind) {
    case 'createIndex':
    case 'dropIndex':
    case 'reindex':
    case 'detachPartition':
      return operation.concurrently === true;
    case 'vacuum':
      return true;
    case 'utility':
      return REFUSING_COMMANDS.has(operation.command);
    case 'dropObject':
      return operation.object === 'database' || operation.object === 'tablespace';
    default:
      return false;
  }
}

function noticesOf(framework: Framework, up: readonly Operation[]): string[] {
  const notices: string[] = [];
  if (engine().name !== 'libpg-query') notices.push('WebAssembly is not available here, SQL is read with reduced coverage');
  if (framework === 'supabase' && up.some(refusesTransaction)) {
    notices.push('CONCURRENTLY runs outside the transaction only with newer versions of the Supabase CLI (2.109 for CREATE INDEX)');
  }
  return notices;
}

/** Statement ids and calls of one direction. */
class Numbers {
  private statements = 0;
  private calls = 0;

  nextStatement(): number {
    return this.statements++;
  }

  nextCall(): number {
    return this.calls++;
  }
}

function readDirection(scanned: ScannedSql, sections: readonly Section[], layout: Layout): Operation[] {
  const numbers = new Numbers();
  return sections.flatMap((section) => readSection(scanned, section, layout, numbers));
}

function readSection(scanned: ScannedSql, section: Section, layout: Layout, numbers: Numbers): Operation[] {
  const whole = section.start === 0 && section.end === scanned.text.length && section.text === undefined;
  const part = whole ? scanned : scanSql(section.text ?? scanned.text.slice(section.start, section.end));
  const toSpan = (start: number, end: number): Span => ({ start: start + section.start, end: end + section.start });
  const shared = layout.transaction === 'implicit' ? numbers.nextCall() : undefined;
  const callAt = shared === undefined ? callsBetween(part.breaks, numbers) : () => shared;
  const begin = section.wrapped === true ? [implied('begin', section, numbers)] : [];
  const operations = readStatements(part, { toSpan, callAt, nextStatement: () => numbers.nextStatement(), depth: 0 });
  const psql = part.metaCommands.flatMap((command) => fromPsql(command, part, toSpan, numbers));
  const end = section.wrapped === true ? [implied('commit', section, numbers)] : [];
  return [...begin, ...merged(operations, psql), ...end];
}

/** A call for each statement; between two breakpoints Drizzle sends one string. Asked in the order of the text. */
function callsBetween(breaks: readonly number[], numbers: Numbers): (offset: number) => number {
  if (breaks.length === 0) return () => numbers.nextCall();
  let passed = 0;
  let call: number | undefined;
  return (offset) => {
    const before = passed;
    while (passed < breaks.length && (breaks[passed] ?? Infinity) < offset) passed++;
    if (call === undefined || passed > before) call = numbers.nextCall();
    return call;
  };
}

function implied(kind: 'begin' | 'commit', section: Section, numbers: Numbers): Operation {
  const at = kind === 'begin' ? section.start : section.end;
  const span = { start: at, end: at };
  return { kind, implied: true, span, statement: { id: numbers.nextStatement(), call: numbers.nextCall(), span } };
}

const INCLUDES = new Set(['i', 'ir', 'include', 'include_relative']);

/** psql commands that make it send what we do not see. */
function fromPsql(command: MetaCommand, part: ScannedSql, toSpan: (start: number, end: number) => Span, numbers: Numbers): Operation[] {
  const { name } = command;
  const reason = INCLUDES.has(name)
    ? 'SQL read from another file by psql'
    : name === 'gexec'
      ? 'SQL that psql builds from the rows of a query'
      : undefined;
  if (reason === undefined) return [];
  const span = toSpan(command.span.start, command.span.end);
  const statement: Statement = { id: numbers.nextStatement(), call: numbers.nextCall(), span };
  const text = part.text.slice(command.span.start, command.span.end);
  return [{ kind: 'unread', reason, cause: 'dynamic', text, span, statement }];
}

/** psql's commands stand between the statements; ids follow the text again. */
function merged(operations: Operation[], psql: Operation[]): Operation[] {
  if (psql.length === 0) return operations;
  const all = [...operations, ...psql];
  const order = [...new Set(all.map((operation) => operation.statement))].sort((a, b) => a.span.start - b.span.start);
  const ids = order.map((statement) => statement.id).sort((a, b) => a - b);
  const calls = order.map((statement) => statement.call).sort((a, b) => a - b);
  order.forEach((statement, index) => {
    statement.id = ids[index] ?? statement.id;
    statement.call = calls[index] ?? statement.call;
  });
  return all.sort((a, b) => a.statement.id - b.statement.id);
}
