import { structuredPatch } from 'diff';
import { visible } from '../reporters/neutral.js';
import type { Change } from './plan.js';

const MARKS = { '+': '\u001b[32m', '-': '\u001b[31m', '@': '\u001b[36m' } as const;

function painted(line: string, colour: boolean): string {
  const mark = MARKS[line[0] as keyof typeof MARKS] as string | undefined;
  return colour && mark !== undefined ? `${mark}${line}\u001b[39m` : line;
}

/** A change as `git diff` shows it, its heading first. */
export function shownChange({ path, before, after, places }: Change, colour: boolean): string {
  const { hunks } = structuredPatch(path, path, before ?? '', after ?? '', undefined, undefined, { context: 2 });
  const effects = places.map(({ effect }) => effect).join('; ');
  const what = after === null ? 'is removed' : before === null ? `is new: ${effects}` : effects;
  const body = hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...lines]);
  const [first = '', ...rest] = [`${path}: ${what}`, ...body.map((line) => visible(line.replace(/\r$/, '')))];
  return [colour ? `\u001b[1m${visible(first)}\u001b[22m` : visible(first), ...rest.map((line) => painted(line, colour))].join('\n');
}
