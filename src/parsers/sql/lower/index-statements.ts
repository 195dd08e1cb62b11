import type { IndexStmt } from 'libpg-query';
import type { IndexKey } from '../../../operations/types.js';
import type { Range } from './constraints.js';
import { optionsInParentheses } from './create-table.js';
import { indexKey } from './index-keys.js';
import { as, flag, ifNotExists, indexOf, optionalName, relation, type Lowering } from './tree.js';

export function createIndex(s: Lowering, node: IndexStmt): void {
  const table = indexOf(s, node.relation?.location);
  const method = s.skip(s.afterName(table), '*');
  const open = s.word(method) === 'using' ? method + 2 : method;
  const close = s.close(open);
  const where = node.whereClause === undefined ? s.last : s.find('where', close + 1);
  s.emit(
    {
      kind: 'createIndex',
      index: optionalName(s, node.idxname),
      table: relation(s, node.relation),
      only: flag(node.relation?.inh !== true),
      keys: keysOf(s, node, { from: open + 1, to: close }),
      include: included(s, node),
      unique: flag(node.unique),
      concurrently: flag(node.concurrent),
      nullsNotDistinct: flag(node.nulls_not_distinct),
      // The tree names btree where nobody did.
      method: open > method ? optionalName(s, node.accessMethod) : undefined,
      where: where < s.last ? s.text(where + 1, s.last) : undefined,
      options: node.options && optionsInParentheses(s, close + 1, where),
      tablespace: optionalName(s, node.tableSpace),
      ...ifNotExists(node.if_not_exists),
    },
    indexSpan(s, node, table),
  );
}

function keysOf(s: Lowering, node: IndexStmt, list: Range): IndexKey[] {
  const ranges = s.list(list.from, list.to);
  return (node.indexParams ?? []).map((param, index) => indexKey(s, as(param, 'IndexElem') ?? {}, ranges[index] ?? list));
}

function included(s: Lowering, node: IndexStmt): string[] | undefined {
  return node.indexIncludingParams?.map((param) => s.name(as(param, 'IndexElem')?.name ?? ''));
}

/** The index's name, or the table's when PostgreSQL will make one up. */
function indexSpan(s: Lowering, node: IndexStmt, table: number): { start: number; end: number } {
  if (node.idxname === undefined) return s.span(table, s.afterName(table));
  let at = s.find('index') + 1;
  at = s.skip(at, 'concurrently');
  return s.span(s.skipGuard(at));
}

