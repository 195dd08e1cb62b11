import type { Position } from './finding.js';

/** Turns offsets into lines and columns; the line starts are found once per text. */
export class SourceLines {
  readonly #starts: number[] = [0];
  readonly #length: number;

  constructor(text: string) {
    this.#length = text.length;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      // A lone carriage return ends a line too; CRLF ends one, not two.
      if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) this.#starts.push(at + 1);
    }
  }

  /** Line and column count from 1; an offset past the end is the end. */
  position(offset: number): Position {
    const at = Math.min(Math.max(offset, 0), this.#length);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (this.#starts[low] as number) + 1, offset: at };
  }

  /** The offset of a line and column, both counted from 1. */
  offset(line: number, column: number): number {
    const start = this.#starts[Math.min(Math.max(line, 1), this.#starts.length) - 1] as number;
    return Math.min(start + Math.max(column, 1) - 1, this.#length);
  }

  get count(): number {
    return this.#starts.length;
  }
}
