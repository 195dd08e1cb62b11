import { decodeEscapes, decodeUnicode, isDigit, isNameChar, isNameStart, isSpace, OPERATOR_CHARACTERS } from './characters.js';

/**
 * PostgreSQL's lexical rules without its parser: what splits files into
 * statements, finds comments, and locates words inside a parsed statement.
 * `standard_conforming_strings` is taken to be on, as it is since 9.1.
 */

export type TokenKind =
  | 'word'
  | 'quotedIdentifier'
  | 'string'
  | 'number'
  | 'operator'
  | 'punctuation'
  | 'comment'
  | 'parameter';

export type StringForm = 'plain' | 'escape' | 'unicode' | 'bit' | 'hex' | 'national' | 'dollar';

/** Offsets are UTF-16 units into the text handed in, half-open. */
export interface Token {
  kind: TokenKind;
  start: number;
  end: number;
  /**
   * word: folded to lower case; quotedIdentifier and string: without quotes,
   * escapes resolved; everything else: as written. Strings that PostgreSQL
   * would join across a line break stay separate tokens.
   */
  value: string;
  form?: StringForm;
  /** The text ended inside it; `end` is then the end of the text. */
  unterminated?: true;
}

export interface ScannerOptions {
  start?: number;
  end?: number;
}

const UPPER = /[A-Z]+/g;
const QUOTE = 39;
const DOUBLE_QUOTE = 34;
const DOLLAR = 36;

/** Every token of a text, comments included, white space left out. Never throws. */
export function tokenize(text: string, start = 0, end: number = text.length): Token[] {
  const scanner = new Scanner(text, { start, end });
  const tokens: Token[] = [];
  for (let token = scanner.next(); token !== null; token = scanner.next()) tokens.push(token);
  return tokens;
}

/** The same, one token at a time; `offset` may be moved between calls to skip what is not SQL. */
export class Scanner implements Iterable<Token> {
  offset: number;
  private readonly end: number;

  constructor(
    private readonly text: string,
    options: ScannerOptions = {},
  ) {
    this.offset = options.start ?? 0;
    this.end = Math.min(options.end ?? text.length, text.length);
  }

  *[Symbol.iterator](): Iterator<Token> {
    for (let token = this.next(); token !== null; token = this.next()) yield token;
  }

  next(): Token | null {
    const { text, end } = this;
    let offset = this.offset;
    while (offset < end && isSpace(text.charCodeAt(offset))) offset++;
    this.offset = offset;
    if (offset >= end) return null;
    const code = text.charCodeAt(offset);
    if (isNameStart(code)) return this.prefixedString(code) ?? this.word();
    if (isDigit(code)) return this.number();
    return this.quoted(code) ?? this.symbol(code);
  }

  private quoted(code: number): Token | null {
    switch (code) {
      case QUOTE:
        return this.string('plain', this.offset + 1);
      case DOUBLE_QUOTE:
        return this.identifier(this.offset + 1, false);
      case DOLLAR:
        return this.dollar();
      case 45: // -
        return this.code(1) === 45 ? this.lineComment() : null;
      case 47: // /
        return this.code(1) === 42 ? this.blockComment() : null;
      default:
        return null;
    }
  }

  private symbol(code: number): Token {
    switch (code) {
      case 46: // .5 is a number, but not the tail of 1..5
        if (isDigit(this.code(1)) && this.code(-1) !== 46) return this.number();
        return this.take('punctuation', this.code(1) === 46 ? 2 : 1);
      case 58: // :name, ::, :=
        return this.placeholder() ?? this.take('punctuation', this.code(1) === 58 || this.code(1) === 61 ? 2 : 1);
      case 37: // %(name)s
        return this.placeholder() ?? this.operator();
      default:
        return OPERATOR_CHARACTERS.has(code) ? this.operator() : this.take('punctuation', 1);
    }
  }

