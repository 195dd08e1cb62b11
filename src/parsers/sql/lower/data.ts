import type { DeleteStmt, InsertStmt, MergeStmt, Node, RangeVar, SelectStmt, UpdateStmt, WithClause } from 'libpg-query';
import type { Merge, QualifiedName, Span, Update } from '../../../operations/types.js';
import type { Range } from './constraints.js';
import { PERSISTENCE } from './create-table.js';
import { hiding, readsOf, touched } from './queries.js';
import { as, indexOf, relation, tagOf, type Lowering } from './tree.js';

type Lower<N> = (s: Lowering, node: N, range: Range) => void;

/** Data statements can stand inside a CTE of another one; `range` says where. */
const CTE_STATEMENTS: Readonly<Record<string, Lower<never>>> = {
  InsertStmt: insert,
  UpdateStmt: update,
  DeleteStmt: remove,
  MergeStmt: merge,
};

/** A DELETE in a CTE runs like any other: an operation of its own, before the statement around it. */
export function lowerCtes(s: Lowering, clause: WithClause | undefined): void {
  const names = (clause?.ctes ?? []).flatMap((node) => as(node, 'CommonTableExpr')?.ctename ?? []);
  hiding(s, names, () => lowerEach(s, clause?.ctes ?? []));
}

function lowerEach(s: Lowering, ctes: readonly Node[]): void {
  for (const node of ctes) {
    const cte = as(node, 'CommonTableExpr');
    const tag = tagOf(cte?.ctequery);
    const lower = tag === undefined ? undefined : CTE_STATEMENTS[tag];
    if (cte?.ctequery === undefined || tag === undefined || lower === undefined) continue;
    const as_ = s.find('as', indexOf(s, cte.location));
    const open = s.find('(', as_);
    lower(s, as(cte.ctequery, tag) as never, { from: open + 1, to: s.close(open) });
  }
}

function targetSpan(s: Lowering, range: RangeVar | undefined): Span {
  const index = indexOf(s, range?.location);
  return s.span(index, s.afterName(index));
}

function only(s: Lowering, range: RangeVar | undefined): { only?: true } {
  return range?.inh === true ? {} : { only: true };
}

/** The WITH clause as written: what stands before the statement's verb. */
function withText(s: Lowering, clause: WithClause | undefined, range: Range, target: number, verb: string): { with?: string } {
  if (clause === undefined) return {};
  let at = target;
  while (at > range.from && s.word(at) !== verb) at--;
  return { with: s.text(range.from, at) };
}

export function insert(s: Lowering, node: InsertStmt, range: Range): void {
  lowerCtes(s, node.withClause);
  const select = as(node.selectStmt, 'SelectStmt');
  const rows = select?.valuesLists?.length;
  const conflict = node.onConflictClause?.action;
  const parts = [node.selectStmt, node.withClause, node.onConflictClause, node.returningClause];
  s.emit(
    {
      kind: 'insert',
      table: relation(s, node.relation),
      columns: (node.cols ?? []).map((column) => s.name(as(column, 'ResTarget')?.name ?? '')),
      source: node.selectStmt === undefined ? 'default' : rows === undefined ? 'query' : 'values',
      ...(rows !== undefined && { rows }),
      reads: readsOf(s, parts),
      ...(conflict === 'ONCONFLICT_NOTHING' && { onConflict: 'nothing' as const }),
      ...(conflict === 'ONCONFLICT_UPDATE' && { onConflict: 'update' as const }),
      text: s.text(range.from, range.to),
    },
    targetSpan(s, node.relation),
  );
}

/** FROM of a clause, not of IS DISTINCT FROM. */
function findFrom(s: Lowering, from: number, to: number): number {
  let at = s.find('from', from, to);
  while (at < to && s.word(at - 1) === 'distinct') at = s.find('from', at + 1, to);
  return at;
}

export function update(s: Lowering, node: UpdateStmt, range: Range): void {
  lowerCtes(s, node.withClause);
  const target = indexOf(s, node.relation?.location);
  const returning = node.returningClause === undefined ? range.to : s.find('returning', target, range.to);
  const where = node.whereClause === undefined ? returning : s.find('where', target, returning);
  const set = s.find('set', s.afterName(target), where) + 1;
  const from = node.fromClause === undefined ? where : findFrom(s, set, where);
  s.emit(
    {
      kind: 'update',
      table: relation(s, node.relation),
      ...only(s, node.relation),
      ...alias(s, node.relation),
      set: assignments(s, set, from),
      ...(from < where && { from: s.text(from + 1, where) }),
      ...(where < returning && { where: s.text(where + 1, returning) }),
      reads: readsOf(s, [node.fromClause, node.whereClause, node.targetList, node.withClause, node.returningClause]),
      ...withText(s, node.withClause, range, target, 'update'),
      ...(returning < range.to && { returning: s.text(returning + 1, range.to) }),
    },
    targetSpan(s, node.relation),
  );
}

function alias(s: Lowering, range: RangeVar | undefined): { alias?: string } {
  return range?.alias?.aliasname === undefined ? {} : { alias: s.name(range.alias.aliasname) };
}

