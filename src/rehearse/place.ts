import type { Operation, Span } from '../operations/types.js';
import type { SourceLines } from '../source-lines.js';
import type { Command } from './commands.js';
import type { ServerError } from './database.js';
import type { StepFailure } from './types.js';

/** Names by which the server's error may speak of an operation: its column, its constraint, its index. */
function speaksOf(operation: Operation, error: ServerError): boolean {
  const names: (string | undefined)[] = [];
  if (operation.kind === 'addColumn') names.push(operation.column.name, ...(operation.column.constraints ?? []).map(({ name }) => name));
  else if ('column' in operation && typeof operation.column === 'string') names.push(operation.column);
  if (operation.kind === 'addConstraint') names.push(operation.constraint.name);
  else if ('constraint' in operation && typeof operation.constraint === 'string') names.push(operation.constraint);
  if (operation.kind === 'createIndex') names.push(operation.index);
  const spoken = [error.column, error.constraint, ...[...error.message.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? null)];
  return names.some((name) => name !== undefined && spoken.includes(name));
}

/** The place that the server's position points at, where the command is the file's own text. */
function pointedAt(command: Command, { position }: ServerError, text: string): Span | null {
  if (position === null || command.sql.length !== 1) return null;
  const { start, end } = command.span;
  return text.slice(start, end).startsWith(command.sql[0] ?? '') ? { start: start + position, end } : null;
}

/** How a command failed, at the operation that the server means. */
export function failureOf(command: Command, error: ServerError, lines: SourceLines, text: string): StepFailure {
  const [first] = command.operations;
  const meant = command.operations.length > 1 ? command.operations.find((operation) => speaksOf(operation, error)) : undefined;
  const span = pointedAt(command, error, text) ?? (meant ?? first)?.span ?? command.span;
  return { sqlstate: error.sqlstate, message: error.message, at: lines.position(span.start) };
}
