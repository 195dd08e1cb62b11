import type { Span } from '../../../operations/types.js';
import type { Token } from '../../../sql/lexer.js';
import { guardOf, guardOfHandler, type Guard } from './guards.js';

/** One statement of a PL/pgSQL body that reaches the database. */
export interface Fragment extends Span {
  kind: 'sql' | 'execute';
  /** Token indices, half-open: the SQL, or the expression that EXECUTE is given. */
  first: number;
  last: number;
  /** Ranges that are PL/pgSQL's own: `INTO v`. */
  blanks: Span[];
  /** PERFORM is SELECT to the server. */
  perform?: true;
  /** Runs only under a condition, in a loop or in an exception handler. */
  conditional: boolean;
  guard?: Guard;
}

interface Frame {
  conditional: boolean;
  guard?: Guard;
  /** Fragments read before the frame was opened. */
  fragments: number;
}

/** Statements that touch no table. */
const SILENT = new Set(['raise', 'null', 'get', 'open', 'fetch', 'move', 'close', 'continue', 'exit', 'assert', 'declare', 'alias']);
const INTO_STATEMENTS = new Set(['select', 'insert', 'update', 'delete', 'with', 'merge', 'values']);
const QUERY_WORDS = new Set(['select', 'with', 'insert', 'update', 'delete', 'values', 'merge']);

/** The SQL statements of a PL/pgSQL block, in the order written. Never throws. */
export function fragmentsOf(tokens: readonly Token[]): Fragment[] {
  const walk = new Walk(tokens);
  walk.run();
  return walk.fragments;
}

class Walk {
  readonly fragments: Fragment[] = [];
  private readonly frames: Frame[] = [];
  private index = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  run(): void {
    while (this.index < this.tokens.length) {
      const before = this.index;
      const control = CONTROL.get(this.word(this.index));
      if (control === undefined) this.simple();
      else control(this);
      if (this.index === before) this.index++;
    }
  }

  word(index: number): string {
    const token = this.tokens[index];
    if (token === undefined) return '';
    return token.kind === 'word' || token.kind === 'punctuation' || token.kind === 'operator' ? token.value : '';
  }

  /** Index of the word outside parentheses, or the end. CASE … END expressions are stepped over. */
  find(word: string, from: number): number {
    let depth = 0;
    for (let index = from; index < this.tokens.length; index++) {
      const value = this.word(index);
      if (depth === 0 && value === word) return index;
      if (value === '(' || value === '[' || (value === 'case' && index > from)) depth++;
      else if (value === ')' || value === ']' || (value === 'end' && depth > 0)) depth--;
    }
    return this.tokens.length;
  }

  push(conditional: boolean, guard?: Guard): void {
    this.frames.push({ conditional, fragments: this.fragments.length, ...(guard !== undefined && { guard }) });
  }

  declare(): void {
    this.index++;
    while (this.index < this.tokens.length && this.word(this.index) !== 'begin') this.index = this.find(';', this.index) + 1;
  }

  begin(): void {
    this.push(false);
    this.index++;
  }

  /** IF … THEN and ELSIF … THEN. */
  condition(opens: boolean): void {
    const then = this.find('then', this.index + 1);
    const guard = guardOf(this.tokens.slice(this.index + 1, then));
    if (!opens) this.frames.pop();
    this.push(true, guard);
    this.index = then + 1;
  }

  otherwise(): void {
    const frame = this.frames.at(-1);
    if (frame !== undefined) delete frame.guard;
    this.index++;
  }

  /** FOR, FOREACH, WHILE and LOOP; a FOR over a query reads it. */
  loop(): void {
    const loop = this.find('loop', this.index);
    const source = this.find('in', this.index + 1) + 1;
    if (this.word(this.index) === 'for' && source < loop) this.loopSource(source, loop);
    this.push(true);
    this.index = loop + 1;
  }

  private loopSource(source: number, loop: number): void {
    if (this.word(source) === 'execute') this.execute(source + 1, loop);
    else if (QUERY_WORDS.has(this.word(source))) this.add('sql', source, loop);
  }

  caseStatement(): void {
    this.push(true);
    this.index = this.find('when', this.index + 1);
  }

