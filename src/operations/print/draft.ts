import type { OperationDraft, OperationKind } from '../types.js';

/** One kind of operation without its place in a file. */
export type Draft<K extends OperationKind> = Extract<OperationDraft, { kind: K }>;

/** How a theme prints its kinds: a kind left out or twice is a compile error where the themes meet. */
export type Printers<K extends OperationKind> = { readonly [P in K]: (operation: Draft<P>) => string };

/** Longest line before a statement is broken at its clauses. */
const WIDTH = 72;

/** Words and clauses by one space; what is absent leaves no gap. */
export function words(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ');
}

/** One line where it fits, else every further clause on an indented line of its own. */
export function clauses(...parts: readonly (string | false | undefined)[]): string {
  const line = words(...parts);
  if (line.length <= WIDTH) return line;
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join('\n  ');
}

/** A parenthesised list, one item to a line where it does not fit after `head`. */
export function list(head: string, items: readonly string[]): string {
  const line = `${head} (${items.join(', ')})`;
  if (line.length <= WIDTH || items.length === 0) return line;
  return `${head} (\n${items.map((item) => `  ${item}`).join(',\n')}\n)`;
}

export function when(condition: unknown, text: string): string | false {
  return condition !== undefined && condition !== false && condition !== null && text;
}
