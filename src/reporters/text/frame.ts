import type { Position } from '../../finding.js';
import { neutral } from '../neutral.js';
import { columnsOf } from './width.js';

const TAB = 4;

/** One line of source as a terminal shows it, and where each of its UTF-16 units begins there. */
interface Shown {
  cells: { text: string; width: number }[];
  /** Column of each unit, and of the end. */
  columns: number[];
}

function shown(line: string): Shown {
  const cells: Shown['cells'] = [];
  const columns: number[] = [];
  let column = 0;
  for (const character of line) {
    const text = character === '\t' ? ' '.repeat(TAB - (column % TAB)) : neutral(character);
    const width = text === character ? columnsOf(character) : text.length;
    for (let unit = 0; unit < character.length; unit++) columns.push(column);
    cells.push({ text, width });
    column += width;
  }
  columns.push(column);
  return { cells, columns };
}

/** The columns `from` to `to` of a line; what is cut off is marked by an ellipsis. */
function clipped({ cells, columns }: Shown, from: number, to: number): string {
  const end = columns.at(-1) ?? 0;
  let text = '';
  let column = 0;
  for (const cell of cells) {
    const next = column + cell.width;
    if (column >= from && next <= to) text += cell.text;
    column = next;
  }
  // Neutral again as a whole: a command may be spread over several characters.
  const cut = neutral(text);
  return `${from > 0 ? `…${cut.slice(1)}` : cut}${end > to ? '…' : ''}`;
}

export interface FrameLine {
  /** Line number for a line of source, null for the marks under one. */
  number: number | null;
  marked: boolean;
  text: string;
}

const BLANK = /^\s*$/;

/** Columns that stay visible left of a mark too long to be shown whole. */
const LEAD = 20;
/** Columns of the line that stay visible after a mark. */
const TRAIL = 8;

/** The first column shown: further right only where the marks would not be in sight, and no further than that takes. */
function windowStart(first: number, last: number, width: number): number {
  const hidden = last + 2 - width;
  if (hidden <= 0) return 0;
  const long = last - first > width / 2;
  if (long) return first < width - LEAD ? 0 : first - LEAD;
  return Math.min(first - 2, hidden + TRAIL);
}

/**
 * The line a finding begins on with its neighbours and carets under the part
 * that matters, no line wider than `width`. Empty when the text is not at hand.
 */
export function frame(source: readonly string[], start: Position, end: Position, width: number): FrameLine[] {
  const line = source[start.line - 1];
  if (line === undefined) return [];
  const main = shown(line);
  const first = main.columns[Math.min(start.column - 1, line.length)] ?? 0;
  const lineEnd = main.columns[line.trimEnd().length] ?? 0;
  const last = end.line > start.line ? lineEnd : (main.columns[Math.min(end.column - 1, line.length)] ?? lineEnd);

  const from = windowStart(first, last, width);
  const to = from + width - 1 >= lineEnd ? lineEnd : from + width - 1;
  const carets = Math.max(1, Math.min(last, to) - first);

  const lines: FrameLine[] = [];
  const neighbour = (number: number): void => {
    const text = source[number - 1];
    if (text === undefined || BLANK.test(text)) return;
    const own = shown(text.trimEnd());
    const ownEnd = own.columns.at(-1) ?? 0;
    if (ownEnd <= from + 1) return;
    lines.push({ number, marked: false, text: clipped(own, from, ownEnd <= from + width ? ownEnd : from + width - 1).trimEnd() });
  };
  neighbour(start.line - 1);
  lines.push({ number: start.line, marked: true, text: clipped(main, from, to).trimEnd() });
  lines.push({ number: null, marked: false, text: ' '.repeat(first - from) + '^'.repeat(carets) });
  neighbour(start.line + 1);
  return lines;
}
