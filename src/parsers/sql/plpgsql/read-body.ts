import type { Operation, Span } from '../../../operations/types.js';
import type { Token } from '../../../sql/lexer.js';
import type { Placement } from '../reader.js';
import { scanSql, writtenNames, type ScannedSql } from '../scan.js';
import { concatenated, contentOf, formatted, type InnerText } from './composed.js';
import { fragmentsOf, type Fragment } from './fragments.js';

/** How statements of a text become operations; handed in, as a body can hold another. */
export type ReadStatements = (source: ScannedSql, placement: Placement) => Operation[];

/** A block in a string in a block in a string: nobody writes more, and each costs stack. */
const DEPTH_LIMIT = 8;

const DYNAMIC = 'SQL built at run time by EXECUTE';

/**
 * What a DO block does, statement by statement. EXECUTE of a constant is read
 * as what it is; of anything else it is an `unread`.
 */
export function readBody(body: Token, source: ScannedSql, placement: Placement, read: ReadStatements): Operation[] {
  const inner = contentOf(body, source.text);
  const reader = new BodyReader(inner, placement, read);
  return reader.run();
}

class BodyReader {
  private readonly scanned: ScannedSql;

  constructor(
    private readonly inner: InnerText,
    private readonly placement: Placement,
    private readonly read: ReadStatements,
  ) {
    this.scanned = scanSql(inner.text);
  }

  run(): Operation[] {
    return fragmentsOf(this.scanned.tokens).flatMap((fragment) =>
      fragment.kind === 'execute' ? this.execute(fragment) : this.statement(fragment),
    );
  }

  /** Placement of a text whose offsets `outer` takes into the body's. */
  private within(fragment: Fragment, outer: (offset: number) => number): Placement {
    const { placement, inner } = this;
    const guard = fragment.guard ?? placement.guard;
    return {
      toSpan: (start, end) => placement.toSpan(inner.outer(outer(start)), lastOffset(end, (offset) => inner.outer(outer(offset)))),
      callAt: placement.callAt,
      nextStatement: () => placement.nextStatement(),
      within: 'do',
      depth: placement.depth + 1,
      ...((fragment.conditional || placement.conditional) && { conditional: true as const }),
      ...(guard !== undefined && { guard }),
    };
  }

  private statement(fragment: Fragment): Operation[] {
    const text = blanked(this.scanned.text.slice(fragment.start, fragment.end), fragment);
    return this.read(scanSql(text), this.within(fragment, (offset) => offset + fragment.start));
  }

  private execute(fragment: Fragment): Operation[] {
    const text = this.dynamicText(fragment);
    const placement = this.within(fragment, text === null ? (offset) => offset + fragment.start : text.outer);
    if (text === null || placement.depth > DEPTH_LIMIT) return [this.unread(fragment)];
    const scanned = scanSql(text.text);
    const holes = [...scanned.holes, ...text.holes].sort((a, b) => a.start - b.start);
    const written = new Map([...scanned.written, ...writtenNames(text.written, scanned.tokens, text.holes)]);
    const operations = this.read({ ...scanned, holes, written }, placement);
    const broken = operations.some((operation) => operation.kind === 'unread' && operation.cause === 'syntax');
    return broken && text.holes.length > 0 ? [this.unread(fragment)] : operations;
  }

  /** The text that EXECUTE is given, as far as it can be known; offsets into the body. */
  private dynamicText({ first, last }: Fragment): InnerText | null {
    const tokens = this.scanned.tokens.slice(first, last);
    const { text } = this.scanned;
    const [head, open, string] = tokens;
    if (head?.kind === 'string') return tokens.length === 1 ? contentOf(head, text) : concatenated(tokens, text);
    const isFormat = head?.value === 'format' && open?.value === '(' && string?.kind === 'string';
    return isFormat && tokens.at(-1)?.value === ')' ? formatted(contentOf(string, text)) : null;
  }

  private unread(fragment: Fragment): Operation {
    const { placement, inner } = this;
    const span = placement.toSpan(inner.outer(fragment.start), lastOffset(fragment.end, inner.outer));
    return {
      kind: 'unread',
      reason: DYNAMIC,
      cause: 'dynamic',
      text: this.scanned.text.slice(fragment.start, fragment.end),
      span,
      statement: { id: placement.nextStatement(), call: placement.callAt(0), span },
      within: 'do',
      ...((fragment.conditional || placement.conditional) && { conditional: true as const }),
    };
  }
}

/** An end is behind the last character, wherever that one was written. */
function lastOffset(end: number, outer: (offset: number) => number): number {
  return end === 0 ? outer(0) : outer(end - 1) + 1;
}

/** The statement as the server gets it, same length. */
function blanked(text: string, { start, blanks, perform }: Fragment): string {
  let result = perform === true ? text.replace(/^perform/i, 'SELECT ') : text;
  for (const blank of blanks as readonly Span[]) {
    const from = blank.start - start;
    const to = blank.end - start;
    result = result.slice(0, from) + ' '.repeat(to - from) + result.slice(to);
  }
  return result;
}
