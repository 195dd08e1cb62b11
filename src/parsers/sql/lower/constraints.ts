import type { Constraint as ConstraintNode, Node } from 'libpg-query';
import type { Constraint, ForeignKeyAction } from '../../../operations/types.js';
import { as, relation, strings, type Lowering } from './tree.js';

/** Token indices, half-open. */
export interface Range {
  from: number;
  to: number;
}

const ACTIONS: Readonly<Record<string, ForeignKeyAction>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

type Build = (s: Lowering, node: ConstraintNode, range: Range, column: string | undefined) => Constraint;

const BUILDERS: Readonly<Record<string, Build>> = {
  CONSTR_CHECK: check,
  CONSTR_PRIMARY: primaryKey,
  CONSTR_UNIQUE: unique,
  CONSTR_FOREIGN: foreignKey,
  CONSTR_EXCLUSION: exclusion,
  CONSTR_NOTNULL: notNull,
};

/**
 * A constraint of a table, or of `column` when it stands in its definition.
 * Undefined for what is no constraint: defaults, identities and the like.
 */
export function constraintOf(s: Lowering, node: ConstraintNode, range: Range, column?: string): Constraint | undefined {
  const constraint = BUILDERS[node.contype ?? '']?.(s, node, range, column);
  if (constraint === undefined) return undefined;
  if (node.conname !== undefined) constraint.name = s.name(node.conname);
  if (node.deferrable === true) constraint.deferrable = true;
  if (node.initdeferred === true) constraint.initiallyDeferred = true;
  const { start, end } = s.span(range.from, range.to);
  constraint.span = s.placement.toSpan(start, end);
  return constraint;
}

/** The name where there is one, else the whole constraint. */
export function constraintSpan(s: Lowering, node: ConstraintNode, range: Range): { start: number; end: number } {
  return node.conname === undefined ? s.span(range.from, range.to) : s.span(range.from + 1);
}

function body(s: Lowering, range: Range): number {
  return s.word(range.from) === 'constraint' ? range.from + 2 : range.from;
}

function check(s: Lowering, node: ConstraintNode, range: Range): Constraint {
  return {
    type: 'check',
    expression: s.inside(s.find('(', body(s, range), range.to)),
    ...(node.is_no_inherit === true && { noInherit: true }),
    ...(isNotValid(s, range) && { notValid: true }),
    ...(node.is_enforced !== true && { notEnforced: true }),
  };
}

function isNotValid(s: Lowering, range: Range): boolean {
  for (let at = s.find('valid', range.from, range.to); at < range.to; at = s.find('valid', at + 1, range.to)) {
    if (s.word(at - 1) === 'not') return true;
  }
  return false;
}

function columnsOf(s: Lowering, keys: readonly Node[] | undefined, column: string | undefined): string[] {
  return keys === undefined && column !== undefined ? [column] : strings(s, keys);
}

function keyParts(s: Lowering, node: ConstraintNode): { include?: string[]; usingIndex?: string } {
  return {
    ...(node.including !== undefined && { include: strings(s, node.including) }),
    ...(node.indexname !== undefined && { usingIndex: s.name(node.indexname) }),
  };
}

function primaryKey(s: Lowering, node: ConstraintNode, _range: Range, column: string | undefined): Constraint {
  const columns = node.indexname === undefined ? columnsOf(s, node.keys, column) : [];
  return { type: 'primary key', columns, ...keyParts(s, node) };
}

function unique(s: Lowering, node: ConstraintNode, _range: Range, column: string | undefined): Constraint {
  return {
    type: 'unique',
    columns: node.indexname === undefined ? columnsOf(s, node.keys, column) : [],
    ...keyParts(s, node),
    ...(node.nulls_not_distinct === true && { nullsNotDistinct: true }),
  };
}

function foreignKey(s: Lowering, node: ConstraintNode, range: Range, column: string | undefined): Constraint {
  const onDelete = writtenAction(s, range, 'delete', node.fk_del_action);
  const onUpdate = writtenAction(s, range, 'update', node.fk_upd_action);
  return {
    type: 'foreign key',
    columns: columnsOf(s, node.fk_attrs, column),
    references: { table: relation(s, node.pktable), columns: strings(s, node.pk_attrs) },
    ...(node.fk_matchtype === 'f' && { match: 'full' as const }),
    ...(node.fk_matchtype === 'p' && { match: 'partial' as const }),
    ...(onDelete !== undefined && { onDelete }),
    ...(onUpdate !== undefined && { onUpdate }),
    ...(isNotValid(s, range) && { notValid: true }),
    ...(node.is_enforced !== true && { notEnforced: true }),
  };
}

/** The tree says `no action` for what nobody wrote. */
function writtenAction(s: Lowering, range: Range, event: string, action: string | undefined): ForeignKeyAction | undefined {
  for (let at = s.find('on', range.from, range.to); at < range.to; at = s.find('on', at + 1, range.to)) {
    if (s.word(at + 1) === event) return ACTIONS[action ?? 'a'];
  }
  return undefined;
}

function exclusion(s: Lowering, node: ConstraintNode, range: Range): Constraint {
  const open = s.find('(', body(s, range), range.to);
  const where = s.find('where', s.close(open) + 1, range.to);
  const using = s.find('using', body(s, range), open);
  return {
    type: 'exclude',
    ...(using < open && { method: s.name(node.access_method ?? '') }),
    elements: s.list(open + 1, s.close(open)).map(({ from, to }) => s.text(from, to)),
    ...(where < range.to && { where: s.inside(where + 1) }),
    ...(node.including !== undefined && { include: strings(s, node.including) }),
  };
}

function notNull(s: Lowering, node: ConstraintNode, range: Range, column: string | undefined): Constraint {
  return {
    type: 'not null',
    column: columnsOf(s, node.keys, column)[0] ?? '',
    ...(node.is_no_inherit === true && { noInherit: true }),
    ...(isNotValid(s, range) && { notValid: true }),
  };
}

export function constraintNode(node: Node | undefined): ConstraintNode | undefined {
  return as(node, 'Constraint');
}
