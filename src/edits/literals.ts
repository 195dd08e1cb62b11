/** A string of a program, quotes included. Offsets in UTF-16 units, `end` exclusive. */
export interface Literal {
  start: number;
  end: number;
  /** What closes it: one quote, three, or a backtick. */
  quote: string;
  /** A backslash in it is a backslash. */
  raw: boolean;
}

/** After these a slash divides; after anything else it begins a regular expression. */
const OPERAND = /[\w$)\]}]\s*$/;
const BEFORE_EXPRESSION = /(?:^|[^\w$.])(?:return|typeof|case|in|of|delete|void|throw|new|await|yield|else|do)\s*$/;

class Scanner {
  readonly literals: Literal[] = [];
  #at = 0;

  constructor(
    private readonly text: string,
    private readonly python: boolean,
  ) {}

  scan(): Literal[] {
    while (this.#at < this.text.length) this.#step();
    return this.literals.sort((a, b) => a.start - b.start);
  }

  #step(): void {
    const { text } = this;
    const character = text.charAt(this.#at);
    if (character === '"' || character === "'") this.#string();
    else if (this.python) this.#at = character === '#' ? this.#lineEnd() : this.#at + 1;
    else if (character === '`') this.#template();
    else if (character === '/') this.#slash();
    else this.#at++;
  }

  #lineEnd(): number {
    const end = this.text.indexOf('\n', this.#at);
    return end < 0 ? this.text.length : end;
  }

  #slash(): void {
    const { text } = this;
    if (text.startsWith('//', this.#at)) this.#at = this.#lineEnd();
    else if (text.startsWith('/*', this.#at)) {
      const end = text.indexOf('*/', this.#at + 2);
      this.#at = end < 0 ? text.length : end + 2;
    } else if (this.#divides()) this.#at++;
    else this.#at += /^\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//.exec(text.slice(this.#at, this.#at + 2000))?.[0].length ?? 1;
  }

  #divides(): boolean {
    const before = this.text.slice(Math.max(this.#at - 40, 0), this.#at);
    return OPERAND.test(before) && !BEFORE_EXPRESSION.test(before);
  }

  #string(): void {
    const { text } = this;
    const start = this.#at;
    const character = text.charAt(start);
    const quote = this.python && text.startsWith(character.repeat(3), start) ? character.repeat(3) : character;
    const prefix = this.python ? (/[A-Za-z]{1,2}$/.exec(text.slice(Math.max(start - 2, 0), start))?.[0] ?? '') : '';
    let at = start + quote.length;
    while (at < text.length && !text.startsWith(quote, at)) {
      // A line ends what nobody closed.
      if (quote.length === 1 && text.charAt(at) === '\n') break;
      at += text.charAt(at) === '\\' ? (text.startsWith('\r\n', at + 1) ? 3 : 2) : 1;
    }
    this.#at = Math.min(at + quote.length, text.length);
    this.literals.push({ start, end: this.#at, quote, raw: /r/i.test(prefix) });
  }

  #template(): void {
    const { text } = this;
    const start = this.#at++;
    while (this.#at < text.length && text.charAt(this.#at) !== '`') {
      if (text.charAt(this.#at) === '\\') this.#at += 2;
      else if (text.startsWith('${', this.#at)) this.#hole();
      else this.#at++;
    }
    this.#at = Math.min(this.#at + 1, text.length);
    const tag = /(\w+)\s*$/.exec(text.slice(Math.max(start - 40, 0), start))?.[1] ?? '';
    this.literals.push({ start, end: this.#at, quote: '`', raw: tag === 'raw' });
  }

  #hole(): void {
    this.#at += 2;
    for (let depth = 1; this.#at < this.text.length && depth > 0; ) {
      const character = this.text.charAt(this.#at);
      if (character === '{') depth++;
      if (character === '}') depth--;
      this.#step();
    }
  }
}

/** The strings of a file in TypeScript, JavaScript or Python, in order of their starts. */
export function literalsOf(text: string, language: 'javascript' | 'python'): readonly Literal[] {
  if (last?.text !== text || last.language !== language) last = { text, language, literals: new Scanner(text, language === 'python').scan() };
  return last.literals;
}

/** Each finding of a file asks. */
let last: { text: string; language: 'javascript' | 'python'; literals: readonly Literal[] } | null = null;

/** The string that holds an offset, the innermost of several; null outside of strings. */
export function literalAt(literals: readonly Literal[], offset: number): Literal | null {
  return literals.findLast(({ start, end }) => start < offset && offset < end) ?? null;
}

/** What stands for `text` inside a string; null where that cannot be written. */
export function escaped(text: string, { quote, raw }: Literal): string | null {
  const character = quote.charAt(0);
  if (raw) return text.includes(character) || text.includes('\\') || text.includes('\n') ? null : text;
  const written = text.replaceAll('\\', '\\\\').replaceAll(character, `\\${character}`);
  if (quote === '`') return written.replaceAll('${', '\\${');
  return quote.length === 1 ? written.replaceAll('\n', '\\n') : written;
}
