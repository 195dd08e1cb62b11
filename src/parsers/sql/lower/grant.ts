import type { GrantRoleStmt, GrantStmt, Node } from 'libpg-query';
import type { Grant, QualifiedName } from '../../../operations/types.js';
import { OBJECT_KINDS } from './object-kinds.js';
import { anyName, as, cascade, relation, roles, type Lowering } from './tree.js';

const ALL_IN_SCHEMA: Readonly<Record<string, Grant['object']>> = {
  OBJECT_TABLE: 'all tables in schema',
  OBJECT_SEQUENCE: 'all sequences in schema',
  OBJECT_FUNCTION: 'all routines in schema',
  OBJECT_PROCEDURE: 'all routines in schema',
  OBJECT_ROUTINE: 'all routines in schema',
};

export function grant(s: Lowering, node: GrantStmt): void {
  const type = node.objtype ?? '';
  const object = node.targtype === 'ACL_TARGET_ALL_IN_SCHEMA' ? ALL_IN_SCHEMA[type] : OBJECT_KINDS[type];
  s.emit(
    {
      kind: 'grant',
      ...(node.is_grant !== true && { revoke: true as const }),
      privileges: privileges(s, node),
      ...(object !== undefined && { object }),
      names: (node.objects ?? []).map((item) => grantedName(s, item)),
      grantees: roles(s, node.grantees),
      ...cascade(node.behavior),
      text: s.whole(),
    },
    s.wholeSpan(),
  );
}

function privileges(s: Lowering, node: GrantStmt): string[] {
  const names = (node.privileges ?? []).map((item) => as(item, 'AccessPriv')?.priv_name ?? 'all');
  return names.length === 0 ? ['ALL'] : names.map((name) => name.toUpperCase());
}

function grantedName(s: Lowering, item: Node): QualifiedName {
  const range = as(item, 'RangeVar');
  return range === undefined ? anyName(s, item) : relation(s, range);
}

/** Membership: the roles given and who gets them. */
export function grantRole(s: Lowering, node: GrantRoleStmt): void {
  s.emit(
    {
      kind: 'grant',
      ...(node.is_grant !== true && { revoke: true as const }),
      privileges: [],
      names: [],
      roles: (node.granted_roles ?? []).map((item) => s.name(as(item, 'AccessPriv')?.priv_name ?? '')),
      grantees: roles(s, node.grantee_roles),
      ...cascade(node.behavior),
      text: s.whole(),
    },
    s.wholeSpan(),
  );
}
