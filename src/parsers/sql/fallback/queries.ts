import type { DeleteStatement, InsertStatement, SelectStatement, UpdateStatement } from 'pgsql-ast-parser';
import type { Insert, QualifiedName, Update } from '../../../operations/types.js';
import { names, nameSpan, qualified, type Located } from './located.js';

interface Touched {
  reads: QualifiedName[];
  functions: QualifiedName[];
  /** Whether something below is no pure query: a DELETE in a CTE. */
  writes: boolean;
}

const WRITES = new Set(['insert', 'update', 'delete']);

/** Relations and functions below a node; names of CTEs hide relations. */
export function touched(s: Located, root: unknown): Touched {
  const relations = new Map<string, QualifiedName>();
  const functions = new Map<string, QualifiedName>();
  const hidden = new Set<string>();
  let writes = false;
  const stack: unknown[] = [root];
  while (stack.length > 0) {
    const node = stack.pop();
    if (node === null || typeof node !== 'object') continue;
    stack.push(...Object.values(node));
    const { type, name, function: called, alias, bind } = node as Record<string, unknown>;
    if (WRITES.has(type as string)) writes = true;
    if (type === 'table') add(relations, qualified(s, name as { name: string }));
    else if (type === 'call') add(functions, qualified(s, called as { name: string }));
    else if (type === 'with recursive') hidden.add((alias as { name: string }).name);
    else if (type === 'with') for (const each of bind as { alias: { name: string } }[]) hidden.add(each.alias.name);
  }
  const reads = [...relations.values()].filter((table) => table.schema !== undefined || !hidden.has(table.name));
  return { reads, functions: [...functions.values()], writes };
}

function add(found: Map<string, QualifiedName>, name: QualifiedName): void {
  found.set(`${name.schema ?? ''}.${name.name}`, name);
}

export function select(s: Located, node: SelectStatement): boolean {
  const { reads, functions, writes } = touched(s, node);
  if (writes) return false;
  const locks = node.type === 'select' && node.for !== undefined ? { locks: reads } : {};
  s.emit({ kind: 'select', reads, ...locks, functions, text: s.whole() }, s.wholeSpan());
  return true;
}

export function insert(s: Located, node: InsertStatement): boolean {
  const { reads, writes } = touched(s, [node.insert, node.onConflict, node.returning]);
  if (writes) return false;
  s.emit(
    {
      kind: 'insert',
      table: qualified(s, node.into),
      columns: names(s, node.columns),
      ...sourceOf(node.insert),
      reads,
      ...(node.onConflict != null && { onConflict: node.onConflict.do === 'do nothing' ? ('nothing' as const) : ('update' as const) }),
      text: s.whole(),
    },
    nameSpan(s, node.into),
  );
  return true;
}

function sourceOf(source: SelectStatement): Pick<Insert, 'source' | 'rows'> {
  return source.type === 'values' ? { source: 'values', rows: source.values.length } : { source: 'query' };
}

/** Where each clause begins, in the order of the statement; a clause ends where the next one starts. */
function clauses(s: Located, from: number, words: readonly string[]): Map<string, { from: number; to: number }> {
  const found = new Map<string, { from: number; to: number }>();
  let end = s.last;
  for (const word of [...words].reverse()) {
    const at = s.find(word, from, end);
    if (at >= end) continue;
    found.set(word, { from: at + 1, to: end });
    end = at;
  }
  return found;
}

export function update(s: Located, node: UpdateStatement): boolean {
  const { reads, writes } = touched(s, [node.sets, node.from, node.where, node.returning]);
  if (writes) return false;
  const parts = clauses(s, s.indexOf(node.table), ['set', 'from', 'where', 'returning']);
  const set = parts.get('set');
  // The tree pairs each column of `(a, b) = (1, 2)` with the whole list.
  if (set === undefined || s.list(set.from, set.to).some((item) => s.word(item.from) === '(')) return false;
  s.emit(
    {
      kind: 'update',
      table: qualified(s, node.table),
      ...(node.table.alias !== undefined && { alias: s.name(node.table.alias) }),
      set: s.list(set.from, set.to).map((item, index): Update['set'][number] => ({
        column: s.name(node.sets[index]?.column.name ?? ''),
        value: s.text(s.find('=', item.from, item.to) + 1, item.to),
      })),
      ...clause(s, parts, 'from', node.from),
      ...clause(s, parts, 'where', node.where),
      ...clause(s, parts, 'returning', node.returning),
      reads,
    },
    nameSpan(s, node.table),
  );
  return true;
}

export function remove(s: Located, node: DeleteStatement): boolean {
  const { reads, writes } = touched(s, [node.where, node.returning]);
  if (writes) return false;
  const parts = clauses(s, s.indexOf(node.from), ['where', 'returning']);
  s.emit(
    {
      kind: 'delete',
      table: qualified(s, node.from),
      ...(node.from.alias !== undefined && { alias: s.name(node.from.alias) }),
      ...clause(s, parts, 'where', node.where),
      ...clause(s, parts, 'returning', node.returning),
      reads,
    },
    nameSpan(s, node.from),
  );
  return true;
}

function clause<K extends string>(
  s: Located,
  parts: ReadonlyMap<string, { from: number; to: number }>,
  word: K,
  node: unknown,
): { [P in K]?: string } {
  const part = parts.get(word);
  if (part === undefined || node === undefined || node === null) return {};
  return { [word]: s.text(part.from, part.to) } as { [P in K]?: string };
}
