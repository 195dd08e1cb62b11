import type { ClusterStmt, CopyStmt, DefElem, LockStmt, Node, RangeVar, ReindexStmt, TruncateStmt, VacuumRelation, VacuumStmt } from 'libpg-query';
import { LOCK_MODES } from '../../../operations/lock-modes.js';
import type { Reindex, Vacuum } from '../../../operations/types.js';
import type { Lower } from './lower.js';
import { readsOf } from './queries.js';
import { as, cascade, isOn, option, optionText, relation, relationSpan, strings, type Lowering } from './tree.js';

function relations(nodes: readonly Node[] | undefined): RangeVar[] {
  return (nodes ?? []).map((node) => as(node, 'RangeVar') ?? {});
}

function only(range: RangeVar): { only?: true } {
  return range.inh === true ? {} : { only: true };
}

function truncate(s: Lowering, node: TruncateStmt): void {
  for (const range of relations(node.relations)) {
    s.emit(
      {
        kind: 'truncate',
        table: relation(s, range),
        ...only(range),
        ...(node.restart_seqs === true && { restartIdentity: true as const }),
        ...cascade(node.behavior),
      },
      relationSpan(s, range),
    );
  }
}

/** The tree numbers the modes from 1. */
function lockTable(s: Lowering, node: LockStmt): void {
  const mode = LOCK_MODES[(node.mode ?? 8) - 1] ?? 'ACCESS EXCLUSIVE';
  for (const range of relations(node.relations)) {
    s.emit(
      { kind: 'lockTable', table: relation(s, range), ...only(range), mode, ...(node.nowait === true && { nowait: true as const }) },
      relationSpan(s, range),
    );
  }
}

const OWN_OPTIONS = new Set(['full', 'freeze', 'verbose', 'analyze', 'analyse']);

/** The options between the parentheses that have no field of their own, as written. */
function otherOptions(s: Lowering, nodes: readonly Node[] | undefined): { options?: string } {
  const others = (nodes ?? []).map((node) => as(node, 'DefElem')).filter((element) => !OWN_OPTIONS.has(element?.defname ?? ''));
  const open = s.first + 1;
  if (others.length === 0 || s.word(open) !== '(') return {};
  const items = s.list(open + 1, s.close(open)).filter(({ from }) => !OWN_OPTIONS.has(s.word(from)));
  return { options: items.map(({ from, to }) => s.text(from, to)).join(', ') };
}

function maintained(s: Lowering, table: RangeVar): Pick<Vacuum, 'table' | 'only'> {
  return { table: relation(s, table), ...(table.inh !== true && { only: true as const }) };
}

function vacuum(s: Lowering, node: VacuumStmt): void {
  const { options } = node;
  const targets: (VacuumRelation | undefined)[] = node.rels?.map((target) => as(target, 'VacuumRelation')) ?? [undefined];
  const verbose = isOn(option(options, 'verbose')) ? { verbose: true as const } : {};
  for (const target of targets) {
    const table = target?.relation === undefined ? {} : maintained(s, target.relation);
    const columns = target?.va_cols === undefined ? {} : { columns: strings(s, target.va_cols) };
    const span = target?.relation === undefined ? s.wholeSpan() : relationSpan(s, target.relation);
    const shared = { ...table, ...columns, ...verbose, ...otherOptions(s, options) };
    if (node.is_vacuumcmd === true) s.emit({ kind: 'vacuum', ...shared, ...vacuumFlags(options) }, span);
    else s.emit({ kind: 'analyze', ...shared }, span);
  }
}

function vacuumFlags(options: readonly Node[] | undefined): Pick<Vacuum, 'full' | 'freeze' | 'analyze'> {
  return {
    ...(isOn(option(options, 'full')) && { full: true as const }),
    ...(isOn(option(options, 'analyze')) && { analyze: true as const }),
    ...(isOn(option(options, 'freeze')) && { freeze: true as const }),
  };
}

function cluster(s: Lowering, node: ClusterStmt): void {
  s.emit(
    {
      kind: 'cluster',
      ...(node.relation !== undefined && { table: relation(s, node.relation) }),
      ...(node.indexname !== undefined && { index: s.name(node.indexname) }),
      ...(isOn(option(node.params, 'verbose')) && { verbose: true as const }),
    },
    node.relation === undefined ? s.wholeSpan() : relationSpan(s, node.relation),
  );
}

const REINDEX_TARGETS: Readonly<Record<string, Reindex['target']>> = {
  REINDEX_OBJECT_INDEX: 'index',
  REINDEX_OBJECT_TABLE: 'table',
  REINDEX_OBJECT_SCHEMA: 'schema',
  REINDEX_OBJECT_SYSTEM: 'system',
  REINDEX_OBJECT_DATABASE: 'database',
};

function reindex(s: Lowering, node: ReindexStmt): void {
  const named = node.relation === undefined ? (node.name === undefined ? {} : { name: { name: s.name(node.name) } }) : { name: relation(s, node.relation) };
  const tablespace: DefElem | undefined = option(node.params, 'tablespace');
  s.emit(
    {
      kind: 'reindex',
      target: REINDEX_TARGETS[node.kind ?? ''] ?? 'index',
      ...named,
      ...(isOn(option(node.params, 'concurrently')) && { concurrently: true as const }),
      ...(tablespace !== undefined && { tablespace: s.name(optionText(tablespace) ?? '') }),
      ...(isOn(option(node.params, 'verbose')) && { verbose: true as const }),
    },
    node.relation === undefined ? s.span(s.last - 1) : relationSpan(s, node.relation),
  );
}

function copy(s: Lowering, node: CopyStmt): void {
  s.emit(
    {
      kind: 'copy',
      ...(node.relation !== undefined && { table: relation(s, node.relation) }),
      ...(node.attlist !== undefined && { columns: strings(s, node.attlist) }),
      direction: node.is_from === true ? 'from' : 'to',
      reads: readsOf(s, [node.query, node.whereClause]),
      text: s.whole(),
    },
    node.relation === undefined ? s.wholeSpan() : relationSpan(s, node.relation),
  );
}

export const MAINTENANCE = {
  TruncateStmt: truncate as Lower,
  LockStmt: lockTable as Lower,
  VacuumStmt: vacuum as Lower,
  ClusterStmt: cluster as Lower,
  ReindexStmt: reindex as Lower,
  CopyStmt: copy as Lower,
};
