/** `\r\n` where the first line of a text ends so. */
export function lineEnd(text: string): string {
  return /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
}

/** Offset of the end of the line that `offset` lies in, before its line break. */
export function endOfLine(text: string, offset: number): number {
  const at = text.indexOf('\n', offset);
  if (at < 0) return text.length;
  return text[at - 1] === '\r' ? at - 1 : at;
}

/** Offset of the first character of the line that `offset` lies in. */
export function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Inserts lines after the one that `offset` lies in: one insertion, whatever the file ends with. */
export function insertAfter(text: string, offset: number, lines: readonly string[]): string {
  const at = endOfLine(text, offset);
  const end = lineEnd(text);
  return text.slice(0, at) + lines.map((line) => end + line).join('') + text.slice(at);
}

/** Inserts lines after the last one that says something. */
export function append(text: string, lines: readonly string[]): string {
  if (text === '') return lines.join('\n');
  return insertAfter(text, text.trimEnd().length, lines);
}

interface Line {
  /** Without the line break. */
  text: string;
  start: number;
}

function linesOf(text: string): Line[] {
  let start = 0;
  return text.split('\n').map((line) => {
    const one = { text: line.replace(/\r$/, ''), start };
    start += line.length + 1;
    return one;
  });
}

function matchesAt(lines: readonly Line[], at: number, wanted: readonly string[]): boolean {
  const solid = wanted.findIndex((line) => line !== '');
  const indent = /^[ \t]*/.exec(lines[at + solid]?.text ?? '')?.[0] ?? '';
  const outer = indent.slice(0, Math.max(0, indent.length - (/^ */.exec(wanted[solid] ?? '')?.[0].length ?? 0)));
  return wanted.every((line, index) => lines[at + index]?.text === (line === '' ? '' : outer + line));
}

/** The text without lines that `insertAfter` put there, at whatever depth; null where they are not. */
export function removeLines(text: string, wanted: readonly string[]): string | null {
  const lines = linesOf(text);
  const at = lines.findIndex((_, index) => matchesAt(lines, index, wanted));
  const first = lines[at];
  const last = lines[at + wanted.length - 1];
  if (first === undefined || last === undefined) return null;
  const end = last.start + last.text.length;
  // The line break that came with the first line stands before it.
  if (first.start > 0) return text.slice(0, endOfLine(text, startOfLine(text, first.start - 1))) + text.slice(end);
  return text.slice(end).replace(/^\r?\n/, '');
}

/** Without the first of several blocks that is there; the text as it is when none is. */
export function removeFirst(text: string, blocks: readonly (readonly string[])[]): string {
  for (const block of blocks) {
    const without = removeLines(text, block);
    if (without !== null) return without;
  }
  return text;
}

export function indented(lines: readonly string[], by: string): string[] {
  return lines.map((line) => (line === '' ? '' : by + line));
}
