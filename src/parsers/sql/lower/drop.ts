import type { DropStmt, Node } from 'libpg-query';
import type { DropObject, QualifiedName, Span } from '../../../operations/types.js';
import type { Range } from './constraints.js';
import { OBJECT_KINDS } from './object-kinds.js';
import { anyName, as, cascade, ifExists, named, type Lowering } from './tree.js';

const TRAILING = new Set(['cascade', 'restrict']);
/** Objects whose list in the tree ends with their own name, behind their table's. */
const ON_TABLE = new Set(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

/** DROP of every kind that takes a list of names; one operation for each. */
export function drop(s: Lowering, node: DropStmt): void {
  const ranges = targets(s, node);
  const guard = { ...ifExists(node.missing_ok), ...cascade(node.behavior) };
  (node.objects ?? []).forEach((object, index) => {
    const range = ranges[index] ?? { from: s.first, to: s.last };
    dropOne(s, node, object, range, guard);
  });
}

type Guard = ReturnType<typeof ifExists> & ReturnType<typeof cascade>;

function dropOne(s: Lowering, node: DropStmt, object: Node, range: Range, guard: Guard): void {
  const type = node.removeType ?? '';
  const span = nameSpan(s, range);
  switch (type) {
    case 'OBJECT_TABLE':
      s.emit({ kind: 'dropTable', table: anyName(s, object), ...guard }, span);
      return;
    case 'OBJECT_FOREIGN_TABLE':
      s.emit({ kind: 'dropTable', table: anyName(s, object), foreign: true, ...guard }, span);
      return;
    case 'OBJECT_INDEX': {
      const concurrently = node.concurrent === true ? { concurrently: true as const } : {};
      s.emit({ kind: 'dropIndex', index: anyName(s, object), ...concurrently, ...guard }, span);
      return;
    }
    default:
      dropObject(s, node, object, range, guard);
  }
}

function dropObject(s: Lowering, node: DropStmt, object: Node, range: Range, guard: Guard): void {
  const kind = OBJECT_KINDS[node.removeType ?? ''] as DropObject['object'] | undefined;
  const span = nameSpan(s, range);
  if (kind === undefined) {
    s.emit({ kind: 'utility', command: 'DROP', text: s.whole() }, span);
    return;
  }
  if (ON_TABLE.has(node.removeType ?? '')) {
    const { name, on } = onTable(s, object);
    s.emit({ kind: 'dropObject', object: kind, name: { name }, on, ...guard }, span);
    return;
  }
  s.emit({ kind: 'dropObject', object: kind, ...objectName(s, node.removeType ?? '', object, range), ...guard }, span);
}

export function onTable(s: Lowering, object: Node): { name: string; on: QualifiedName } {
  const parts = (as(object, 'List')?.items ?? []).map((item) => as(item, 'String')?.sval ?? '');
  return { name: s.name(parts.at(-1) ?? ''), on: named(s, parts.at(-3), parts.at(-2) ?? '') };
}

/** A name with the signature of routines and operators, and the pair of a cast. */
export function objectName(s: Lowering, type: string, object: Node, range: Range): { name: QualifiedName; signature?: string; on?: QualifiedName } {
  if (type === 'OBJECT_CAST' || type === 'OBJECT_TRANSFORM') return { name: { name: s.text(range.from, range.to) } };
  if (type === 'OBJECT_OPCLASS' || type === 'OBJECT_OPFAMILY') return accessMethodName(s, object);
  const name = anyName(s, object);
  const signature = signatureOf(s, object, range);
  return signature === undefined ? { name } : { name, signature };
}

/** Their list in the tree begins with the access method. */
function accessMethodName(s: Lowering, object: Node): { name: QualifiedName; on: QualifiedName } {
  const [method = '', ...name] = (as(object, 'List')?.items ?? []).map((item) => as(item, 'String')?.sval ?? '');
  return { name: named(s, name.at(-2), name.at(-1) ?? ''), on: { name: s.name(method) } };
}

/** What stands between the parentheses; undefined when the author wrote none. */
function signatureOf(s: Lowering, object: Node, range: Range): string | undefined {
  if (as(object, 'ObjectWithArgs') === undefined) return undefined;
  const open = s.find('(', range.from, range.to);
  return open < range.to ? s.inside(open) : undefined;
}

function nameSpan(s: Lowering, range: Range): Span {
  return s.span(range.from, Math.min(s.afterName(range.from), range.to));
}

/** The items behind `DROP kind [CONCURRENTLY] [IF EXISTS]`. */
function targets(s: Lowering, node: DropStmt): Range[] {
  const words = DROP_WORDS[node.removeType ?? ''] ?? 1;
  const from = s.skipGuard(s.skip(s.first + 1 + words, 'concurrently'));
  const to = TRAILING.has(s.word(s.last - 1)) && s.last - from > 1 ? s.last - 1 : s.last;
  return s.list(from, to);
}

/** How many words name the kind, where it is not one. */
const DROP_WORDS: Readonly<Record<string, number>> = {
  OBJECT_MATVIEW: 2,
  OBJECT_FOREIGN_TABLE: 2,
  OBJECT_EVENT_TRIGGER: 2,
  OBJECT_ACCESS_METHOD: 2,
  OBJECT_FDW: 3,
  OBJECT_FOREIGN_SERVER: 1,
  OBJECT_OPCLASS: 2,
  OBJECT_OPFAMILY: 2,
  OBJECT_TSCONFIGURATION: 3,
  OBJECT_TSDICTIONARY: 3,
  OBJECT_TSPARSER: 3,
  OBJECT_TSTEMPLATE: 3,
};

