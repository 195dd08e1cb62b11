import type { ColumnConstraint, CreateColumnDef, TableConstraint, TableReference } from 'pgsql-ast-parser';
import type { ColumnDefinition, Constraint, ForeignKeyConstraint } from '../../../operations/types.js';
import { names, qualified, typeAt, type Located, type Range } from './located.js';

const COLUMN_WORDS: ReadonlySet<string> = new Set([
  'constraint',
  'not',
  'null',
  'default',
  'check',
  'unique',
  'primary',
  'references',
  'collate',
  'generated',
]);

/** A column of CREATE TABLE or ADD COLUMN; `range` is its definition. */
export function columnOf(s: Located, node: CreateColumnDef, range: Range): ColumnDefinition | undefined {
  const type = typeAt(s, { from: range.from + 1, to: s.find(COLUMN_WORDS, range.from + 1, range.to) });
  if (type === undefined) return undefined;
  const column: ColumnDefinition = { name: s.name(node.name.name), type };
  if (node.collate !== undefined) column.collation = qualified(s, node.collate);
  const parts = node.constraints ?? [];
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    apply(s, column, part, { from: s.indexOf(part), to: next === undefined ? range.to : s.indexOf(next) });
  }
  const { start, end } = s.span(range.from, range.to);
  column.span = s.placement.toSpan(start, end);
  return column;
}

function apply(s: Located, column: ColumnDefinition, part: ColumnConstraint, range: Range): void {
  switch (part.type) {
    case 'not null':
      column.notNull = true;
      if (part.constraintName !== undefined) column.notNullName = s.name(part.constraintName.name);
      break;
    case 'null':
      column.notNull = false;
      break;
    case 'default':
      column.default = s.text(s.find('default', range.from, range.to) + 1, range.to);
      break;
    case 'add generated':
      generated(s, column, part, range);
      break;
    default:
      (column.constraints ??= []).push(placed(s, range, named(s, part, inline(s, column.name, part, range))));
  }
}

function generated(s: Located, column: ColumnDefinition, part: Extract<ColumnConstraint, { type: 'add generated' }>, range: Range): void {
  const open = s.find('(', range.from, range.to);
  if (part.expression !== undefined) {
    column.generated = { expression: s.inside(open), ...(part.stored === true && { stored: true }) };
    return;
  }
  column.identity = part.always ?? 'always';
  if (open < range.to) column.identityOptions = s.inside(open);
}

type InlineConstraint = Exclude<ColumnConstraint, { type: 'not null' | 'null' | 'default' | 'add generated' }>;

function inline(s: Located, column: string, part: InlineConstraint, range: Range): Constraint {
  switch (part.type) {
    case 'reference':
      return reference(s, [column], part);
    case 'check':
      return check(s, range);
    default:
      return { type: part.type === 'unique' ? 'unique' : 'primary key', columns: [column] };
  }
}

/** A constraint of CREATE TABLE or ADD CONSTRAINT; `range` is the whole of it. */
export function constraintOf(s: Located, node: TableConstraint, range: Range): Constraint {
  return placed(s, range, named(s, node, body(s, node, range)));
}

function body(s: Located, node: TableConstraint, range: Range): Constraint {
  switch (node.type) {
    case 'foreign key':
      return reference(s, names(s, node.localColumns), node);
    case 'check':
      return check(s, range);
    default:
      return { type: node.type, columns: names(s, node.columns) };
  }
}

function check(s: Located, range: Range): Constraint {
  return { type: 'check', expression: s.inside(s.find('(', range.from, range.to)) };
}

function reference(s: Located, columns: string[], node: TableReference): ForeignKeyConstraint {
  return {
    type: 'foreign key',
    columns,
    references: { table: qualified(s, node.foreignTable), columns: names(s, node.foreignColumns) },
    ...(node.match !== undefined && node.match !== 'simple' && { match: node.match }),
    // NO ACTION is what happens when nothing was written.
    ...(node.onDelete !== undefined && node.onDelete !== 'no action' && { onDelete: node.onDelete }),
    ...(node.onUpdate !== undefined && node.onUpdate !== 'no action' && { onUpdate: node.onUpdate }),
  };
}

function named(s: Located, node: { constraintName?: { name: string } }, constraint: Constraint): Constraint {
  if (node.constraintName !== undefined) constraint.name = s.name(node.constraintName.name);
  return constraint;
}

function placed(s: Located, range: Range, constraint: Constraint): Constraint {
  const { start, end } = s.span(range.from, range.to);
  constraint.span = s.placement.toSpan(start, end);
  return constraint;
}
