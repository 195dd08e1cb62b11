import { parser } from '@lezer/python';
import type { Span } from '../../../operations/types.js';
import type { Module, Statement } from './nodes.js';
import { hasError, statements } from './statements.js';

/**
 * Reads a whole file. The grammar recovers otherwise from an error before CRLF
 * than before a line feed, so that it is never shown one.
 */
export function readModule(text: string): Module {
  if (!text.includes('\r\n')) return readLines(text);
  const module = readLines(text.replaceAll('\r\n', '\n'));
  move(module, offsetsWithReturns(text));
  return { ...module, text };
}

/** Offsets of a text whose CRLF are line feeds, to offsets of the text. */
function offsetsWithReturns(text: string): (offset: number) => number {
  const ends = [...text.matchAll(/\r\n/g)].map((match, index) => match.index - index);
  return (offset) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] as number) < offset) low = middle + 1;
      else high = middle;
    }
    return offset + low;
  };
}

/** Moves every span below `root`, each once. */
function move(root: object, to: (offset: number) => number): void {
  const seen = new Set<object>([root]);
  // Visited while it grows.
  for (const value of seen) {
    if ('start' in value && 'end' in value && typeof value.start === 'number' && typeof value.end === 'number') {
      value.start = to(value.start);
      value.end = to(value.end);
    } else {
      for (const child of Object.values(value) as unknown[]) if (typeof child === 'object' && child !== null) seen.add(child);
    }
  }
}

/**
 * Where the grammar stumbles, the file is read again block
 * by block, and a function line by line, so that an unclosed bracket costs one
 * statement and not everything after it.
 */
function readLines(text: string): Module {
  const tree = parser.parse(text);
  const comments: Span[] = [];
  tree.iterate({
    enter: (node) => {
      if (node.name === 'Comment') comments.push({ start: node.from, end: node.to });
    },
  });
  const whole = statements({ text, base: 0 }, tree.topNode);
  if (!hasError(tree.topNode)) return { text, statements: whole, comments };
  return { text, statements: blocksOf(text).flatMap((block) => readBlock(text, block)), comments };
}

/** What stands between triple quotes looks like code and is none. */
function longStrings(text: string): Span[] {
  return [...text.matchAll(/("""|''')[\s\S]*?\1/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function within(spans: readonly Span[], offset: number): boolean {
  return spans.some((span) => span.start < offset && offset < span.end);
}

/** A file cut before each definition that begins in the first column. */
function blocksOf(text: string): Span[] {
  const starts = [0];
  const strings = longStrings(text);
  for (const match of text.matchAll(/^(?:async\s+def\b|def\b|class\b|@)/gm)) {
    if (within(strings, match.index)) continue;
    const before = text.slice(0, match.index).trimEnd();
    // A decorator belongs to what stands under it.
    if (match.index > 0 && !/^@.*$/.test(before.slice(before.lastIndexOf('\n') + 1))) starts.push(match.index);
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

function readBlock(text: string, block: Span): Statement[] {
  const source = text.slice(block.start, block.end);
  const tree = parser.parse(source).topNode;
  const read = statements({ text: source, base: block.start }, tree);
  if (!hasError(tree)) return read;
  const [first] = read.filter((statement) => statement.kind === 'function');
  const lines = first === undefined ? null : linesOf(source, first.span.end - block.start);
  if (first === undefined || lines === null) return read;
  const body = lines.flatMap((line) => readLine(source, block.start, line));
  return [{ ...first, body }];
}

/** A function's body cut at each line that stands at the body's own indentation. */
function linesOf(source: string, from: number): Span[] | null {
  const header = /:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*([ \t]+)/.exec(source.slice(Math.max(0, from - 1)));
  const indent = header?.[1];
  if (header === null || indent === undefined) return null;
  const start = Math.max(0, from - 1) + header.index + header[0].length - indent.length;
  const starts: number[] = [];
  const strings = longStrings(source);
  for (const match of source.slice(start).matchAll(new RegExp(`^${indent}(?=[^\\s)\\]}])`, 'gm'))) {
    const at = start + match.index;
    if (within(strings, at)) continue;
    // `else:` and its kin go on with the statement above.
    if (!/^(?:else|elif|except|finally)\b/.test(source.slice(at + indent.length, at + indent.length + 8))) starts.push(at);
  }
  return starts.map((at, index) => ({ start: at + indent.length, end: starts[index + 1] ?? source.length }));
}

function readLine(source: string, base: number, line: Span): Statement[] {
  const indent = source.slice(source.lastIndexOf('\n', line.start) + 1, line.start);
  // The first line keeps its indentation, so that what belongs to it lines up.
  const head = `if 1:\n${indent}`;
  const text = head + source.slice(line.start, line.end);
  const reader = { text, base: base + line.start - head.length };
  const body = parser.parse(text).topNode.getChild('IfStatement')?.getChild('Body');
  const whole: Span = { start: base + line.start, end: base + line.start + source.slice(line.start, line.end).trimEnd().length };
  if (body === null || body === undefined) return [{ kind: 'broken', span: whole }];
  if (!hasError(body)) return statements(reader, body);
  const read = statements(reader, body).filter((statement) => statement.kind !== 'broken');
  // A compound statement may hold whole statements beside the broken one.
  const compound = read.some((statement) => statement.kind !== 'expression' && statement.kind !== 'assign');
  return compound ? [{ kind: 'broken', span: whole }, ...read] : [{ kind: 'broken', span: whole }];
}