  when(): void {
    this.index = this.find('then', this.index + 1) + 1;
  }

  /** EXCEPTION WHEN … THEN: what stands in the block runs, its handlers only sometimes. */
  exception(): void {
    if (this.word(this.index + 1) !== 'when') {
      this.simple();
      return;
    }
    const then = this.find('then', this.index + 1);
    const frame = this.frames.at(-1);
    const guard = guardOfHandler(this.tokens.slice(this.index + 2, then));
    if (frame !== undefined) {
      if (guard !== undefined) for (const fragment of this.fragments.slice(frame.fragments)) fragment.guard ??= guard;
      frame.conditional = true;
    }
    this.index = then + 1;
  }

  end(): void {
    this.frames.pop();
    this.index = this.find(';', this.index) + 1;
  }

  label(): void {
    this.index += 3;
  }

  simple(): void {
    const first = this.index;
    const last = this.find(';', first);
    this.index = last + 1;
    const word = this.word(first);
    if (last === first || SILENT.has(word) || this.isAssignment(first)) return;
    if (word === 'execute') this.execute(first + 1, last);
    else if (word === 'return') this.returned(first, last);
    else this.add('sql', first, last);
  }

  /** `name := …`, `name.field = …`, `name[1] := …`. */
  private isAssignment(first: number): boolean {
    let index = first + 1;
    while (this.word(index) === '.' || this.word(index) === '[') index = this.word(index) === '.' ? index + 2 : this.find(']', index + 1) + 1;
    return this.word(index) === ':=' || this.word(index) === '=';
  }

  private returned(first: number, last: number): void {
    if (this.word(first + 1) !== 'query') return;
    if (this.word(first + 2) === 'execute') this.execute(first + 3, last);
    else this.add('sql', first + 2, last);
  }

  private execute(first: number, last: number): void {
    const end = Math.min(last, this.find('into', first), this.find('using', first));
    this.add('execute', first, end);
  }

  private add(kind: Fragment['kind'], first: number, last: number): void {
    const start = this.tokens[first]?.start;
    const end = this.tokens[last - 1]?.end;
    if (start === undefined || end === undefined || last <= first) return;
    const guard = this.frames.findLast((frame) => frame.guard !== undefined)?.guard;
    this.fragments.push({
      kind,
      start,
      end,
      first,
      last,
      blanks: kind === 'sql' && INTO_STATEMENTS.has(this.word(first)) ? this.into(first, last) : [],
      ...(this.word(first) === 'perform' && { perform: true as const }),
      conditional: this.frames.some((frame) => frame.conditional),
      ...(guard !== undefined && { guard }),
    });
  }

  /** `INTO [STRICT] a, b.c`: where PL/pgSQL puts the row. */
  private into(first: number, last: number): Span[] {
    let at = this.find('into', first);
    while (at < last && (this.word(at - 1) === 'insert' || this.word(at - 1) === 'merge')) at = this.find('into', at + 1);
    if (at >= last) return [];
    const end = this.afterTargets(this.word(at + 1) === 'strict' ? at + 2 : at + 1);
    return [{ start: this.tokens[at]?.start ?? 0, end: this.tokens[Math.min(end, last) - 1]?.end ?? 0 }];
  }

  private afterTargets(first: number): number {
    let index = first + 1;
    while (this.word(index) === '.' || this.word(index) === ',') index += 2;
    return index;
  }
}

const CONTROL: ReadonlyMap<string, (walk: Walk) => void> = new Map<string, (walk: Walk) => void>([
  ['declare', (walk) => walk.declare()],
  ['begin', (walk) => walk.begin()],
  ['if', (walk) => walk.condition(true)],
  ['elsif', (walk) => walk.condition(false)],
  ['elseif', (walk) => walk.condition(false)],
  ['else', (walk) => walk.otherwise()],
  ['loop', (walk) => walk.loop()],
  ['for', (walk) => walk.loop()],
  ['foreach', (walk) => walk.loop()],
  ['while', (walk) => walk.loop()],
  ['case', (walk) => walk.caseStatement()],
  ['when', (walk) => walk.when()],
  ['exception', (walk) => walk.exception()],
  ['end', (walk) => walk.end()],
  ['<<', (walk) => walk.label()],
]);
