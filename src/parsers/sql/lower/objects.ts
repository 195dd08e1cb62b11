import type {
  AlterExtensionStmt,
  AlterPublicationStmt,
  CreateExtensionStmt,
  CreatePublicationStmt,
  CreateSchemaStmt,
  CreateStatsStmt,
  DropdbStmt,
  DropRoleStmt,
  DropSubscriptionStmt,
  DropTableSpaceStmt,
  Node,
} from 'libpg-query';
import type { AlterPublication, DropObject, QualifiedName } from '../../../operations/types.js';
import { rename, setOwner, setSchema } from './alter-object.js';
import { comment } from './comment.js';
import { tableDraft } from './create-table.js';
import { grant, grantRole } from './grant.js';
import type { Lower } from './lower.js';
import { as, cascade, ifExists, ifNotExists, isOn, option, optionText, qualified, relation, relationSpan, role, roles, type Lowering } from './tree.js';

function createSchema(s: Lowering, node: CreateSchemaStmt): void {
  const name = node.schemaname === undefined ? {} : { schema: s.name(node.schemaname) };
  const owner = node.authrole === undefined ? {} : { authorization: role(s, node.authrole) };
  s.emit({ kind: 'createSchema', ...name, ...owner, ...ifNotExists(node.if_not_exists) }, s.span(s.skipGuard(s.first + 2)));
  for (const element of node.schemaElts ?? []) {
    const table = as(element, 'CreateStmt');
    if (table === undefined) continue;
    const draft = tableDraft(s, table);
    s.emit({ ...draft, table: { ...name, ...draft.table } }, relationSpan(s, table.relation));
  }
}

function createExtension(s: Lowering, node: CreateExtensionStmt): void {
  const schema = optionText(option(node.options, 'schema'));
  const version = optionText(option(node.options, 'new_version'));
  s.emit(
    {
      kind: 'createExtension',
      extension: s.name(node.extname ?? ''),
      ...(schema !== undefined && { schema: s.name(schema) }),
      ...(version !== undefined && { version }),
      ...(isOn(option(node.options, 'cascade')) && { cascade: true as const }),
      ...ifNotExists(node.if_not_exists),
    },
    s.span(s.skipGuard(s.first + 2)),
  );
}

function updateExtension(s: Lowering, node: AlterExtensionStmt): void {
  const version = optionText(option(node.options, 'new_version'));
  s.emit({ kind: 'updateExtension', extension: s.name(node.extname ?? ''), ...(version !== undefined && { version }) }, s.span(s.first + 2));
}

function publicationTables(s: Lowering, nodes: readonly Node[] | undefined): QualifiedName[] {
  return (nodes ?? [])
    .map((node) => as(node, 'PublicationObjSpec')?.pubtable?.relation)
    .filter((range) => range !== undefined)
    .map((range) => relation(s, range));
}

function createPublication(s: Lowering, node: CreatePublicationStmt): void {
  s.emit(
    {
      kind: 'createPublication',
      publication: s.name(node.pubname ?? ''),
      ...(node.for_all_tables === true && { allTables: true as const }),
      tables: publicationTables(s, node.pubobjects),
      text: s.whole(),
    },
    s.span(s.first + 2),
  );
}

const PUBLICATION_ACTIONS: Readonly<Record<string, AlterPublication['action']>> = {
  AP_AddObjects: 'add',
  AP_DropObjects: 'drop',
  AP_SetObjects: 'set',
};

/** The tree says `add objects` for SET (options) too, with no objects. */
function alterPublication(s: Lowering, node: AlterPublicationStmt): void {
  const action = node.options === undefined ? (PUBLICATION_ACTIONS[node.action ?? ''] ?? 'set') : 'options';
  const tables = publicationTables(s, node.pubobjects);
  s.emit({ kind: 'alterPublication', publication: s.name(node.pubname ?? ''), action, tables, text: s.whole() }, s.span(s.first + 2));
}

function createStatistics(s: Lowering, node: CreateStatsStmt): void {
  const table = as(node.relations?.[0], 'RangeVar');
  const at = s.skipGuard(s.first + 2);
  s.emit(
    {
      kind: 'createStatistics',
      ...(node.defnames !== undefined && { statistics: qualified(s, node.defnames) }),
      table: relation(s, table),
      text: s.whole(),
      ...ifNotExists(node.if_not_exists),
    },
    node.defnames === undefined ? relationSpan(s, table) : s.span(at, s.afterName(at)),
  );
}

/** DROP of objects whose statement is a node of its own. */
function dropNamed(s: Lowering, object: DropObject['object'], name: string, missing: boolean | undefined, behavior?: string): void {
  const at = s.skipGuard(s.first + 2);
  s.emit({ kind: 'dropObject', object, name: { name: s.name(name) }, ...ifExists(missing), ...cascade(behavior) }, s.span(at));
}

function dropRole(s: Lowering, node: DropRoleStmt): void {
  const items = s.list(s.skipGuard(s.first + 2), s.last);
  roles(s, node.roles).forEach((name, index) => {
    s.emit({ kind: 'dropObject', object: 'role', name: { name }, ...ifExists(node.missing_ok) }, s.span(items[index]?.from ?? s.first));
  });
}

export const OBJECTS = {
  RenameStmt: rename as Lower,
  AlterObjectSchemaStmt: setSchema as Lower,
  AlterOwnerStmt: setOwner as Lower,
  CommentStmt: comment as Lower,
  GrantStmt: grant as Lower,
  GrantRoleStmt: grantRole as Lower,
  CreateSchemaStmt: createSchema as Lower,
  CreateExtensionStmt: createExtension as Lower,
  AlterExtensionStmt: updateExtension as Lower,
  CreatePublicationStmt: createPublication as Lower,
  AlterPublicationStmt: alterPublication as Lower,
  CreateStatsStmt: createStatistics as Lower,
  DropRoleStmt: dropRole as Lower,
  DropdbStmt: ((s: Lowering, node: DropdbStmt) => dropNamed(s, 'database', node.dbname ?? '', node.missing_ok)) as Lower,
  DropTableSpaceStmt: ((s: Lowering, node: DropTableSpaceStmt) =>
    dropNamed(s, 'tablespace', node.tablespacename ?? '', node.missing_ok)) as Lower,
  DropSubscriptionStmt: ((s: Lowering, node: DropSubscriptionStmt) =>
    dropNamed(s, 'subscription', node.subname ?? '', node.missing_ok, node.behavior)) as Lower,
};
