import type { Operation } from '../../operations/types.js';
import type { Token } from '../../sql/lexer.js';
import { engine } from './engine/choose.js';
import { SqlSyntaxError, type Engine, type ParsedStatement } from './engine/engine.js';
import { readBody } from './plpgsql/read-body.js';
import { StatementReader, type Placement } from './reader.js';
import type { ScannedSql } from './scan.js';
import { splitAtSemicolons, splitStatements, type TokenRange } from './split.js';

/** Beyond it a tree of the whole text costs more memory than the statements one by one. */
const WHOLE_TEXT_LIMIT = 1 << 19;
/** One statement of this length is data, and its tree would take a gigabyte. */
const STATEMENT_LIMIT = 1 << 22;

/**
 * The operations of every statement of a text, in order. One that does not parse
 * becomes an `unread`; the others are read all the same.
 */
export function readStatements(source: ScannedSql, placement: Placement): Operation[] {
  const reading = new Reading(source, placement, engine());
  reading.run();
  return reading.operations;
}

class Reading {
  readonly operations: Operation[] = [];

  constructor(
    private readonly source: ScannedSql,
    private readonly placement: Placement,
    private readonly engine: Engine,
  ) {}

  run(): void {
    if (this.source.tokens.length === 0) return;
    const statements = this.wholeText();
    if (statements === undefined) for (const range of splitStatements(this.source.tokens)) this.statement(range);
    else this.lowerAll(statements, 0, 0, this.source.tokens.length);
  }

  private wholeText(): ParsedStatement[] | undefined {
    const { sql } = this.source;
    if (sql.length > WHOLE_TEXT_LIMIT || sql.includes('\0')) return undefined;
    try {
      return this.engine.parse(sql);
    } catch (error) {
      if (error instanceof SqlSyntaxError) return undefined;
      throw error;
    }
  }

  /** Statements come in order, so each one's tokens begin where the last one's end. */
  private lowerAll(statements: readonly ParsedStatement[], offset: number, first: number, last: number): void {
    let index = first;
    for (const statement of statements) {
      while (index < last && this.token(index).start < statement.start + offset) index++;
      const from = index;
      while (index < last && this.token(index).start < statement.end + offset) index++;
      if (index > from) this.lower(statement, offset, from, index);
    }
  }

  private lower(statement: ParsedStatement, offset: number, first: number, last: number): void {
    const reader = new StatementReader(this.source, this.placement, first, last);
    statement.lower(reader, offset);
    for (const operation of reader.operations) this.operations.push(operation);
    if (reader.body !== undefined) this.body(reader, reader.body);
  }

  /** What a block does follows its call. */
  private body(reader: StatementReader, body: Token): void {
    const { placement } = this;
    const { call } = reader.statement;
    const inner = readBody(body, this.source, { ...placement, callAt: () => call }, readStatements);
    const [block] = reader.operations;
    if (block?.kind === 'call' && inner.some((operation) => operation.kind === 'unread')) block.opaque = true;
    for (const operation of inner) this.operations.push(operation);
  }

  private token(index: number): Token {
    return this.source.tokens[index] as Token;
  }

  private statement(range: TokenRange): void {
    const error = this.tryStatement(range, this.source.sql) ?? null;
    if (error === null) return;
    const parts = splitAtSemicolons(this.source.tokens, range);
    if (parts.length > 1) for (const part of parts) this.part(part);
    else this.asWritten(range, error);
  }

  /** A piece of what an unbalanced bracket had joined. */
  private part(range: TokenRange): void {
    const error = this.tryStatement(range, this.source.sql);
    if (error !== undefined) this.asWritten(range, error);
  }

  /** A question mark is a parameter only where nothing else makes it one. */
  private asWritten(range: TokenRange, error: SqlSyntaxError): void {
    const { sql, text } = this.source;
    const { start, end } = this.bounds(range);
    for (const other of [sql.includes('?') ? questionMarks(sql, this.source.tokens, range) : sql, text]) {
      if (other.slice(start, end) === sql.slice(start, end)) continue;
      if (this.tryStatement(range, other) === undefined) return;
    }
    this.unread(range, error);
  }

  private bounds(range: TokenRange): { start: number; end: number } {
    return { start: this.token(range.first).start, end: this.token(range.last - 1).end };
  }

  private tryStatement(range: TokenRange, sql: string): SqlSyntaxError | undefined {
    const { start, end } = this.bounds(range);
    const slice = sql.slice(start, end);
    if (slice.length > STATEMENT_LIMIT) return new SqlSyntaxError('one statement of more than 4 MB', null);
    if (slice.includes('\0')) return new SqlSyntaxError('a NUL character in it ends the text for the server', slice.indexOf('\0'));
    try {
      this.lowerAll(this.engine.parse(slice), start, range.first, range.last);
      return undefined;
    } catch (error) {
      if (error instanceof SqlSyntaxError) return error;
      throw error;
    }
  }

  private unread(range: TokenRange, error: SqlSyntaxError): void {
    const reader = new StatementReader(this.source, this.placement, range.first, range.last);
    const whole = reader.wholeSpan();
    const index = error.position === null ? range.first : reader.indexAt(error.position + whole.start);
    const at = error.position === null || index >= range.last ? whole : reader.span(index);
    this.operations.push(reader.placed({ kind: 'unread', reason: error.message, cause: 'syntax', text: reader.whole() }, at));
  }
}

/** Each question mark as a name of its length: a parameter of a driver that counts them. */
function questionMarks(sql: string, tokens: readonly Token[], range: TokenRange): string {
  const characters = sql.split('');
  for (let index = range.first; index < range.last; index++) {
    const token = tokens[index];
    if (token?.kind === 'operator' && token.value === '?') characters[token.start] = '_';
  }
  return characters.join('');
}
