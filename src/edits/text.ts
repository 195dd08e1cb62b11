/** One replacement in a file. Offsets in UTF-16 units, end exclusive. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

export function insert(at: number, text: string): Edit {
  return { start: at, end: at, text };
}

export function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** The blanks that the line of `offset` begins with. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** True when nothing but blanks stands before `start` on its line, and nothing that matters after `end` on its. */
export function standsAlone(text: string, start: number, end: number, comment: RegExp): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const after = /[^\r\n]*/.exec(text.slice(end))?.[0] ?? '';
  return before.trim() === '' && (after.trim() === '' || comment.test(after));
}

/** Several replacements as the one that does the same. */
export function merged(text: string, edits: readonly Edit[]): Edit {
  const sorted = [...edits].sort((a, b) => a.start - b.start);
  const [first] = sorted as [Edit];
  const end = Math.max(...sorted.map((edit) => edit.end));
  let result = '';
  let at = first.start;
  for (const edit of sorted) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return { start: first.start, end, text: result + text.slice(at, end) };
}

/**
 * One more argument, or entry, before the bracket that closes at `close`, laid
 * out like the others: on a line of its own where the last one has its own.
 */
export function appended(text: string, close: number, argument: string): Edit {
  const inside = text.slice(0, close).trimEnd();
  const at = inside.length;
  const last = inside.charAt(at - 1);
  if ('([{'.includes(last)) return insert(at, argument);
  const ownLine = /[\r\n]/.test(text.slice(at, close));
  const gap = ownLine ? `${newlineOf(text)}${indentAt(text, at - 1)}` : ' ';
  return last === ',' ? insert(at, `${gap}${argument}${ownLine ? ',' : ''}`) : insert(at, `,${gap}${argument}`);
}
