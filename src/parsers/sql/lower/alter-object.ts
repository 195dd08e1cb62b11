import type { AlterObjectSchemaStmt, AlterOwnerStmt, Node, RenameStmt } from 'libpg-query';
import type { ObjectKind, RelationKind, RenameObject, SetObjectOwner, SetObjectSchema, Span } from '../../../operations/types.js';
import { relationKind } from './alter-table.js';
import { objectName } from './drop.js';
import { OBJECT_KINDS } from './object-kinds.js';
import { anyName, as, cascade, ifExists, indexOf, relation, relationSpan, role, type Lowering } from './tree.js';
import { command } from './utility.js';

const RELATION_TYPES = new Set([
  'OBJECT_TABLE',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_INDEX',
  'OBJECT_SEQUENCE',
  'OBJECT_FOREIGN_TABLE',
]);
/** Objects that live on a table and go by `relation` and `subname`. */
const ON_RELATION = new Set(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);
/** Objects that belong to no schema and go by `subname` alone. */
const PLAIN = new Set(['OBJECT_ROLE', 'OBJECT_DATABASE', 'OBJECT_SCHEMA', 'OBJECT_TABLESPACE']);

export function isRelationType(type: string | undefined): boolean {
  return RELATION_TYPES.has(type ?? '');
}

function only(s: Lowering, location: number | undefined): { only?: true } {
  const name = indexOf(s, location);
  return s.word(name - 1) === 'only' ? { only: true } : {};
}

function target(s: Lowering, node: { relation?: RenameStmt['relation']; missing_ok?: boolean }, type: string | undefined): {
  table: ReturnType<typeof relation>;
  only?: true;
  relation?: Exclude<RelationKind, 'table'>;
  guard?: 'if exists';
} {
  const kind = relationKind(type);
  return {
    table: relation(s, node.relation),
    ...only(s, node.relation?.location),
    ...(kind !== undefined && { relation: kind }),
    ...ifExists(node.missing_ok),
  };
}

export function rename(s: Lowering, node: RenameStmt): void {
  const to = s.name(node.newname ?? '');
  const type = node.renameType ?? '';
  if (isRelationType(type)) {
    s.emit({ kind: 'renameTable', ...target(s, node, type), to }, relationSpan(s, node.relation));
    return;
  }
  const old = s.name(node.subname ?? '');
  // RENAME [COLUMN | CONSTRAINT | ATTRIBUTE] old TO new
  const renamed = s.skip(s.skip(s.find('rename', nameEnd(s, node)) + 1, 'column'), 'constraint');
  if (type === 'OBJECT_COLUMN') {
    s.emit({ kind: 'renameColumn', ...target(s, node, node.relationType), column: old, to }, s.span(renamed));
    return;
  }
  if (type === 'OBJECT_TABCONSTRAINT') {
    s.emit({ kind: 'renameConstraint', ...target(s, node, node.relationType), constraint: old, to }, s.span(renamed));
    return;
  }
  renameObject(s, node, to);
}

/** Where a relation's name ends; names of other objects are never `rename` unquoted in front of it. */
function nameEnd(s: Lowering, node: RenameStmt): number {
  return node.relation === undefined ? s.first + 2 : s.afterName(indexOf(s, node.relation.location));
}

function renameObject(s: Lowering, node: RenameStmt, to: string): void {
  const type = node.renameType ?? '';
  const object = OBJECT_KINDS[type] as RenameObject['object'] | undefined;
  const attribute = s.find('attribute', nameEnd(s, node)) + 1;
  const span = object === 'attribute' ? s.span(attribute) : objectSpan(s, object);
  if (object === undefined) {
    s.emit({ kind: 'utility', command: command(s), text: s.whole() }, span);
    return;
  }
  s.emit({ kind: 'renameObject', object, ...renamedName(s, node, type), to, ...ifExists(node.missing_ok), ...cascade(node.behavior) }, span);
}

function renamedName(s: Lowering, node: RenameStmt, type: string): Pick<RenameObject, 'name' | 'on' | 'signature'> {
  const name = { name: s.name(node.subname ?? '') };
  if (ON_RELATION.has(type) || type === 'OBJECT_ATTRIBUTE') return { name, on: relation(s, node.relation) };
  if (type === 'OBJECT_DOMCONSTRAINT') return { name, on: anyName(s, node.object) };
  if (PLAIN.has(type) || node.object === undefined) return { name };
  return objectName(s, type, node.object, signatureRange(s));
}

/** Everything behind the verb: the first parentheses in it are the signature. */
function signatureRange(s: Lowering): { from: number; to: number } {
  return { from: s.first + 1, to: s.last };
}

/** The name behind `ALTER kind`, its schema included. */
function objectSpan(s: Lowering, kind: ObjectKind | undefined): Span {
  let at = s.first + 1 + (kind ?? '').split(' ').length;
  at = s.skipGuard(at);
  return s.span(at, s.afterName(at));
}

function utility(s: Lowering): void {
  s.emit({ kind: 'utility', command: command(s), text: s.whole() }, s.wholeSpan());
}

function altered(s: Lowering, type: string, object: Node | undefined): Pick<SetObjectSchema, 'name' | 'signature'> {
  const { name, signature } = objectName(s, type, object ?? ({} as Node), signatureRange(s));
  return { name, ...(signature !== undefined && { signature }) };
}

export function setSchema(s: Lowering, node: AlterObjectSchemaStmt): void {
  const type = node.objectType ?? '';
  const to = s.name(node.newschema ?? '');
  if (isRelationType(type)) {
    s.emit({ kind: 'setTableSchema', ...target(s, node, type), to }, relationSpan(s, node.relation));
    return;
  }
  const object = OBJECT_KINDS[type] as SetObjectSchema['object'] | undefined;
  if (object === undefined || onAccessMethod(type)) utility(s);
  else s.emit({ kind: 'setObjectSchema', object, ...altered(s, type, node.object), to, ...ifExists(node.missing_ok) }, objectSpan(s, object));
}

export function setOwner(s: Lowering, node: AlterOwnerStmt): void {
  const type = node.objectType ?? '';
  const object = OBJECT_KINDS[type] as SetObjectOwner['object'] | undefined;
  if (object === undefined || onAccessMethod(type) || as(node.object, 'Integer') !== undefined) utility(s);
  else s.emit({ kind: 'setObjectOwner', object, ...altered(s, type, node.object), owner: role(s, node.newowner) }, objectSpan(s, object));
}

/** Operator classes need their access method to be named, which these two operations cannot say. */
function onAccessMethod(type: string): boolean {
  return type === 'OBJECT_OPCLASS' || type === 'OBJECT_OPFAMILY';
}

