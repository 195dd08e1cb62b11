import type { AlterSeqStmt, CreateForeignTableStmt, CreateSeqStmt, CreateTableAsStmt, Node, RefreshMatViewStmt, ViewStmt } from 'libpg-query';
import type { CreateTable } from '../../../operations/types.js';
import { columnName } from './columns.js';
import { optionsInParentheses, PERSISTENCE, tableDraft } from './create-table.js';
import { lowerCtes } from './data.js';
import type { Lower } from './lower.js';
import { readsOf } from './queries.js';
import { as, flag, ifExists, ifNotExists, indexOf, option, optionalName, relation, relationSpan, strings, type Lowering } from './tree.js';

const CHECK_OPTIONS: Readonly<Record<string, 'local' | 'cascaded'>> = {
  LOCAL_CHECK_OPTION: 'local',
  CASCADED_CHECK_OPTION: 'cascaded',
};

function names(s: Lowering, nodes: readonly Node[] | undefined): { columns?: string[] } {
  return nodes === undefined ? {} : { columns: strings(s, nodes) };
}

function createView(s: Lowering, node: ViewStmt): void {
  const after = s.afterName(indexOf(s, node.view?.location));
  const as_ = s.find('as', after);
  const checkOption = CHECK_OPTIONS[node.withCheckOption ?? ''];
  const end = checkOption === undefined ? s.last : checkOptionStart(s);
  const options = node.options === undefined ? undefined : optionsInParentheses(s, after, as_);
  s.emit(
    {
      kind: 'createView',
      view: relation(s, node.view),
      ...names(s, node.aliases),
      query: { text: s.text(as_ + 1, end), reads: readsOf(s, node.query) },
      ...(node.replace === true && { orReplace: true as const }),
      ...(node.view?.relpersistence === 't' && { temporary: true as const }),
      ...(s.find('recursive', s.first, after) < after && { recursive: true as const }),
      ...(options !== undefined && { options }),
      ...(checkOption !== undefined && { checkOption }),
    },
    relationSpan(s, node.view),
  );
}

/** WITH [LOCAL | CASCADED] CHECK OPTION, from the end. */
function checkOptionStart(s: Lowering): number {
  return s.word(s.last - 3) === 'with' ? s.last - 3 : s.last - 4;
}

/** CREATE TABLE … AS and CREATE MATERIALIZED VIEW, one node of the grammar. */
function createTableAs(s: Lowering, node: CreateTableAsStmt): void {
  const into = node.into ?? {};
  const name = indexOf(s, into.rel?.location);
  const after = s.afterName(name);
  const as_ = s.find('as', after);
  lowerCtes(s, as(node.query, 'SelectStmt')?.withClause);
  const shared = {
    ...names(s, into.colNames),
    query: { text: s.text(as_ + 1, dataClause(s)), reads: readsOf(s, node.query) },
    withNoData: flag(into.skipData),
    options: into.options && optionsInParentheses(s, after, as_),
    tablespace: optionalName(s, into.tableSpaceName),
    ...ifNotExists(node.if_not_exists),
  };
  const span = s.span(name, after);
  const target = relation(s, into.rel);
  if (node.objtype === 'OBJECT_MATVIEW') {
    s.emit({ kind: 'createMaterializedView', view: target, method: optionalName(s, into.accessMethod), ...shared }, span);
    return;
  }
  const persistence = PERSISTENCE[into.rel?.relpersistence ?? ''];
  s.emit({ kind: 'createTableAs', table: target, persistence, onCommit: ON_COMMIT[into.onCommit ?? ''], ...shared }, span);
}

const ON_COMMIT: Readonly<Record<string, NonNullable<CreateTable['onCommit']>>> = {
  ONCOMMIT_PRESERVE_ROWS: 'preserve rows',
  ONCOMMIT_DELETE_ROWS: 'delete rows',
  ONCOMMIT_DROP: 'drop',
};

/** Where WITH [NO] DATA begins, or the end. */
function dataClause(s: Lowering): number {
  if (s.has(s.last - 3, 'with', 'no', 'data')) return s.last - 3;
  return s.has(s.last - 2, 'with', 'data') ? s.last - 2 : s.last;
}

function refresh(s: Lowering, node: RefreshMatViewStmt): void {
  s.emit(
    {
      kind: 'refreshMaterializedView',
      view: relation(s, node.relation),
      ...(node.concurrent === true && { concurrently: true as const }),
      ...(node.skipData === true && { withNoData: true as const }),
    },
    relationSpan(s, node.relation),
  );
}

/** Options as written, and the OWNED BY among them. */
function sequenceOptions(s: Lowering, after: number): { options?: string } {
  const owned = s.find('owned', after);
  if (owned >= s.last) {
    const options = s.text(after, s.last);
    return options === '' ? {} : { options };
  }
  const rest = s.afterName(owned + 2);
  const options = [s.text(after, owned), s.text(rest, s.last)].filter((part) => part !== '').join(' ');
  return { ...(options !== '' && { options }) };
}

function ownedBy(nodes: readonly Node[] | undefined): string[] | undefined {
  const element = option(nodes, 'owned_by');
  if (element === undefined) return undefined;
  return (as(element.arg, 'List')?.items ?? []).map((item) => as(item, 'String')?.sval ?? '');
}

function createSequence(s: Lowering, node: CreateSeqStmt): void {
  const { options } = sequenceOptions(s, s.afterName(indexOf(s, node.sequence?.location)));
  const owner = ownedBy(node.options);
  const persistence = PERSISTENCE[node.sequence?.relpersistence ?? ''];
  s.emit(
    {
      kind: 'createSequence',
      sequence: relation(s, node.sequence),
      ...(persistence !== undefined && { persistence }),
      ...(options !== undefined && { options }),
      ...(owner !== undefined && owner.length > 1 && { ownedBy: columnName(s, owner) }),
      ...ifNotExists(node.if_not_exists),
    },
    relationSpan(s, node.sequence),
  );
}

function alterSequence(s: Lowering, node: AlterSeqStmt): void {
  const { options } = sequenceOptions(s, s.afterName(indexOf(s, node.sequence?.location)));
  const owner = ownedBy(node.options);
  s.emit(
    {
      kind: 'alterSequence',
      sequence: relation(s, node.sequence),
      ...(options !== undefined && { options }),
      ...(owner !== undefined && { ownedBy: owner.length > 1 ? columnName(s, owner) : null }),
      ...ifExists(node.missing_ok),
    },
    relationSpan(s, node.sequence),
  );
}

function createForeignTable(s: Lowering, node: CreateForeignTableStmt): void {
  const base = node.base ?? {};
  const server = s.find('server', indexOf(s, base.relation?.location));
  const options = s.find('options', server);
  s.emit(
    {
      ...tableDraft(s, base),
      server: s.name(node.servername ?? ''),
      ...(options < s.last && { serverOptions: s.inside(options + 1) }),
    },
    relationSpan(s, base.relation),
  );
}

export const VIEWS = {
  ViewStmt: createView as Lower,
  CreateTableAsStmt: createTableAs as Lower,
  RefreshMatViewStmt: refresh as Lower,
  CreateSeqStmt: createSequence as Lower,
  AlterSeqStmt: alterSequence as Lower,
  CreateForeignTableStmt: createForeignTable as Lower,
};
