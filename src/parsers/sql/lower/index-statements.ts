import type { IndexStmt } from 'libpg-query';
import { optionsInParentheses } from './create-table.js';
import { indexKey } from './index-keys.js';
import { as, ifNotExists, indexOf, relation, type Lowering } from './tree.js';

export function createIndex(s: Lowering, node: IndexStmt): void {
  const table = indexOf(s, node.relation?.location);
  let open = s.afterName(table);
  if (s.word(open) === '*') open++;
  const using = s.word(open) === 'using';
  if (using) open += 2;
  const close = s.close(open);
  const ranges = s.list(open + 1, close);
  const where = node.whereClause === undefined ? s.last : s.find('where', close + 1);
  const options = node.options === undefined ? undefined : optionsInParentheses(s, close + 1, where);
  s.emit(
    {
      kind: 'createIndex',
      ...(node.idxname !== undefined && { index: s.name(node.idxname) }),
      table: relation(s, node.relation),
      ...(node.relation?.inh !== true && { only: true as const }),
      keys: (node.indexParams ?? []).map((param, index) =>
        indexKey(s, as(param, 'IndexElem') ?? {}, ranges[index] ?? { from: open, to: close }),
      ),
      ...(node.indexIncludingParams !== undefined && { include: included(s, node) }),
      ...(node.unique === true && { unique: true as const }),
      ...(node.concurrent === true && { concurrently: true as const }),
      ...(node.nulls_not_distinct === true && { nullsNotDistinct: true as const }),
      ...(using && { method: s.name(node.accessMethod ?? '') }),
      ...(where < s.last && { where: s.text(where + 1, s.last) }),
      ...(options !== undefined && { options }),
      ...(node.tableSpace !== undefined && { tablespace: s.name(node.tableSpace) }),
      ...ifNotExists(node.if_not_exists),
    },
    indexSpan(s, node, table),
  );
}

function included(s: Lowering, node: IndexStmt): string[] {
  return (node.indexIncludingParams ?? []).map((param) => s.name(as(param, 'IndexElem')?.name ?? ''));
}

/** The index's name, or the table's when PostgreSQL will make one up. */
function indexSpan(s: Lowering, node: IndexStmt, table: number): { start: number; end: number } {
  if (node.idxname === undefined) return s.span(table, s.afterName(table));
  let at = s.find('index') + 1;
  at = s.skip(at, 'concurrently');
  return s.span(s.skipGuard(at));
}

