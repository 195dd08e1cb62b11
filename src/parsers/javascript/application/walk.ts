import type * as t from '@babel/types';

/** Calls `visit` for every node below `root`, parents before children. */
export function walk(root: t.Node, visit: (node: t.Node, parent: t.Node | null) => void): void {
  // A stack of its own: a chain of ten thousand calls is as deep as that.
  const stack: [t.Node, t.Node | null][] = [[root, null]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [node, parent] = next;
    visit(node, parent);
    const children = childrenOf(node);
    for (let index = children.length - 1; index >= 0; index -= 1) stack.push([children[index] as t.Node, node]);
  }
}

function childrenOf(node: t.Node): t.Node[] {
  const children: t.Node[] = [];
  for (const value of Object.values(node) as unknown[]) {
    if (Array.isArray(value)) children.push(...(value as unknown[]).filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is t.Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value;
}