  /** Code unit at a distance from the offset, NaN outside the text. */
  private code(distance: number): number {
    const at = this.offset + distance;
    return at < this.end ? this.text.charCodeAt(at) : NaN;
  }

  private take(kind: TokenKind, length: number): Token {
    return this.finish(kind, this.offset + length);
  }

  private finish(kind: TokenKind, end: number, value?: string): Token {
    const start = this.offset;
    this.offset = end;
    return { kind, start, end, value: value ?? this.text.slice(start, end) };
  }

  private word(): Token {
    const { text, end } = this;
    let at = this.offset + 1;
    let upper = text.charCodeAt(this.offset) < 97;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (!isNameChar(code)) break;
      if (code < 97) upper = true;
    }
    const written = text.slice(this.offset, at);
    // The server folds ASCII only in a multi-byte encoding.
    return this.finish('word', at, upper ? written.replace(UPPER, (letters) => letters.toLowerCase()) : written);
  }

  /** E'', B'', X'', N'', U&'' and U&"": a letter that touches its quote. */
  private prefixedString(code: number): Token | null {
    const next = this.code(1);
    if (next === QUOTE) {
      const form = STRING_PREFIXES.get(code | 32);
      return form === undefined ? null : this.string(form, this.offset + 2);
    }
    if (next !== 38 || (code | 32) !== 117) return null;
    const third = this.code(2);
    if (third === QUOTE) return this.string('unicode', this.offset + 3);
    return third === DOUBLE_QUOTE ? this.identifier(this.offset + 3, true) : null;
  }

  /** `from` is the first character of the content. */
  private string(form: StringForm, from: number): Token {
    const { text, end } = this;
    let at = from;
    let doubled = false;
    for (; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === 92 && form === 'escape') at++;
      else if (code === QUOTE) {
        if (at + 1 >= end || text.charCodeAt(at + 1) !== QUOTE) break;
        doubled = true;
        at++;
      }
    }
    const closed = at < end;
    let value = text.slice(from, closed ? at : end);
    if (form === 'escape') value = decodeEscapes(value);
    else if (doubled) value = value.replaceAll("''", "'");
    if (form === 'unicode') value = decodeUnicode(value);
    return this.close('string', closed ? at + 1 : end, value, closed, form);
  }

  private identifier(from: number, unicode: boolean): Token {
    const { text, end } = this;
    let at = from;
    let doubled = false;
    for (; at < end; at++) {
      if (text.charCodeAt(at) !== DOUBLE_QUOTE) continue;
      if (at + 1 >= end || text.charCodeAt(at + 1) !== DOUBLE_QUOTE) break;
      doubled = true;
      at++;
    }
    const closed = at < end;
    let value = text.slice(from, closed ? at : end);
    if (doubled) value = value.replaceAll('""', '"');
    if (unicode) value = decodeUnicode(value);
    return this.close('quotedIdentifier', closed ? at + 1 : end, value, closed);
  }

  private close(kind: TokenKind, end: number, value: string, closed: boolean, form?: StringForm): Token {
    const token = this.finish(kind, end, value);
    if (form !== undefined) token.form = form;
    if (!closed) token.unterminated = true;
    return token;
  }

  /** `$1`, `$tag$ … $tag$`, `$name` and `${name}` of a template. */
  private dollar(): Token {
    const end = this.whileTrue(isDigit);
    if (end > this.offset + 1) return this.finish('parameter', end);
    const tag = this.whileTrue((code) => isNameChar(code) && code !== DOLLAR);
    if (tag < this.end && this.text.charCodeAt(tag) === DOLLAR) return this.dollarString(tag + 1);
    const brace = this.code(1) === 123 ? this.text.indexOf('}', this.offset) : -1;
    if (brace !== -1 && brace < this.end) return this.finish('parameter', brace + 1);
    return this.finish(tag > this.offset + 1 ? 'parameter' : 'punctuation', tag);
  }

  /** Where a run of such characters behind the first one ends. */
  private whileTrue(belongs: (code: number) => boolean): number {
    let at = this.offset + 1;
    while (at < this.end && belongs(this.text.charCodeAt(at))) at++;
    return at;
  }

  private dollarString(from: number): Token {
    const tag = this.text.slice(this.offset, from);
    const found = this.text.indexOf(tag, from);
    const closed = found !== -1 && found + tag.length <= this.end;
    const stop = closed ? found : this.end;
    return this.close('string', closed ? found + tag.length : this.end, this.text.slice(from, stop), closed, 'dollar');
  }

  /** The line break belongs to no token. */
  private lineComment(): Token {
    const { text, end } = this;
    let at = this.offset + 2;
    while (at < end && text.charCodeAt(at) !== 10 && text.charCodeAt(at) !== 13) at++;
    return this.finish('comment', at);
  }

  /** Nests, as the standard says and C does not. */
  private blockComment(): Token {
    const { text, end } = this;
    let depth = 1;
    let at = this.offset + 2;
    while (at < end && depth > 0) {
      const code = text.charCodeAt(at);
      const next = at + 1 < end ? text.charCodeAt(at + 1) : NaN;
      if (code === 42 && next === 47) {
        depth--;
        at += 2;
      } else if (code === 47 && next === 42) {
        depth++;
        at += 2;
      } else at++;
    }
    const token = this.finish('comment', at);
    if (depth > 0) token.unterminated = true;
    return token;
  }

  /** 1, 1.5, .5, 1e-3, 1_000, 0x1F, 0o17, 0b1; `1..5` is a number and two dots. */
  private number(): Token {
    NUMBER.lastIndex = this.offset;
    const match = NUMBER.exec(this.text);
    const end = match === null ? this.offset + 1 : NUMBER.lastIndex;
    return this.finish('number', Math.min(end, this.end));
  }

  /**
   * `:name`, `:'name'`, `:"name"`, `%(name)s`, `%s`. A colon that touches what
   * stands before it is an array slice or a cast, as in every driver.
   */
  private placeholder(): Token | null {
    const before = this.offset > 0 ? this.text.charCodeAt(this.offset - 1) : 32;
    if (isNameChar(before) || before === 58 || before === 92 || before === 93) return null;
    PLACEHOLDER.lastIndex = this.offset;
    if (!PLACEHOLDER.test(this.text) || PLACEHOLDER.lastIndex > this.end) return null;
    return this.finish('parameter', PLACEHOLDER.lastIndex);
  }

  /**
   * Longest run of operator characters that opens no comment; one that ends in
   * + or - gives them back unless a character stands in it that no standard
   * operator has (`=-1` is `=` and `-1`, `@-` is one operator).
   */
  private operator(): Token {
    const { text } = this;
    let at = this.offset;
    let special = false;
    while (at < this.end && OPERATOR_CHARACTERS.has(text.charCodeAt(at)) && !this.opensComment(at)) {
      if (SPECIAL_OPERATORS.has(text.charCodeAt(at))) special = true;
      at++;
    }
    while (!special && at > this.offset + 1 && SIGNS.has(text.charCodeAt(at - 1))) at--;
    return this.finish('operator', at);
  }

  private opensComment(at: number): boolean {
    if (at + 1 >= this.end) return false;
    return this.text.startsWith('--', at) || this.text.startsWith('/*', at);
  }
}

const SIGNS = new Set([43, 45]);
const STRING_PREFIXES: ReadonlyMap<number, StringForm> = new Map([
  [98, 'bit'],
  [101, 'escape'],
  [110, 'national'],
  [120, 'hex'],
]);
const SPECIAL_OPERATORS = new Set([...'~!@#%^&|`?'].map((character) => character.charCodeAt(0)));
const NUMBER = /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?/y;
const PLACEHOLDER = /:[A-Za-z_]\w*(?!:)|:'[^'\n]*'|:"[^"\n]*"|%\(\w+\)s(?!\w)|%s(?!\w)/y;
