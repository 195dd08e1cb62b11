import type { Operation } from '../../operations/types.js';
import type { Token } from '../../sql/lexer.js';
import { engine } from './engine/choose.js';
import { SqlSyntaxError, type Engine, type ParsedStatement } from './engine/engine.js';
import { RememberingEngine } from './engine/remembering.js';
import { readBody } from './plpgsql/read-body.js';
import { Routines } from './plpgsql/routines.js';
import { StatementReader, type Placement } from './reader.js';
import type { ScannedSql } from './scan.js';
import { splitAtSemicolons, splitStatements, type TokenRange } from './split.js';

/** Of a longer text the tree takes too much memory: a megabyte of SQL makes some hundred of tree. */
const TREE_LIMIT = 1 << 18;
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
  private readonly routines = new Routines();

  constructor(
    private readonly source: ScannedSql,
    private readonly placement: Placement,
    private readonly engine: Engine,
  ) {}

  run(): void {
    const { tokens, sql } = this.source;
    if (tokens.length === 0) return;
    if (this.engine instanceof RememberingEngine && sql.length <= TREE_LIMIT) return this.again(this.engine);
    if (sql.length <= TREE_LIMIT && this.together(sql, 0, { first: 0, last: tokens.length })) return;
    const ranges = splitStatements(tokens);
    if (sql.length <= TREE_LIMIT) for (const range of ranges) this.statement(range);
    else for (const group of this.groups(ranges)) this.group(group);
  }

  /** Of a text that was read before, in which little changed, only that is parsed. */
  private again(engine: RememberingEngine): void {
    const { tokens, sql } = this.source;
    const ranges = splitStatements(tokens);
    const texts = ranges.map((range) => this.slice(range));
    const known = texts.filter((text) => engine.knows(text)).length;
    // Where one does not parse by itself, the grammar may still have cut the text elsewhere.
    const alone = known * 2 >= texts.length && texts.every((text) => engine.parses(text));
    if (!alone && this.together(sql, 0, { first: 0, last: tokens.length })) return;
    for (const range of ranges) this.statement(range);
  }

  /** Neighbours whose tree is worth building at once. */
  private groups(ranges: readonly TokenRange[]): TokenRange[][] {
    const groups: TokenRange[][] = [];
    let size = Infinity;
    for (const range of ranges) {
      const { start, end } = this.bounds(range);
      if (size + end - start > TREE_LIMIT) {
        groups.push([]);
        size = 0;
      }
      groups.at(-1)?.push(range);
      size += end - start;
    }
    return groups;
  }

  private group(ranges: readonly TokenRange[]): void {
    const all = { first: ranges[0]?.first ?? 0, last: ranges.at(-1)?.last ?? 0 };
    if (ranges.length > 1 && this.together(this.slice(all), this.bounds(all).start, all)) return;
    for (const range of ranges) this.statement(range);
  }

  /** False when any statement of it does not parse: then each is tried for itself. */
  private together(sql: string, offset: number, range: TokenRange): boolean {
    if (sql.includes('\0')) return false;
    try {
      const engine = this.engine instanceof RememberingEngine ? this.engine : null;
      this.lowerAll(engine === null ? this.engine.parse(sql) : engine.parseOnce(sql), offset, range.first, range.last, engine);
      return true;
    } catch (error) {
      if (error instanceof SqlSyntaxError) return false;
      throw error;
    }
  }

  /** Statements come in order, so each one's tokens begin where the last one's end. */
  private lowerAll(statements: readonly ParsedStatement[], offset: number, first: number, last: number, remembering: RememberingEngine | null = null): void {
    let index = first;
    for (const statement of statements) {
      while (index < last && this.token(index).start < statement.start + offset) index++;
      const from = index;
      while (index < last && this.token(index).start < statement.end + offset) index++;
      if (index === from) continue;
      remembering?.keep(this.slice({ first: from, last: index }), statement, this.token(from).start - offset);
      this.lower(statement, offset, from, index);
    }
  }

  private lower(statement: ParsedStatement, offset: number, first: number, last: number): void {
    const reader = new StatementReader(this.source, this.placement, first, last);
    try {
      statement.lower(reader, offset);
    } catch {
      // A shape of tree we do not know must not cost the file; nothing of the statement is kept half.
      reader.operations.length = 0;
      reader.emit({ kind: 'unread', reason: 'a statement that is not understood', cause: 'engine', text: reader.whole() }, reader.wholeSpan());
    }
    for (const operation of reader.operations) this.operations.push(operation);
    if (reader.body !== undefined) this.body(reader, reader.body);
    this.routines.follow(reader, () => this.source.tokens.slice(first, last), (body) => this.body(reader, body));
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
    const error = this.tryStatement(range, this.slice(range));
    if (error === undefined) return;
    const parts = splitAtSemicolons(this.source.tokens, range);
    if (parts.length > 1) for (const part of parts) this.part(part);
    else this.otherwise(range, error);
  }

  /** A piece of what an unbalanced bracket had joined. */
  private part(range: TokenRange): void {
    const error = this.tryStatement(range, this.slice(range));
    if (error !== undefined) this.otherwise(range, error);
  }

  /** Second readings: question marks as parameters, and what looked like a placeholder as it stands. */
  private otherwise(range: TokenRange, error: SqlSyntaxError): void {
    const { start, end } = this.bounds(range);
    const sql = this.slice(range);
    const readings = [this.questionMarks(range, sql), this.source.text.slice(start, end)];
    const read = readings.some((reading) => reading !== sql && this.tryStatement(range, reading) === undefined);
    if (!read) this.unread(range, error);
  }

  private bounds(range: TokenRange): { start: number; end: number } {
    return { start: this.token(range.first).start, end: this.token(range.last - 1).end };
  }

  private slice(range: TokenRange): string {
    const { start, end } = this.bounds(range);
    return this.source.sql.slice(start, end);
  }

  private tryStatement(range: TokenRange, sql: string): SqlSyntaxError | undefined {
    if (sql.length > STATEMENT_LIMIT) return new SqlSyntaxError('one statement of more than 4 MB', null);
    const nul = sql.indexOf('\0');
    if (nul >= 0) return new SqlSyntaxError('a NUL character in it ends the text for the server', nul);
    try {
      this.lowerAll(this.engine.parse(sql), this.bounds(range).start, range.first, range.last);
      return undefined;
    } catch (error) {
      if (error instanceof SqlSyntaxError) return error;
      throw error;
    }
  }

  /** Each lone question mark as a name of its length: the parameter of a driver that counts them. */
  private questionMarks(range: TokenRange, sql: string): string {
    if (!sql.includes('?')) return sql;
    const { start } = this.bounds(range);
    const characters = sql.split('');
    for (let index = range.first; index < range.last; index++) {
      const token = this.token(index);
      if (token.kind === 'operator' && token.value === '?') characters[token.start - start] = '_';
    }
    return characters.join('');
  }

  private unread(range: TokenRange, error: SqlSyntaxError): void {
    const reader = new StatementReader(this.source, this.placement, range.first, range.last);
    const whole = reader.wholeSpan();
    if (range.last - range.first === 1 && reader.isHole(this.token(range.first).value)) {
      this.operations.push(reader.placed({ kind: 'unread', reason: 'SQL that a variable holds', cause: 'dynamic', text: reader.whole() }, whole));
      return;
    }
    const index = error.position === null ? range.first : reader.indexAt(error.position + whole.start);
    const at = error.position === null || index >= range.last ? whole : reader.span(index);
    this.operations.push(reader.placed({ kind: 'unread', reason: error.message, cause: 'syntax', text: reader.whole() }, at));
  }
}
