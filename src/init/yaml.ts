import { isMap, isScalar, isSeq, parseDocument, type Document, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { insertAfter, startOfLine } from './lines.js';

/** A YAML document that is a map, or empty; null for what is neither. */
export function documentOf(text: string): Document | null {
  const document = parseDocument(text, { keepSourceTokens: true, logLevel: 'silent' });
  return document.errors.length === 0 && (document.contents === null || isMap(document.contents)) ? document : null;
}

export function blockMap(node: unknown): YAMLMap | null {
  return isMap(node) && node.flow !== true && node.items.length > 0 ? node : null;
}

export function blockSeq(node: unknown): YAMLSeq | null {
  return isSeq(node) && node.flow !== true && node.items.length > 0 ? node : null;
}

interface Ranged {
  range?: [number, number, number] | null;
}

function startOf(item: unknown): number {
  const node = item as Ranged & { key?: Ranged };
  return (node.key?.range ?? node.range)?.[0] ?? 0;
}

function endOf(item: unknown, text: string): number {
  const { key, value, range } = item as Ranged & Partial<Pair<Ranged, Ranged | null>>;
  const end = (value?.range ?? key?.range ?? range)?.[1] ?? text.length;
  return text.slice(0, end).trimEnd().length;
}

/** How far in the items of a block collection stand; null where they do not begin their lines. */
export function indentOf(collection: YAMLMap | YAMLSeq, text: string): string | null {
  const [first] = collection.items;
  const start = startOf(first);
  const before = text.slice(startOfLine(text, start), start);
  const found = isSeq(collection) ? /^([ \t]*)-\s+$/.exec(before) : /^([ \t]*)$/.exec(before);
  return found?.[1] ?? null;
}

/** Lines behind the last item of a block collection, at its depth. */
export function insertItem(text: string, collection: YAMLMap | YAMLSeq, lines: readonly string[]): string | null {
  const indent = indentOf(collection, text);
  if (indent === null) return null;
  return insertAfter(text, endOf(collection.items.at(-1), text), lines.map((line) => (line === '' ? '' : indent + line)));
}

/** The strings of a sequence at the top of a document. */
export function stringsOf(node: unknown): string[] {
  return isSeq(node) ? node.items.flatMap((item) => (isScalar(item) && typeof item.value === 'string' ? [item.value] : [])) : [];
}
