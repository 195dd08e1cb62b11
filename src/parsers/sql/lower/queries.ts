import type { Node, RangeVar } from 'libpg-query';
import type { QualifiedName } from '../../../operations/types.js';
import { as, named, type Lowering } from './tree.js';

/** What a query touches, found by one walk over its tree. */
export interface Touched {
  reads: QualifiedName[];
  functions: QualifiedName[];
}

interface Found {
  relations: RangeVar[];
  functions: Node[][];
  /** CTE names hide relations of the same name. */
  ctes: Set<string>;
}

/** CTE names of the statements around the one that is read. */
const hidden = new WeakMap<Lowering, ReadonlySet<string>>();

/** A statement inside a CTE sees the other CTEs, which hide relations of the same name. */
export function hiding(s: Lowering, names: readonly string[], read: () => void): void {
  const before = hidden.get(s) ?? new Set<string>();
  hidden.set(s, new Set([...before, ...names]));
  read();
  hidden.set(s, before);
}

/**
 * Every relation and function below the nodes. `except` is left out: the target of an
 * INSERT, which stands in the tree as a relation too.
 */
export function touched(s: Lowering, nodes: unknown, except?: RangeVar): Touched {
  const found: Found = { relations: [], functions: [], ctes: new Set() };
  walk(nodes, found);
  const reads = unique(
    found.relations
      .filter((range) => range !== except && !(range.schemaname === undefined && (found.ctes.has(range.relname ?? '') || (hidden.get(s)?.has(range.relname ?? '') ?? false))))
      .map((range) => named(s, range.schemaname, range.relname ?? '')),
  );
  const functions = unique(found.functions.map((names) => functionName(s, names)));
  return { reads, functions };
}

export function readsOf(s: Lowering, nodes: unknown, except?: RangeVar): QualifiedName[] {
  return touched(s, nodes, except).reads;
}

/** Trees of ten thousand terms are as deep: no recursion. */
function walk(root: unknown, found: Found): void {
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const value = stack.pop();
    if (value === null || typeof value !== 'object') continue;
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index--) stack.push(value[index]);
      continue;
    }
    visit(value as Readonly<Record<string, unknown>>, found, stack);
  }
}

function visit(node: Readonly<Record<string, unknown>>, found: Found, stack: unknown[]): void {
  if (typeof node.relname === 'string') found.relations.push(node);
  else if (Array.isArray(node.funcname)) found.functions.push(node.funcname as Node[]);
  else if (typeof node.ctename === 'string') found.ctes.add(node.ctename);
  // FOR UPDATE OF names aliases, no relations.
  if (Array.isArray(node.lockedRels)) return;
  const children = Object.values(node);
  for (let index = children.length - 1; index >= 0; index--) {
    const child = children[index];
    if (child !== null && typeof child === 'object') stack.push(child);
  }
}

function functionName(s: Lowering, names: readonly Node[]): QualifiedName {
  const parts = names.map((part) => as(part, 'String')?.sval ?? '');
  const schema = parts.at(-2);
  return named(s, schema === 'pg_catalog' ? undefined : schema, parts.at(-1) ?? '');
}

function unique(names: readonly QualifiedName[]): QualifiedName[] {
  const seen = new Map<string, QualifiedName>();
  for (const name of names) seen.set(`${name.schema ?? ''}.${name.name}`, name);
  return [...seen.values()];
}
