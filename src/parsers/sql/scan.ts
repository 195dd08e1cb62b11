import type { SourceComment } from '../../operations/migration.js';
import type { Span } from '../../operations/types.js';
import { Scanner, tokenize, type Token } from '../../sql/lexer.js';

/** A psql command, which the server never sees. */
export interface MetaCommand {
  span: Span;
  /** Without the backslash: `i`, `gexec`. */
  name: string;
}

/** A text cut into tokens and statements, before any grammar. */
export interface ScannedSql {
  /** As written. */
  text: string;
  /**
   * What the grammar is given, same length: placeholders stand as names or
   * parameters, psql commands and COPY data as blanks.
   */
  sql: string;
  /** Tokens of `sql`, comments left out. */
  tokens: Token[];
  comments: SourceComment[];
  /** Where a template leaves something open. */
  holes: Span[];
  /** Masked names back to what was written: `__schema_` is `${schema}`. */
  written: ReadonlyMap<string, string>;
  metaCommands: MetaCommand[];
  /** Offsets of Drizzle's breakpoints: what stands between two of them is one call. */
  breaks: number[];
}

const BREAKPOINT = /^--\s*>\s*statement-breakpoint/;
/** Space for two characters in front of the words keeps the length: `--> x` becomes `;-- x`. */
const BREAKPOINT_MASK = ';--';

interface Mask {
  span: Span;
  text: string;
}

/**
 * One pass over the text. What is not SQL is blanked, so that every offset of
 * the result is an offset of the text.
 */
export function scanSql(text: string): ScannedSql {
  const pass = new Pass(text);
  pass.run();
  if (pass.masks.length === 0) {
    const { tokens, comments, holes, breaks } = pass;
    return { text, sql: text, tokens, comments, holes, written: NOTHING, metaCommands: [], breaks };
  }
  const sql = applyMasks(text, pass.masks);
  const tokens = tokenize(sql).filter((token) => token.kind !== 'comment');
  const { comments, holes, metaCommands, breaks } = pass;
  return { text, sql, tokens, comments, holes, written: writtenNames(text, tokens, holes), metaCommands, breaks };
}

const NOTHING: ReadonlyMap<string, string> = new Map();

class Pass {
  readonly tokens: Token[] = [];
  readonly comments: SourceComment[] = [];
  readonly holes: Span[] = [];
  readonly masks: Mask[] = [];
  readonly metaCommands: MetaCommand[] = [];
  readonly breaks: number[] = [];
  private readonly scanner: Scanner;
  /** First token of the statement at hand, for `COPY … FROM stdin`. */
  private statement = 0;

  constructor(private readonly text: string) {
    this.scanner = new Scanner(text);
  }

  run(): void {
    for (let token = this.scanner.next(); token !== null; token = this.scanner.next()) this.take(token);
  }

  private take(token: Token): void {
    if (token.kind === 'comment') {
      this.comment(token);
      return;
    }
    if (token.kind === 'quotedIdentifier' && this.quotedTemplate(token)) return;
    if (token.kind === 'punctuation' && (this.template(token) || this.metaCommand(token))) return;
    if (token.kind === 'parameter') this.placeholder(token);
    else if (token.value === ';' && token.kind === 'punctuation') this.endOfStatement(token);
    this.tokens.push(token);
  }

  private comment(token: Token): void {
    const { start, end } = token;
    const written = this.text.slice(start, end);
    this.comments.push({ span: { start, end }, text: commentText(written, token.unterminated === true) });
    if (!BREAKPOINT.test(written)) return;
    this.breaks.push(start);
    const last = this.tokens.at(-1);
    if (last === undefined || last.value === ';') return;
    this.masks.push({ span: { start, end: start + BREAKPOINT_MASK.length }, text: BREAKPOINT_MASK });
    this.statement = this.tokens.length;
  }

  private placeholder(token: Token): void {
    const span = { start: token.start, end: token.end };
    this.holes.push(span);
    const text = maskOf(this.text.slice(token.start, token.end));
    if (text !== null) this.masks.push({ span, text });
  }

  /** `{{ … }}` of Go templates, Jinja and the like. */
  private template(token: Token): boolean {
    if (token.value !== '{' || this.text[token.start + 1] !== '{') return false;
    const close = this.text.indexOf('}}', token.start);
    if (close === -1) return false;
    const span = { start: token.start, end: close + 2 };
    this.holes.push(span);
    this.masks.push({ span, text: nameMask(this.text.slice(span.start, span.end)) });
    this.scanner.offset = span.end;
    return true;
  }

