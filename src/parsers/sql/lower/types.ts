import type { AlterDomainStmt, AlterEnumStmt, CreateDomainStmt, CreateEnumStmt } from 'libpg-query';
import type { AlterDomain, CheckConstraint, NotNullConstraint } from '../../../operations/types.js';
import { columnOf } from './columns.js';
import { constraintNode, constraintOf, constraintSpan } from './constraints.js';
import type { Lower } from './lower.js';
import { cascade, ifNotExists, indexOf, qualified, type Lowering } from './tree.js';
import { as } from './tree.js';
import { dataType } from './type-name.js';

function createEnum(s: Lowering, node: CreateEnumStmt): void {
  const values = (node.vals ?? []).map((value) => as(value, 'String')?.sval ?? '');
  const name = s.first + 2;
  s.emit({ kind: 'createEnum', type: qualified(s, node.typeName), values }, s.span(name, s.afterName(name)));
}

/** `ALTER TYPE t ADD VALUE [IF NOT EXISTS] 'v' …` and `RENAME VALUE 'v' TO 'w'`. */
function alterEnum(s: Lowering, node: AlterEnumStmt): void {
  const type = qualified(s, node.typeName);
  const value = s.skipGuard(s.find('value', s.afterName(s.first + 2)) + 1);
  if (node.oldVal !== undefined) {
    s.emit({ kind: 'renameEnumValue', type, value: node.oldVal, to: node.newVal ?? '' }, s.span(value));
    return;
  }
  const neighbour = node.newValNeighbor;
  s.emit(
    {
      kind: 'addEnumValue',
      type,
      value: node.newVal ?? '',
      ...(neighbour !== undefined && (node.newValIsAfter === true ? { after: neighbour } : { before: neighbour })),
      ...ifNotExists(node.skipIfNewValExists),
    },
    s.span(value),
  );
}

/** A domain is defined like a column: a type, a default, checks. */
function createDomain(s: Lowering, node: CreateDomainStmt): void {
  const name = s.first + 2;
  const after = s.afterName(name);
  const { typeName, collClause, constraints } = node;
  const column = columnOf(
    s,
    { ...(typeName && { typeName }), ...(collClause && { collClause }), ...(constraints && { constraints }) },
    { from: after, to: s.last },
  );
  const checks = (column.constraints ?? []).filter((constraint): constraint is CheckConstraint => constraint.type === 'check');
  s.emit(
    {
      kind: 'createDomain',
      domain: qualified(s, node.domainname),
      type: dataType(s, node.typeName),
      ...(column.notNull !== undefined && { notNull: column.notNull }),
      ...(column.default !== undefined && { default: column.default }),
      ...(column.collation !== undefined && { collation: column.collation }),
      ...(checks.length > 0 && { constraints: checks }),
    },
    s.span(name, after),
  );
}

type DomainAction = (s: Lowering, node: AlterDomainStmt, from: number) => AlterDomain['action'] | undefined;

const DOMAIN_ACTIONS: Readonly<Record<string, DomainAction>> = {
  T: (s, node, from) =>
    node.def === undefined
      ? { type: 'drop default' }
      : { type: 'set default', default: s.text(s.find('default', from) + 1, s.last) },
  O: () => ({ type: 'set not null' }),
  N: () => ({ type: 'drop not null' }),
  C: addDomainConstraint,
  X: (s, node) => ({
    type: 'drop constraint',
    constraint: s.name(node.name ?? ''),
    ...(node.missing_ok === true && { guard: 'if exists' as const }),
    ...cascade(node.behavior),
  }),
  V: (s, node) => ({ type: 'validate constraint', constraint: s.name(node.name ?? '') }),
};

function addDomainConstraint(s: Lowering, node: AlterDomainStmt): AlterDomain['action'] | undefined {
  const tree = constraintNode(node.def) ?? {};
  const constraint = constraintOf(s, tree, { from: indexOf(s, tree.location), to: s.last }, '');
  if (constraint?.type !== 'check' && constraint?.type !== 'not null') return undefined;
  return { type: 'add constraint', constraint: constraint satisfies CheckConstraint | NotNullConstraint };
}

function alterDomain(s: Lowering, node: AlterDomainStmt): void {
  const name = s.first + 2;
  const from = s.afterName(name);
  const action = DOMAIN_ACTIONS[node.subtype ?? '']?.(s, node, from);
  if (action === undefined) {
    s.emit({ kind: 'utility', command: 'ALTER DOMAIN', text: s.whole() }, s.wholeSpan());
    return;
  }
  const tree = action.type === 'add constraint' ? constraintNode(node.def) : undefined;
  const span = tree === undefined ? s.span(name, from) : constraintSpan(s, tree, { from: indexOf(s, tree.location), to: s.last });
  s.emit({ kind: 'alterDomain', domain: qualified(s, node.typeName), action }, span);
}

export const TYPES = {
  CreateEnumStmt: createEnum as Lower,
  AlterEnumStmt: alterEnum as Lower,
  CreateDomainStmt: createDomain as Lower,
  AlterDomainStmt: alterDomain as Lower,
};