/** `a = 1, (b, c) = (2, 3)`; a list that one subquery fills gives each column the whole of it. */
function assignments(s: Lowering, from: number, to: number): Update['set'] {
  return s.list(from, to).flatMap((item) => {
    const equals = s.find('=', item.from, item.to);
    if (s.word(item.from) !== '(') return [{ column: assigned(s, item.from), value: s.text(equals + 1, item.to) }];
    const columns = s.list(item.from + 1, s.close(item.from)).map((column) => assigned(s, column.from));
    const open = s.skip(equals + 1, 'row');
    const values = s.word(open) === '(' && !QUERY_WORDS.has(s.word(open + 1)) ? s.list(open + 1, s.close(open)) : [];
    return columns.map((column, index) => {
      const value = values.length === columns.length ? values[index] : undefined;
      return { column, value: value === undefined ? s.text(equals + 1, item.to) : s.text(value.from, value.to) };
    });
  });
}

const QUERY_WORDS = new Set(['select', 'with', 'values', 'table', '(']);

/** The column alone, without the field or the subscript behind it. */
function assigned(s: Lowering, index: number): string {
  return s.name(s.token(index)?.value ?? '');
}

export function remove(s: Lowering, node: DeleteStmt, range: Range): void {
  lowerCtes(s, node.withClause);
  const target = indexOf(s, node.relation?.location);
  const returning = node.returningClause === undefined ? range.to : s.find('returning', target, range.to);
  const where = node.whereClause === undefined ? returning : s.find('where', target, returning);
  const using = node.usingClause === undefined ? where : s.find('using', target, where);
  s.emit(
    {
      kind: 'delete',
      table: relation(s, node.relation),
      ...only(s, node.relation),
      ...alias(s, node.relation),
      ...(using < where && { using: s.text(using + 1, where) }),
      ...(where < returning && { where: s.text(where + 1, returning) }),
      reads: readsOf(s, [node.usingClause, node.whereClause, node.withClause, node.returningClause]),
      ...withText(s, node.withClause, range, target, 'delete'),
      ...(returning < range.to && { returning: s.text(returning + 1, range.to) }),
    },
    targetSpan(s, node.relation),
  );
}

const MERGE_ACTIONS: Readonly<Record<string, Merge['actions'][number]>> = {
  CMD_INSERT: 'insert',
  CMD_UPDATE: 'update',
  CMD_DELETE: 'delete',
  CMD_NOTHING: 'nothing',
};

export function merge(s: Lowering, node: MergeStmt, range: Range): void {
  lowerCtes(s, node.withClause);
  const clauses = (node.mergeWhenClauses ?? []).map((clause) => as(clause, 'MergeWhenClause')?.commandType ?? '');
  s.emit(
    {
      kind: 'merge',
      table: relation(s, node.relation),
      reads: readsOf(s, [node.sourceRelation, node.joinCondition, node.mergeWhenClauses, node.withClause, node.returningClause]),
      actions: [...new Set(clauses.map((command) => MERGE_ACTIONS[command] ?? 'nothing'))],
      text: s.text(range.from, range.to),
    },
    targetSpan(s, node.relation),
  );
}

export function select(s: Lowering, node: SelectStmt): void {
  if (node.intoClause !== undefined) {
    selectInto(s, node);
    return;
  }
  lowerCtes(s, node.withClause);
  const { reads, functions } = touched(s, node);
  const locks = lockedRelations(s, node, reads);
  s.emit(
    { kind: 'select', reads, ...(locks !== undefined && { locks }), functions, text: s.whole() },
    s.wholeSpan(),
  );
}

/** SELECT … INTO t creates a table: the same as CREATE TABLE t AS. */
function selectInto(s: Lowering, node: SelectStmt): void {
  const target = node.intoClause?.rel;
  const index = indexOf(s, target?.location);
  let start = index;
  while (start > s.first && s.word(start) !== 'into') start--;
  const text = `${s.text(s.first, start)} ${s.text(s.afterName(index), s.last)}`.trim();
  s.emit(
    {
      kind: 'createTableAs',
      table: relation(s, target),
      query: { text, reads: readsOf(s, node, target) },
      persistence: PERSISTENCE[target?.relpersistence ?? ''],
    },
    s.span(index, s.afterName(index)),
  );
}

/** FOR UPDATE locks what it names, or everything the query reads. */
function lockedRelations(s: Lowering, node: SelectStmt, reads: QualifiedName[]): QualifiedName[] | undefined {
  if (node.lockingClause === undefined) return undefined;
  const aliases = aliasesOf(node.fromClause);
  const locked: QualifiedName[] = [];
  for (const clause of node.lockingClause) {
    const named = as(clause, 'LockingClause')?.lockedRels;
    if (named === undefined) return reads;
    for (const item of named) {
      const range = as(item, 'RangeVar');
      locked.push(relation(s, aliases.get(range?.relname ?? '') ?? range));
    }
  }
  return locked;
}

function aliasesOf(nodes: readonly Node[] | undefined): Map<string, RangeVar> {
  const aliases = new Map<string, RangeVar>();
  for (const node of nodes ?? []) {
    const range = as(node, 'RangeVar');
    if (range?.alias?.aliasname !== undefined) aliases.set(range.alias.aliasname, range);
    const join = as(node, 'JoinExpr');
    const sides = [join?.larg, join?.rarg].filter((side) => side !== undefined);
    for (const [name, table] of aliasesOf(sides)) aliases.set(name, table);
  }
  return aliases;
}

