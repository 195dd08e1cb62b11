import type { CreateStmt, Node, PartitionSpec } from 'libpg-query';
import type { CreateTable, QualifiedName } from '../../../operations/types.js';
import { columnOf } from './columns.js';
import { constraintOf, type Range } from './constraints.js';
import { indexKey } from './index-keys.js';
import { as, ifNotExists, indexOf, qualified, relation, relationSpan, type Lowering } from './tree.js';

type Draft = Omit<CreateTable, 'span' | 'statement'>;

export const PERSISTENCE: Readonly<Record<string, 'temporary' | 'unlogged'>> = { t: 'temporary', u: 'unlogged' };

const ON_COMMIT: Readonly<Record<string, CreateTable['onCommit']>> = {
  ONCOMMIT_PRESERVE_ROWS: 'preserve rows',
  ONCOMMIT_DELETE_ROWS: 'delete rows',
  ONCOMMIT_DROP: 'drop',
};

export function createTable(s: Lowering, node: CreateStmt): void {
  s.emit(tableDraft(s, node), relationSpan(s, node.relation));
}

export function tableDraft(s: Lowering, node: CreateStmt): Draft {
  const draft: Draft = {
    kind: 'createTable',
    table: relation(s, node.relation),
    columns: [],
    constraints: [],
    ...ifNotExists(node.if_not_exists),
  };
  const after = s.afterName(indexOf(s, node.relation?.location));
  const rest = elements(s, draft, node, after);
  lineage(s, draft, node, after);
  storage(s, draft, node, rest);
  return draft;
}

/** Fills columns and constraints; answers the index behind their list. */
function elements(s: Lowering, draft: Draft, node: CreateStmt, after: number): number {
  const nodes = node.tableElts ?? [];
  const open = listStart(s, node, after);
  if (s.word(open) !== '(') return open;
  const close = s.close(open);
  const ranges = s.list(open + 1, close);
  nodes.forEach((element, index) => addElement(s, draft, element, ranges[index] ?? { from: open, to: close }));
  return close + 1;
}

/** `t (…)`, `t OF type (…)`, `t PARTITION OF parent (…)`. */
function listStart(s: Lowering, node: CreateStmt, after: number): number {
  if (node.ofTypename !== undefined) return s.afterName(after + 1);
  if (node.partbound !== undefined) return s.afterName(after + 2);
  return after;
}

function addElement(s: Lowering, draft: Draft, element: Node, range: Range): void {
  const column = as(element, 'ColumnDef');
  if (column !== undefined) {
    draft.columns.push(columnOf(s, column, range));
    return;
  }
  const like = as(element, 'TableLikeClause');
  if (like !== undefined) {
    const options = s.text(s.afterName(range.from + 1), range.to);
    (draft.like ??= []).push({ table: relation(s, like.relation), ...(options !== '' && { options }) });
    return;
  }
  const constraint = constraintOf(s, as(element, 'Constraint') ?? {}, range);
  if (constraint !== undefined) draft.constraints.push(constraint);
}

function lineage(s: Lowering, draft: Draft, node: CreateStmt, after: number): void {
  if (node.relation?.relpersistence !== undefined) {
    const persistence = PERSISTENCE[node.relation.relpersistence];
    if (persistence !== undefined) draft.persistence = persistence;
  }
  if (node.ofTypename !== undefined) draft.ofType = qualified(s, node.ofTypename.names);
  const parents = (node.inhRelations ?? []).map((parent): QualifiedName => relation(s, as(parent, 'RangeVar')));
  if (node.partbound !== undefined) {
    const parent = parents[0] ?? { name: '' };
    const bounds = node.partbound.is_default === true ? undefined : partitionBounds(s, after);
    draft.partitionOf = { parent, ...(bounds !== undefined && { bounds }) };
  } else if (parents.length > 0) draft.inherits = parents;
  if (node.partspec !== undefined) draft.partitionBy = partitionBy(s, node.partspec);
}

/** What follows the bounds; the last two begin the next element of a CREATE SCHEMA. */
const BOUNDS_END = new Set(['partition', 'using', 'with', 'on', 'tablespace', 'server', 'create', 'grant']);

/** `FOR VALUES …`, as written. */
export function partitionBounds(s: Lowering, from: number): string {
  const start = s.find('for', from);
  // FROM (…) TO (…), IN (…), WITH (…): each is at most six tokens and lists behind FOR VALUES.
  let end = s.skip(start, 'for', 'values');
  end = s.word(end) === 'with' ? s.close(end + 1) + 1 : s.find(BOUNDS_END, end);
  return s.text(start, end);
}

const STRATEGIES: Readonly<Record<string, 'list' | 'range' | 'hash'>> = {
  PARTITION_STRATEGY_LIST: 'list',
  PARTITION_STRATEGY_RANGE: 'range',
  PARTITION_STRATEGY_HASH: 'hash',
};

function partitionBy(s: Lowering, spec: PartitionSpec): CreateTable['partitionBy'] {
  const open = s.find('(', indexOf(s, spec.location));
  const ranges = s.list(open + 1, s.close(open));
  const keys = (spec.partParams ?? []).map((param, index) =>
    indexKey(s, as(param, 'PartitionElem') ?? {}, ranges[index] ?? { from: open, to: open }),
  );
  return { strategy: STRATEGIES[spec.strategy ?? ''] ?? 'range', keys };
}

function storage(s: Lowering, draft: Draft, node: CreateStmt, rest: number): void {
  if (node.accessMethod !== undefined) draft.accessMethod = s.name(node.accessMethod);
  if (node.tablespacename !== undefined) draft.tablespace = s.name(node.tablespacename);
  const onCommit = ON_COMMIT[node.oncommit ?? ''];
  if (onCommit !== undefined) draft.onCommit = onCommit;
  if ((node.options ?? []).length > 0) {
    const options = optionsInParentheses(s, rest);
    if (options !== undefined) draft.options = options;
  }
}

/** WITH (…) outside brackets, as written between the parentheses; not the bounds of a hash partition. */
export function optionsInParentheses(s: Lowering, from: number, to: number = s.last): string | undefined {
  for (let at = s.find('with', from, to); at < to; at = s.find('with', at + 1, to)) {
    if (s.word(at + 1) === '(' && s.word(at - 1) !== 'values') return s.inside(at + 1);
  }
  return undefined;
}
