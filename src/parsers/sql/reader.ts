import type { Operation, OperationDraft, Span, Statement } from '../../operations/types.js';
import type { Token } from '../../sql/lexer.js';
import type { ScannedSql } from './scan.js';

/** Where the operations of a text belong. */
export interface Placement {
  toSpan(start: number, end: number): Span;
  /** The call of the statement that begins at an offset of the text. */
  callAt(offset: number): number;
  nextStatement(): number;
  conditional?: true;
  within?: 'do';
  guard?: 'if exists' | 'if not exists';
  /** How many bodies this text stands in: a DO block in a DO block … */
  depth: number;
}

const OPENING = new Set(['(', '[', '{']);
const CLOSING = new Set([')', ']', '}']);

/** What an engine's tree needs of its text: exact places and the author's own words. */
export class StatementReader {
  readonly tokens: readonly Token[];
  readonly statement: Statement;
  readonly operations: Operation[] = [];
  /** The body of a DO block, still to be read. */
  body: Token | undefined;
  private readonly partial: boolean;

  /** `first` and `last` are token indices, half-open; no semicolon among them. */
  constructor(
    readonly source: ScannedSql,
    readonly placement: Placement,
    readonly first: number,
    readonly last: number,
  ) {
    this.tokens = source.tokens;
    const { start, end } = this.span(first, last);
    this.statement = { id: placement.nextStatement(), call: placement.callAt(start), span: placement.toSpan(start, end) };
    this.partial = overlaps(source.holes, start, end);
  }

  /** Adds an operation of this statement; `at` is local to the text. */
  emit(draft: OperationDraft, at: Span): void {
    this.operations.push(this.placed(draft, at));
  }

  /** The draft at its place; fields that are undefined are left out. */
  placed(draft: OperationDraft, at: Span): Operation {
    const operation: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(draft)) if (value !== undefined) operation[key] = value;
    operation.span = this.placement.toSpan(at.start, at.end);
    operation.statement = this.statement;
    const { conditional, within, guard } = this.placement;
    if (conditional) operation.conditional = conditional;
    if (within) operation.within = within;
    if (this.partial) operation.partial = true;
    if (guard !== undefined) operation.guard ??= guard;
    return operation as unknown as Operation;
  }

  /** A name as its author spelt it, where a template stands in it. */
  name(masked: string): string {
    return this.source.written.get(masked) ?? masked;
  }

  isHole(masked: string): boolean {
    return this.source.written.has(masked);
  }

  // --- tokens ---------------------------------------------------------------

  token(index: number): Token | undefined {
    return index >= this.first && index < this.last ? this.tokens[index] : undefined;
  }

  /** An unquoted word in lower case, or punctuation and operators as written; '' for anything else. */
  word(index: number): string {
    const token = this.token(index);
    if (token === undefined) return '';
    return token.kind === 'word' || token.kind === 'punctuation' || token.kind === 'operator' ? token.value : '';
  }

  isName(index: number): boolean {
    const kind = this.token(index)?.kind;
    return kind === 'word' || kind === 'quotedIdentifier';
  }

  /** True when these words stand here one after the other. */
  has(index: number, ...words: readonly string[]): boolean {
    return words.every((word, offset) => this.word(index + offset) === word);
  }

  /** Index of the first token that starts at or after an offset. */
  indexAt(offset: number): number {
    let low = this.first;
    let high = this.last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.tokens[middle]?.start ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** First token of this range, outside brackets, that is one of the words; `to` when none is. */
  find(words: string | ReadonlySet<string>, from: number = this.first, to: number = this.last): number {
    for (let index = from; index < to; index++) {
      const word = this.word(index);
      if (word === '') continue;
      if (matches(words, word)) return index;
      if (CLOSING.has(word)) return to;
      if (OPENING.has(word)) index = this.close(index, to);
    }
    return to;
  }

  /** The bracket that closes the one at `open`. */
  close(open: number, to: number = this.last): number {
    let depth = 0;
    for (let index = open; index < to; index++) {
      const word = this.word(index);
      if (OPENING.has(word)) depth++;
      else if (CLOSING.has(word) && --depth === 0) return index;
    }
    return to;
  }

  /** The ranges between commas outside brackets. */
  list(from: number, to: number): { from: number; to: number }[] {
    const items: { from: number; to: number }[] = [];
    let start = from;
    while (start < to) {
      const comma = this.find(',', start, to);
      items.push({ from: start, to: comma });
      start = comma + 1;
    }
    return items;
  }

  /** The index behind a possibly qualified name. */
  afterName(index: number): number {
    let at = index + 1;
    while (this.word(at) === '.') at += 2;
    return at;
  }

  /** The first of the words' run that matches, skipped; else the index itself. */
  skip(index: number, ...words: readonly string[]): number {
    return this.has(index, ...words) ? index + words.length : index;
  }

  /** IF EXISTS and IF NOT EXISTS, skipped. */
  skipGuard(index: number): number {
    return this.skip(this.skip(index, 'if', 'not', 'exists'), 'if', 'exists');
  }

  // --- text -----------------------------------------------------------------

  span(from: number, to: number = from + 1): Span {
    const start = this.tokens[from]?.start ?? 0;
    return { start, end: Math.max(start, this.tokens[to - 1]?.end ?? start) };
  }

  /** As written, from one token up to another; '' for an empty range. */
  text(from: number, to: number): string {
    if (to <= from) return '';
    const { start, end } = this.span(from, to);
    return this.source.text.slice(start, end);
  }

  /** What stands between the brackets that open at an index. */
  inside(open: number): string {
    return this.text(open + 1, this.close(open));
  }

  whole(): string {
    return this.text(this.first, this.last);
  }

  wholeSpan(): Span {
    return this.span(this.first, this.last);
  }
}

function matches(words: string | ReadonlySet<string>, word: string): boolean {
  return typeof words === 'string' ? words === word : words.has(word);
}

function overlaps(ranges: readonly Span[], start: number, end: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.end ?? 0) <= start) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low];
  return range !== undefined && range.start < end;
}