  /** `"{{ index .Options "Name" }}"` is one name, whatever quotes stand in the template. */
  private quotedTemplate(token: Token): boolean {
    QUOTED_TEMPLATE.lastIndex = token.start;
    const match = QUOTED_TEMPLATE.exec(this.text);
    if (match === null) {
      if (TEMPLATE.test(token.value)) this.holes.push({ start: token.start, end: token.end });
      return false;
    }
    const span = { start: token.start, end: QUOTED_TEMPLATE.lastIndex };
    this.holes.push(span);
    this.masks.push({ span, text: nameMask(match[0]) });
    this.scanner.offset = span.end;
    return true;
  }

  private metaCommand(token: Token): boolean {
    if (token.value !== '\\') return false;
    // `\\;` ends a statement that psql holds back to send with the next one.
    if (this.text[token.end] === ';') {
      this.blank(token, ' ');
      return true;
    }
    META_COMMAND.lastIndex = token.start;
    const name = META_COMMAND.exec(this.text)?.[1];
    if (name === undefined) return false;
    const span = { start: token.start, end: endOfLine(this.text, token.start) };
    this.metaCommands.push({ span, name });
    this.blank(span, name.startsWith('g') ? ';' : ' ');
    this.scanner.offset = span.end;
    return true;
  }

  private endOfStatement(token: Token): void {
    const first = this.statement;
    this.statement = this.tokens.length + 1;
    if (this.tokens[first]?.value !== 'copy' || !this.readsStandardInput(first)) return;
    COPY_END.lastIndex = token.end;
    const start = endOfLine(this.text, token.end);
    const end = COPY_END.exec(this.text) === null ? this.text.length : COPY_END.lastIndex;
    if (end <= start) return;
    this.blank({ start, end }, ' ');
    this.scanner.offset = end;
  }

  private readsStandardInput(first: number): boolean {
    for (let index = first; index + 1 < this.tokens.length; index++) {
      if (this.tokens[index]?.value === 'from' && this.tokens[index + 1]?.value === 'stdin') return true;
    }
    return false;
  }

  private blank(span: Span, first: string): void {
    this.masks.push({ span, text: first + ' '.repeat(Math.max(0, span.end - span.start - 1)) });
  }
}

const QUOTED_TEMPLATE = /"\{\{[^\n]*?\}\}"/y;
const TEMPLATE = /\{\{[^}]*\}\}|\$\{[^}]*\}/;
const META_COMMAND = /\\([A-Za-z]+|[!?])/y;
const COPY_END = /^\\\.[ \t]*\r?$/gm;

function endOfLine(text: string, from: number): number {
  const line = text.indexOf('\n', from);
  return line === -1 ? text.length : line;
}

function commentText(written: string, unterminated: boolean): string {
  if (written.startsWith('--')) return written.slice(2).trim();
  return written.slice(2, unterminated ? undefined : -2).trim();
}

/** Same length, and of the lexical kind that stands there: a name where either a name or a value can stand. Null for what PostgreSQL itself reads. */
function maskOf(written: string): string | null {
  const second = written.charCodeAt(1);
  if (written.startsWith(':')) return second === 39 || second === 34 ? ` ${written.slice(1)}` : nameMask(written);
  return second >= 48 && second <= 57 ? null : nameMask(written);
}

function nameMask(written: string): string {
  return written.replace(/[^A-Za-z0-9_]/g, '_').replace(/^[^_]/, '_');
}

function applyMasks(text: string, masks: readonly Mask[]): string {
  const parts: string[] = [];
  let from = 0;
  for (const { span, text: mask } of masks) {
    parts.push(text.slice(from, span.start), mask);
    from = span.end;
  }
  parts.push(text.slice(from));
  return parts.join('');
}

/** Each name that a template stands in, as its author wrote it. */
export function writtenNames(text: string, tokens: readonly Token[], holes: readonly Span[]): ReadonlyMap<string, string> {
  const written = new Map<string, string>();
  let hole = 0;
  for (const token of tokens) {
    while (hole < holes.length && (holes[hole]?.end ?? 0) <= token.start) hole++;
    if (hole === holes.length) break;
    if (token.kind === 'word' && (holes[hole]?.start ?? Infinity) < token.end) {
      written.set(token.value, text.slice(token.start, token.end));
    }
  }
  return written;
}
