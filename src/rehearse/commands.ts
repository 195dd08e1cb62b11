import { print } from '../operations/print.js';
import type { Operation, OperationKind, Span } from '../operations/types.js';
import { printName } from '../sql/name.js';

/** What reaches the server as one command: the operations of one statement. */
export interface Command {
  /** Positions of its operations in the direction they were read from. */
  indexes: readonly number[];
  operations: readonly Operation[];
  /** Nearly always one; several where the operations of one builder call have no common statement. Empty when not known. */
  sql: readonly string[];
  /** Why `sql` is empty, one line without a full stop. */
  unknown: string | null;
  /** Of the statement in the file. */
  span: Span;
}

/** What several operations of one statement print together, or null when no single statement holds them. */
function combined(operations: readonly Operation[]): string | null {
  const [first] = operations as [Operation];
  const same = <K extends OperationKind>(kind: K): Extract<Operation, { kind: K }>[] | null =>
    operations.every((operation) => operation.kind === kind) ? (operations as Extract<Operation, { kind: K }>[]) : null;
  const dropped = same('dropTable');
  if (dropped !== null) {
    const names = dropped.map(({ table }) => printName(table)).join(', ');
    return print(dropped[0] as Operation).replace(printName((dropped[0] as { table: { name: string } }).table), () => names);
  }
  const truncated = same('truncate');
  if (truncated !== null) {
    const names = truncated.map(({ table }) => printName(table)).join(', ');
    return print(first).replace(printName((first as { table: { name: string } }).table), () => names);
  }
  return alterTable(operations);
}

const HEAD = /^ALTER (?:TABLE|VIEW|MATERIALIZED VIEW|INDEX|FOREIGN TABLE|SEQUENCE)\b/;

/** Not actions of ALTER TABLE's list: each is a statement of its own. */
const ALONE: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'renameTable', 'renameColumn', 'renameConstraint', 'setTableSchema', 'attachPartition', 'detachPartition',
]);

/** `ALTER TABLE IF EXISTS ONLY t ADD …`, taken apart. */
interface Alteration {
  head: string;
  guard: string;
  only: string;
  action: string;
}

function alterationOf(operation: Operation, name: string): Alteration | null {
  const text = print(operation);
  const head = HEAD.exec(text)?.[0];
  if (head === undefined) return null;
  const [words = '', guard = '', only = ''] = /^ ?(IF EXISTS )?(ONLY )?/.exec(text.slice(head.length)) ?? [];
  const rest = text.slice(head.length + words.length);
  return rest.startsWith(name) ? { head, guard, only, action: rest.slice(name.length).trim() } : null;
}

function joined(parts: readonly Alteration[], name: string): string | null {
  const heads = [...new Set(parts.map(({ head }) => head))];
  if (heads.length !== 1) return null;
  const once = (word: 'guard' | 'only'): string => parts.map((part) => part[word]).find((text) => text !== '') ?? '';
  return `${heads.join('')} ${once('guard')}${once('only')}${name} ${parts.map(({ action }) => action).join(', ')}`;
}

/** `ALTER TABLE t a, b, c` of what would print as three statements. */
function alterTable(operations: readonly Operation[]): string | null {
  const [first] = operations;
  if (first === undefined || !('table' in first) || first.table === undefined) return null;
  if (operations.some(({ kind }) => ALONE.has(kind))) return null;
  const name = printName(first.table);
  const parts = operations.flatMap((operation) => alterationOf(operation, name) ?? []);
  return parts.length < operations.length ? null : joined(parts, name);
}

const TEMPLATE = /(?:^|\W)\\(?:copy|i|ir|set|gset|if|endif|connect|c)\b/;

function unknownOf(operations: readonly Operation[]): string | null {
  for (const operation of operations) {
    if (operation.kind === 'unread') return operation.reason;
    if (operation.kind === 'copy' && operation.direction === 'from' && /\bstdin\b/i.test(operation.text)) return 'COPY reads rows from the client';
    if ('text' in operation && TEMPLATE.test(operation.text)) return 'a command of psql';
  }
  return null;
}

function sqlOf(operations: readonly Operation[]): string[] {
  // The operations of a block's body stand beside the block that runs them.
  const sent = operations.filter(({ within }) => within === undefined);
  const own = sent.length > 0 ? sent : operations;
  if (own.length === 1) return own.map(print);
  const one = combined(own);
  return one === null ? [...new Set(own.map(print))] : [one];
}

/** The commands of one direction of a migration, in the order in which they are sent, as the printer words them. */
export function commandsOf(operations: readonly Operation[]): Command[] {
  const commands: Command[] = [];
  for (let start = 0; start < operations.length; ) {
    const first = operations[start] as Operation;
    let end = start + 1;
    while (end < operations.length && operations[end]?.statement.id === first.statement.id) end++;
    const own = operations.slice(start, end);
    const unknown = unknownOf(own);
    commands.push({
      indexes: own.map((_, at) => start + at),
      operations: own,
      sql: unknown === null ? sqlOf(own) : [],
      unknown,
      span: first.statement.span,
    });
    start = end;
  }
  return commands;
}

const CONCURRENT: ReadonlySet<OperationKind> = new Set<OperationKind>(['createIndex', 'dropIndex', 'reindex', 'refreshMaterializedView', 'detachPartition']);

/** True when one of the operations gives up its locks in between. */
export function isConcurrent({ operations }: Command): boolean {
  return operations.some((operation) => CONCURRENT.has(operation.kind) && 'concurrently' in operation && operation.concurrently === true);
}

/** The same end state without CONCURRENTLY, which no transaction block takes. */
export function withoutConcurrently({ operations }: Command): string[] {
  return sqlOf(operations.map((operation) => ({ ...operation, concurrently: undefined }) as Operation));
}

/** Answers of the server that a guard in code stands for, where SQL has no word for it. */
const GUARDED: Readonly<Record<'if exists' | 'if not exists', readonly string[]>> = {
  'if not exists': ['42P07', '42701', '42710', '42P06', '42723'],
  'if exists': ['42704', '42703', '42P01', '42883'],
};

/** True when the failure only says that a guard would have skipped the statement. */
export function isGuarded({ operations }: Command, sqlstate: string | null): boolean {
  return operations.some(({ guard }) => guard !== undefined && GUARDED[guard].includes(sqlstate ?? ''));
}
