import type {
  AlterEnumType,
  AlterSequenceStatement,
  CommentStatement,
  CreateIndexStatement,
  CreateMaterializedViewStatement,
  CreateViewStatement,
  DropFunctionStatement,
  DropStatement,
  IndexExpression,
  TruncateTableStatement,
} from 'pgsql-ast-parser';
import type { DropObject, IndexKey, OperationDraft, QualifiedName } from '../../../operations/types.js';
import { cascade, flag, ifExists, ifNotExists, names, nameSpan, qualified, unwrapped, type Located, type Range } from './located.js';
import { touched } from './queries.js';

export function createIndex(s: Located, node: CreateIndexStatement): boolean {
  const open = s.find('(', s.afterName(s.indexOf(node.table)));
  const ranges = s.list(open + 1, s.close(open));
  const after = s.close(open) + 1;
  const where = s.find('where', after);
  const options = s.find('with', after, where);
  s.emit(
    {
      kind: 'createIndex',
      ...(node.indexName !== undefined && { index: s.name(node.indexName.name) }),
      table: qualified(s, node.table),
      keys: node.expressions.map((key, index) => indexKey(s, key, ranges[index] ?? { from: open, to: open })),
      ...ifNotExists(node.ifNotExists),
      ...flag('unique', node.unique),
      ...flag('concurrently', node.concurrently),
      ...(node.using !== undefined && { method: s.name(node.using.name) }),
      ...(options < where && { options: s.inside(options + 1) }),
      ...(node.tablespace !== undefined && { tablespace: node.tablespace }),
      ...(node.where !== undefined && { where: s.text(where + 1, s.last) }),
    },
    nameSpan(s, node.indexName ?? node.table),
  );
  return true;
}

const AFTER_KEY: ReadonlySet<string> = new Set(['collate', 'asc', 'desc', 'nulls']);

function indexKey(s: Located, node: IndexExpression, range: Range): IndexKey {
  const opclass = node.opclass === undefined ? range.to : s.indexOf(node.opclass);
  const end = Math.min(opclass, s.find(AFTER_KEY, range.from, range.to));
  const { expression } = node;
  const isColumn = expression.type === 'ref' && expression.table === undefined && end === range.from + 1;
  return {
    ...(isColumn ? { column: s.name(expression.name) } : { expression: unwrapped(s, { from: range.from, to: end }) }),
    ...(node.collate !== undefined && { collation: qualified(s, node.collate) }),
    ...(opclass < range.to && { operatorClass: s.text(opclass, s.afterName(opclass)) }),
    ...(node.order !== undefined && { order: node.order }),
    ...(node.nulls !== undefined && { nulls: node.nulls }),
  };
}

export function drop(s: Located, node: DropStatement): boolean {
  const guard = { ...ifExists(node.ifExists), ...cascade(node.cascade) };
  for (const target of node.names) {
    const draft = dropOne(node, qualified(s, target), guard);
    if (draft === undefined) return false;
    s.emit(draft, nameSpan(s, target));
  }
  return true;
}

function dropOne(node: DropStatement, name: QualifiedName, guard: Pick<DropObject, 'guard' | 'cascade'>): OperationDraft | undefined {
  switch (node.type) {
    case 'drop table':
      return { kind: 'dropTable', table: name, ...guard };
    case 'drop index':
      return { kind: 'dropIndex', index: name, ...flag('concurrently', node.concurrently), ...guard };
    case 'drop sequence':
      return { kind: 'dropObject', object: 'sequence', name, ...guard };
    case 'drop type':
      return { kind: 'dropObject', object: 'type', name, ...guard };
    case 'drop trigger':
      // This grammar knows no table here, and the server takes no trigger without one.
      return undefined;
  }
}

export function dropFunction(s: Located, node: DropFunctionStatement): boolean {
  const open = s.afterName(s.indexOf(node.name));
  const signature = s.word(open) === '(' ? { signature: s.inside(open) } : {};
  s.emit(
    { kind: 'dropObject', object: 'function', name: qualified(s, node.name), ...ifExists(node.ifExists), ...signature },
    nameSpan(s, node.name),
  );
  return true;
}

export function truncate(s: Located, node: TruncateTableStatement): boolean {
  for (const table of node.tables) {
    const restart = flag('restartIdentity', node.identity === 'restart');
    s.emit({ kind: 'truncate', table: qualified(s, table), ...restart, ...cascade(node.cascade) }, nameSpan(s, table));
  }
  return true;
}

