import type { IndexElem } from 'libpg-query';
import type { IndexKey } from '../../../operations/types.js';
import type { Range } from './constraints.js';
import { qualified, type Lowering } from './tree.js';

const ORDERS: Readonly<Record<string, IndexKey['order']>> = { SORTBY_ASC: 'asc', SORTBY_DESC: 'desc' };
const NULLS: Readonly<Record<string, IndexKey['nulls']>> = { SORTBY_NULLS_FIRST: 'first', SORTBY_NULLS_LAST: 'last' };

/** A key of an index, or of a partitioned table, from its node and its tokens. */
export function indexKey(s: Lowering, node: Omit<IndexElem, 'location'>, range: Range): IndexKey {
  const key: IndexKey = node.expr === undefined ? { column: s.name(node.name ?? '') } : { expression: expression(s, range) };
  if (node.collation !== undefined) key.collation = qualified(s, node.collation);
  if (node.opclass !== undefined) key.operatorClass = operatorClass(s, node, range);
  const order = ORDERS[node.ordering ?? ''];
  if (order !== undefined) key.order = order;
  const nulls = NULLS[node.nulls_ordering ?? ''];
  if (nulls !== undefined) key.nulls = nulls;
  return key;
}

/** `(a + b)` without its parentheses, `lower(a)` as it stands. */
function expression(s: Lowering, range: Range): string {
  return s.word(range.from) === '(' ? s.inside(range.from) : s.text(range.from, expressionEnd(s, range));
}

/** A call: a name, its arguments, and nothing else before COLLATE, the operator class or the order. */
function expressionEnd(s: Lowering, range: Range): number {
  const open = s.find('(', range.from, range.to);
  return open < range.to ? s.close(open) + 1 : s.afterName(range.from);
}

/** As written, its parameters included. */
function operatorClass(s: Lowering, node: Omit<IndexElem, 'location'>, range: Range): string {
  let from = s.word(range.from) === '(' ? s.close(range.from) + 1 : node.expr === undefined ? range.from + 1 : expressionEnd(s, range);
  if (s.word(from) === 'collate') from = s.afterName(from + 1);
  let to = s.afterName(from);
  if (s.word(to) === '(') to = s.close(to) + 1;
  return s.text(from, to);
}
