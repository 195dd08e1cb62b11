import { findNodeAtLocation, getNodeValue, parseTree, type Node, type ParseError } from 'jsonc-parser';

/** The tree of a JSON text, comments and trailing commas allowed; undefined for what is none. */
export function treeOf(text: string): Node | undefined {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  return errors.length === 0 && tree?.type === 'object' ? tree : undefined;
}

export function nodeAt(tree: Node | undefined, ...path: string[]): Node | undefined {
  return tree === undefined ? undefined : findNodeAtLocation(tree, path);
}

export function valueAt(text: string, ...path: string[]): unknown {
  const node = nodeAt(treeOf(text), ...path);
  return node === undefined ? undefined : getNodeValue(node);
}

/** Adds a property behind the last one, written as the others are. */
export function addProperty(text: string, object: Node, key: string, value: string): string {
  const property = `${JSON.stringify(key)}: ${value}`;
  const last = object.children?.at(-1);
  if (last === undefined) return splice(text, object.offset + 1, property);
  const space = /\s*$/.exec(text.slice(object.offset, last.offset))?.[0] ?? ' ';
  return splice(text, last.offset + last.length, `,${space}${property}`);
}

/** Takes out a property with the comma and the space that `addProperty` put before it. */
export function removeProperty(text: string, property: Node): string {
  const siblings = property.parent?.children ?? [];
  const index = siblings.indexOf(property);
  const before = siblings[index - 1];
  const end = property.offset + property.length;
  if (before !== undefined) return text.slice(0, before.offset + before.length) + text.slice(end);
  const after = siblings[index + 1];
  return text.slice(0, property.offset) + text.slice(after?.offset ?? end);
}

export function splice(text: string, at: number, inserted: string): string {
  return text.slice(0, at) + inserted + text.slice(at);
}
