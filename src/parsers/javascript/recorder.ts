import type { Operation, OperationDraft, Span, Statement, Unread } from '../../operations/types.js';
import { otherDialectOfSql } from './dialect.js';
import { lowerSql, settled } from './embedded.js';
import type { Condition, Site, Value } from './evaluate/value.js';
import { underConditions } from './guards.js';

/** Collects what one direction of a migration does, in the order in which it reaches the server. */
export class Recorder {
  operations: Operation[] = [];
  /** Another database whose SQL the file holds. */
  otherDialect: string | null = null;
  /** What is sent now goes past the open transaction. */
  outside = false;
  private statements = 0;
  private calls = 0;
  private readonly conditions: () => readonly Condition[];

  /** `conditions` says under which conditions the code now running runs. */
  constructor(conditions: () => readonly Condition[]) {
    this.conditions = conditions;
  }

  /** A statement of its own, sent by the call that stands at `span`. */
  statement(span: Span): Statement {
    const statement = { id: this.statements, call: this.calls, span };
    this.statements += 1;
    this.calls += 1;
    return statement;
  }

  /** A statement that another one's string carries: it shares the call. */
  statementWith(other: Statement): Statement {
    const statement = { id: this.statements, call: other.call, span: other.span };
    this.statements += 1;
    return statement;
  }

  /** One statement of its own; `at` is the part of the call that matters. */
  send(draft: OperationDraft, site: Site, at?: Span, partial?: boolean): Statement {
    const statement = this.statement(site.span);
    this.append(draft, statement, at, partial);
    return statement;
  }

  /** Another operation of a statement that is already there. */
  append(draft: OperationDraft, statement: Statement, at?: Span, partial?: boolean): void {
    const { span } = statement;
    const inside = at !== undefined && at.start >= span.start && at.end <= span.end ? at : span;
    this.add(partial === true ? { ...draft, partial: true } : draft, inside, statement);
  }

  add(draft: OperationDraft, span: Span, statement: Statement): void {
    this.push({ ...truncated(draft), span, statement });
  }

  /** Raw SQL as the file hands it to the database, whole; returns what it holds. */
  sql(value: Value | undefined, site: Site): readonly Operation[] {
    const from = this.operations.length;
    const options = value?.kind === 'either' ? value.options : [value];
    for (const option of options) this.sqlText(option, site, options.length > 1);
    return this.operations.slice(from);
  }

  unread(span: Span, reason: string, cause: Unread['cause'], text: string): void {
    this.add({ kind: 'unread', reason, cause, text }, span, this.statement(span));
  }

  private sqlText(value: Value | undefined, site: Site, oneOfMany: boolean): void {
    if (value?.kind === 'text' && value.text.trim() === '') return;
    if (value?.kind !== 'text' || value.text.trim().length === value.holes.length) {
      this.unread(value?.span ?? site.span, 'SQL known only at run time', 'dynamic', site.callee);
      return;
    }
    this.otherDialect ??= otherDialectOfSql(settled(value));
    const call = this.calls;
    this.calls += 1;
    const operations = lowerSql(value, site.span, {
      call,
      next: () => this.statements++,
      now: () => this.statements,
      rewind: (to) => {
        this.statements = to;
      },
    });
    for (const operation of operations) this.push(oneOfMany ? { ...operation, conditional: true } : operation);
  }

  private push(operation: Operation): void {
    const placed = underConditions(operation, this.conditions());
    this.operations.push(this.outside ? { ...placed, outside: true } : placed);
  }
}

/** PostgreSQL keeps 63 bytes of a name and drops the rest. */
const NAME_BYTES = 63;

/** What holds names, and nothing else, in any operation. */
const NAMES = new Set(['name', 'schema', 'index', 'constraint', 'column', 'columns', 'to', 'trigger', 'policy', 'rule', 'function', 'sequence']);

function truncated(draft: OperationDraft): OperationDraft {
  return hasLongName(draft) ? (shortened(draft, '') as OperationDraft) : draft;
}

function hasLongName(value: object): boolean {
  for (const key in value) {
    const held = (value as Record<string, unknown>)[key];
    if (typeof held === 'string' ? held.length > NAME_BYTES / 4 && NAMES.has(key) && Buffer.byteLength(held) > NAME_BYTES : typeof held === 'object' && held !== null && hasLongName(held)) return true;
    if (Array.isArray(held) && NAMES.has(key) && held.some((item) => typeof item === 'string' && Buffer.byteLength(item) > NAME_BYTES)) return true;
  }
  return false;
}

function shortened(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return value.map((item) => shortened(item, key));
  if (typeof value === 'string') return NAMES.has(key) ? cut(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, shortened(held, name)]));
}

/** The first 63 bytes, no character in halves. */
function cut(name: string): string {
  let bytes = 0;
  let end = 0;
  for (const character of name) {
    bytes += Buffer.byteLength(character);
    if (bytes > NAME_BYTES) break;
    end += character.length;
  }
  return name.slice(0, end);
}
