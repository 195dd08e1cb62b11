import type { CommentStmt, Node } from 'libpg-query';
import type { Comment, ObjectKind } from '../../../operations/types.js';
import { objectName, onTable } from './drop.js';
import { OBJECT_KINDS } from './object-kinds.js';
import { anyName, as, type Lowering } from './tree.js';

type Named = Pick<Comment, 'name' | 'on' | 'signature'>;

/** Objects whose list in the tree is their table's name and their own. */
const ON_TABLE = new Set(['OBJECT_COLUMN', 'OBJECT_TABCONSTRAINT', 'OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

export function comment(s: Lowering, node: CommentStmt): void {
  const type = node.objtype ?? '';
  const object = OBJECT_KINDS[type];
  const words = type === 'OBJECT_DOMCONSTRAINT' ? 1 : (object ?? '').split(' ').length;
  const at = s.first + 2 + (s.word(s.first + 2) === 'procedural' ? 2 : words);
  const span = s.span(at, s.afterName(at));
  if (object === undefined || node.object === undefined) {
    s.emit({ kind: 'utility', command: 'COMMENT', text: s.whole() }, span);
    return;
  }
  s.emit({ kind: 'comment', object, ...commented(s, object, type, node.object, at), comment: node.comment ?? null }, span);
}

function commented(s: Lowering, object: ObjectKind, type: string, node: Node, at: number): Named {
  if (ON_TABLE.has(type)) {
    const { name, on } = onTable(s, node);
    return { name: { ...(on.schema !== undefined && { schema: on.schema }), name }, on };
  }
  if (object === 'domain constraint') {
    const [domain, name] = as(node, 'List')?.items ?? [];
    return { name: { name: s.name(as(name, 'String')?.sval ?? '') }, on: anyName(s, domain) };
  }
  if (object === 'large object') return { name: { name: s.text(at, at + 1) } };
  return objectName(s, type, node, { from: at, to: s.find('is', at) });
}
