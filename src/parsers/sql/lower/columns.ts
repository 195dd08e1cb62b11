import type { ColumnDef, Constraint as ConstraintNode } from 'libpg-query';
import type { ColumnDefinition } from '../../../operations/types.js';
import { constraintOf, type Range } from './constraints.js';
import { as, indexOf, named, qualified, type Lowering } from './tree.js';
import { dataType } from './type-name.js';

/** One part of a column definition, from its first token to the next part's. */
interface Part extends Range {
  node: ConstraintNode;
}

type Apply = (s: Lowering, column: ColumnDefinition, part: Part) => void;

const PARTS: Readonly<Record<string, Apply>> = {
  CONSTR_NULL: (_s, column) => void (column.notNull = false),
  CONSTR_NOTNULL: notNull,
  CONSTR_DEFAULT: (s, column, part) => void (column.default = s.text(afterName(s, part) + 1, part.to)),
  CONSTR_IDENTITY: identity,
  CONSTR_GENERATED: generated,
  CONSTR_ATTR_DEFERRABLE: (_s, column) => attribute(column, 'deferrable', true),
  CONSTR_ATTR_NOT_DEFERRABLE: () => undefined,
  CONSTR_ATTR_DEFERRED: (_s, column) => attribute(column, 'initiallyDeferred', true),
  CONSTR_ATTR_IMMEDIATE: () => undefined,
  CONSTR_ATTR_ENFORCED: () => undefined,
  CONSTR_ATTR_NOT_ENFORCED: notEnforced,
};

/** The column a definition describes; `range` is the whole of it. */
export function columnOf(s: Lowering, node: ColumnDef, range: Range): ColumnDefinition {
  const column: ColumnDefinition = { name: s.name(node.colname ?? '') };
  if (node.typeName !== undefined) column.type = dataType(s, node.typeName);
  if (node.storage_name !== undefined) column.storage = node.storage_name;
  if (node.compression !== undefined) column.compression = node.compression;
  if (node.collClause !== undefined) column.collation = qualified(s, node.collClause.collname);
  for (const part of partsOf(s, node, range)) apply(s, column, part);
  const { start, end } = s.span(range.from, range.to);
  column.span = s.placement.toSpan(start, end);
  return column;
}

function apply(s: Lowering, column: ColumnDefinition, part: Part): void {
  const known = PARTS[part.node.contype ?? ''];
  if (known !== undefined) {
    known(s, column, part);
    return;
  }
  const constraint = constraintOf(s, part.node, part, column.name);
  if (constraint !== undefined) (column.constraints ??= []).push(constraint);
}

/** Each part ends where the next begins; COLLATE may stand among them. */
function partsOf(s: Lowering, node: ColumnDef, range: Range): Part[] {
  const nodes = (node.constraints ?? []).map((constraint) => as(constraint, 'Constraint') ?? {});
  const starts = nodes.map((constraint) => indexOf(s, constraint.location));
  const bounds = [...starts];
  if (node.collClause !== undefined) bounds.push(indexOf(s, node.collClause.location));
  bounds.sort((a, b) => a - b);
  return nodes.map((constraint, index) => {
    const from = starts[index] ?? range.to;
    return { node: constraint, from, to: bounds.find((bound) => bound > from) ?? range.to };
  });
}

function afterName(s: Lowering, part: Part): number {
  return s.word(part.from) === 'constraint' ? part.from + 2 : part.from;
}

function notNull(s: Lowering, column: ColumnDefinition, { node }: Part): void {
  column.notNull = true;
  if (node.conname !== undefined) column.notNullName = s.name(node.conname);
}

function identity(s: Lowering, column: ColumnDefinition, part: Part): void {
  column.identity = part.node.generated_when === 'a' ? 'always' : 'by default';
  const open = s.find('(', part.from, part.to);
  if (open < part.to) column.identityOptions = s.inside(open);
}

function generated(s: Lowering, column: ColumnDefinition, part: Part): void {
  const open = s.find('(', afterName(s, part), part.to);
  const kind = s.word(s.close(open) + 1);
  column.generated = {
    expression: s.inside(open),
    ...(kind === 'stored' && { stored: true }),
    ...(kind === 'virtual' && { stored: false }),
  };
}

/** Attributes belong to the constraint before them. */
function attribute(column: ColumnDefinition, name: 'deferrable' | 'initiallyDeferred', value: true): void {
  const last = column.constraints?.at(-1);
  if (last !== undefined) last[name] = value;
}

function notEnforced(_s: Lowering, column: ColumnDefinition): void {
  const last = column.constraints?.at(-1);
  if (last?.type === 'check' || last?.type === 'foreign key') last.notEnforced = true;
}

/** A column name behind a relation, as OWNED BY and COMMENT write it. */
export function columnName(s: Lowering, parts: readonly string[]): { table: ReturnType<typeof named>; column: string } {
  return { table: named(s, parts.at(-3), parts.at(-2) ?? ''), column: s.name(parts.at(-1) ?? '') };
}