export function alterEnum(s: Located, node: AlterEnumType): boolean {
  const type = qualified(s, node.name);
  const { change } = node;
  if (change.type === 'rename') {
    s.emit({ kind: 'renameObject', object: 'type', name: type, to: s.name(change.to.name) }, nameSpan(s, node.name));
    return true;
  }
  s.emit({ kind: 'addEnumValue', type, value: change.add.value }, s.span(s.find('value') + 1));
  return true;
}

export function comment(s: Located, node: CommentStatement): boolean {
  const text = node.comment;
  const { on } = node;
  const at = s.indexAt(s.wholeSpan().start) + 2;
  if (on.type === 'column') {
    const { schema, table, column } = on.column;
    const within = schema === undefined ? {} : { schema };
    s.emit(
      { kind: 'comment', object: 'column', name: { ...within, name: s.name(column) }, on: { ...within, name: s.name(table) }, comment: text },
      s.span(at + 1, s.afterName(at + 1)),
    );
    return true;
  }
  // Without ON its trigger is nobody's.
  if (on.type === 'trigger') return false;
  s.emit({ kind: 'comment', object: on.type, name: qualified(s, on.name), comment: text }, nameSpan(s, on.name));
  return true;
}

export function createView(s: Located, node: CreateViewStatement | CreateMaterializedViewStatement): boolean {
  const { reads, writes } = touched(s, node.query);
  if (writes) return false;
  const from = s.find('as', s.afterName(s.indexOf(node.name))) + 1;
  const columns = node.columnNames === undefined ? {} : { columns: names(s, node.columnNames) };
  const end = queryEnd(s, from);
  const base = { view: qualified(s, node.name), ...columns, query: { text: s.text(from, end), reads } };
  const draft: OperationDraft =
    node.type === 'create view'
      ? {
          kind: 'createView',
          ...base,
          ...flag('orReplace', node.orReplace),
          ...flag('temporary', node.temp),
          ...flag('recursive', node.recursive),
          ...(node.checkOption !== undefined && { checkOption: node.checkOption }),
        }
      : {
          kind: 'createMaterializedView',
          ...base,
          ...ifNotExists(node.ifNotExists),
          ...flag('withNoData', node.withData === false),
          ...(node.tablespace !== undefined && { tablespace: s.name(node.tablespace.name) }),
        };
  s.emit(draft, nameSpan(s, node.name));
  return true;
}

/** WITH … CHECK OPTION and WITH [NO] DATA stand behind the query. */
function queryEnd(s: Located, from: number): number {
  for (let at = s.last - 4; at < s.last; at++) {
    if (at > from && s.word(at) === 'with' && (s.word(s.last - 1) === 'option' || s.word(s.last - 1) === 'data')) return at;
  }
  return s.last;
}

export function alterSequence(s: Located, node: AlterSequenceStatement): boolean {
  const name = qualified(s, node.name);
  const { change } = node;
  const guard = ifExists(node.ifExists);
  const target = { table: name, relation: 'sequence' as const, ...guard };
  const drafts: Record<typeof change.type, () => OperationDraft> = {
    'owner to': () => ({ kind: 'setTableOwner', ...target, owner: 'owner' in change ? s.name(change.owner.name) : '' }),
    rename: () => ({ kind: 'renameTable', ...target, to: 'newName' in change ? s.name(change.newName.name) : '' }),
    'set schema': () => ({ kind: 'setTableSchema', ...target, to: 'newSchema' in change ? s.name(change.newSchema.name) : '' }),
    'set options': () => ({ kind: 'alterSequence', sequence: name, ...guard, ...sequenceOptions(s, s.afterName(s.indexOf(node.name))) }),
  };
  s.emit(drafts[change.type](), nameSpan(s, node.name));
  return true;
}

/** The options as written, OWNED BY apart. */
export function sequenceOptions(s: Located, from: number): { options?: string; ownedBy?: { table: QualifiedName; column: string } | null } {
  const owned = s.find('owned', from);
  const options = s.text(from, owned);
  const text = options === '' ? {} : { options };
  if (owned >= s.last) return text;
  const parts: string[] = [];
  for (let at = owned + 2; s.isName(at); at += 2) parts.push(s.token(at)?.value ?? '');
  const column = parts.at(-1);
  const table = parts.at(-2);
  if (column === undefined || table === undefined) return { ...text, ownedBy: null };
  const schema = parts.at(-3);
  return { ...text, ownedBy: { table: schema === undefined ? { name: table } : { schema, name: table }, column } };
}
