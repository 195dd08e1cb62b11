import type { Name, PGNode, QName } from 'pgsql-ast-parser';
import type { QualifiedName } from '../../../operations/types.js';
import { parseType } from '../../../sql/type.js';
import type { DataType } from '../../../operations/types.js';
import type { StatementReader } from '../reader.js';

/** Token indices, half-open. */
export interface Range {
  from: number;
  to: number;
}

/** A reader of one statement that the second engine parsed. Its nodes know where they begin, and end only roughly. */
export interface Located extends StatementReader {
  /** Index of the token at which a node begins. */
  indexOf(node: PGNode | undefined): number;
}

export function located(reader: StatementReader, offset: number): Located {
  const asWritten = reader.name.bind(reader);
  return Object.assign(reader, {
    // The library takes quotes off a name and leaves the doubled ones inside.
    name: (masked: string) => truncated(asWritten(masked.replaceAll('""', '"'))),
    indexOf: (node: PGNode | undefined) => reader.indexAt((node?._location?.start ?? 0) + offset),
  });
}

/** Bytes of a name that the server keeps. */
const NAME_LENGTH = 63;

function truncated(name: string): string {
  if (name.length * 3 <= NAME_LENGTH || Buffer.byteLength(name) <= NAME_LENGTH) return name;
  let kept = '';
  for (const character of name) {
    if (Buffer.byteLength(kept + character) > NAME_LENGTH) break;
    kept += character;
  }
  return kept;
}

export function qualified(s: Located, name: QName): QualifiedName {
  const plain = { name: s.name(name.name) };
  return name.schema === undefined || s.isHole(name.schema) ? plain : { schema: s.name(name.schema), ...plain };
}

export function names(s: Located, nodes: readonly Name[] | undefined | null): string[] {
  return (nodes ?? []).map((node) => s.name(node.name));
}

/** Span of a name, its schema included. */
export function nameSpan(s: Located, node: PGNode | undefined): { start: number; end: number } {
  const index = s.indexOf(node);
  return s.span(index, s.afterName(index));
}

/** The type as written: our own reader knows more spellings than the tree keeps. */
export function typeAt(s: Located, range: Range): DataType | undefined {
  return parseType(s.text(range.from, range.to)) ?? undefined;
}

/** Text between the outer brackets, where the whole range stands in one pair. */
export function unwrapped(s: Located, range: Range): string {
  if (s.word(range.from) === '(' && s.close(range.from, range.to) === range.to - 1) return s.text(range.from + 1, range.to - 1);
  return s.text(range.from, range.to);
}

export function cascade(behaviour: string | undefined): { cascade?: true } {
  return behaviour === 'cascade' ? { cascade: true } : {};
}

export function ifExists(guarded: boolean | undefined): { guard?: 'if exists' } {
  return guarded === true ? { guard: 'if exists' } : {};
}

export function ifNotExists(guarded: boolean | undefined): { guard?: 'if not exists' } {
  return guarded === true ? { guard: 'if not exists' } : {};
}

/** `{ [key]: true }` where it is so, and nothing where it is not. */
export function flag<K extends string>(key: K, value: unknown): { [P in K]?: true } {
  return value === true ? ({ [key]: true } as { [P in K]?: true }) : {};
}
