import type { ColumnDefinition, Constraint, OperationDraft } from '../../../operations/types.js';
import { stringOf } from '../evaluate/value.js';
import { effectiveDefault, literalOf, type Literal } from './defaults.js';
import type { End, SchemaEditor } from './editor.js';
import { ExpressionPrinter } from './expression.js';
import { checkOf, databaseDefault, isAuto, type Field } from './field.js';
import { argument, collationOf } from './field-types.js';
import { foreignKeyName, generatedName } from './names.js';
import { qualified, tableName, type Model, type ProjectState } from './state.js';

/** A column as Django defines it, and what of it could not be known. */
export interface Column {
  definition: ColumnDefinition;
  partial: boolean;
  /** Its default carries a value: Django then sends the table's constraints apart. */
  parametrised: boolean;
}

/** `"c" varchar(20) DEFAULT 'x' NOT NULL UNIQUE`; null where the field has no column. */
export function columnOf(state: ProjectState, model: Model, field: Field, withDefault: boolean): Column | null {
  const found = state.columnType(model, field);
  if (found === null) return null;
  const definition: ColumnDefinition = { name: field.column, type: found.type, span: field.span };
  const collation = collationOfColumn(state, model, field);
  if (collation !== undefined) definition.collation = { name: collation };
  if (isAuto(field)) definition.identity = 'by default';
  const constraints = inlineConstraints(field);
  if (constraints.length > 0) definition.constraints = constraints;
  const filled = field.kind === 'GeneratedField' ? generate(definition, state, model, field) : fill(definition, state, model, field, withDefault);
  return { definition, partial: found.assumed || filled.partial, parametrised: filled.parametrised };
}

type Filled = Pick<Column, 'partial' | 'parametrised'>;

/** The default and the nullability of an ordinary column. */
function fill(definition: ColumnDefinition, state: ProjectState, model: Model, field: Field, withDefault: boolean): Filled {
  definition.notNull = !field.null;
  const lasting = databaseDefaultOf(state, model, field);
  const value = lasting ?? (withDefault ? effectiveDefault(field) : null);
  if (value !== null) definition.default = value.sql;
  return { partial: value?.partial === true, parametrised: lasting?.parametrised === true };
}

/** The expression of a GeneratedField. */
function generate(definition: ColumnDefinition, state: ProjectState, model: Model, field: Field): Filled {
  const printer = new ExpressionPrinter(state, model);
  const expression = printer.expression(argument(field.call, 'expression'));
  const stored = argument(field.call, 'db_persist');
  definition.generated = { expression, stored: !(stored?.type === 'constant' && stored.value === false) };
  return { partial: printer.partial, parametrised: false };
}

/** Collation of a text column; a foreign key takes that of the column it points at. */
export function collationOfColumn(state: ProjectState, model: Model, field: Field): string | undefined {
  if (field.relation !== null && !field.virtual) return state.target(model, field).collation;
  return collationOf(field.call);
}

function inlineConstraints(field: Field): Constraint[] {
  const found: Constraint[] = [];
  if (field.primaryKey) found.push({ type: 'primary key', columns: [field.column] });
  else if (field.unique) found.push({ type: 'unique', columns: [field.column] });
  const check = checkOf(field);
  if (check !== null) found.push({ type: 'check', expression: check });
  return found;
}

/** The default that stays in the database. */
export function databaseDefaultOf(state: ProjectState, model: Model, field: Field): (Literal & { parametrised: boolean }) | null {
  const value = databaseDefault(field);
  if (value === null) return null;
  const literal = valueInside(value);
  if (literal !== null) return { ...literalOf(field.kind, literal), parametrised: true };
  const printer = new ExpressionPrinter(state, model);
  const sql = printer.expression(value);
  return { sql: `(${sql})`, partial: printer.partial, parametrised: printer.literals > 0 };
}

/** A plain value, or the one inside `Value(…)`; null of an expression. */
function valueInside(value: NonNullable<ReturnType<typeof databaseDefault>>): typeof value | null {
  if (value.type !== 'call') return value.type === 'operator' && value.left !== null ? null : value;
  const callee = value.callee;
  const name = callee.type === 'symbol' ? callee.path.slice(callee.path.lastIndexOf('.') + 1) : '';
  if (name === 'Value') return value.positional[0]?.value ?? value;
  return /^(?:Decimal|UUID|date|datetime|timedelta)$/.test(name) ? value : null;
}

/** The foreign key of a relation; null where there is none in the database. */
export function foreignKeyOf(state: ProjectState, model: Model, field: Field, name?: string): Constraint | null {
  if (field.relation === null || field.virtual || !field.relation.constrained) return null;
  const target = state.target(model, field);
  return {
    type: 'foreign key',
    name: name ?? foreignKeyName(tableName(model), field.column, target.table, target.column),
    columns: [field.column],
    references: { table: qualified(target.table), columns: [target.column] },
    deferrable: true,
    initiallyDeferred: true,
  };
}

const NOWHERE: End = { table: '', columns: [] };

/** Makes the foreign key at the end of the migration, under the names that hold then. */
export function deferForeignKey(editor: SchemaEditor, state: ProjectState, model: Model, field: Field): void {
  const key = foreignKeyOf(state, model, field);
  if (key?.type !== 'foreign key') return;
  const target = state.target(model, field);
  const ends = [
    { table: tableName(model), columns: [field.column] },
    { table: target.table, columns: [target.column] },
  ];
  editor.defer(
    ends,
    ([from = NOWHERE, to = NOWHERE]) => ({
      kind: 'addConstraint',
      table: qualified(from.table),
      constraint: {
        ...key,
        name: foreignKeyName(from.table, from.columns.join('_'), to.table, to.columns.join('_')),
        columns: [...from.columns],
        references: { table: qualified(to.table), columns: [...to.columns] },
      },
      ...(target.assumed ? { partial: true as const } : {}),
    }),
    field.span,
  );
}

/** The plain index of a column, and for text the one that LIKE can use. */
export function columnIndexes(state: ProjectState, model: Model, field: Field): ((table: string, columns: readonly string[]) => OperationDraft)[] {
  const found: ((table: string, columns: readonly string[]) => OperationDraft)[] = [];
  if (field.virtual) return found;
  if (field.indexed && !field.unique) found.push((table, columns) => columnIndex(table, columns));
  const like = likeIndex(state, model, field);
  if (like !== null) found.push(like);
  return found;
}

export function columnIndex(table: string, columns: readonly string[]): OperationDraft {
  return { kind: 'createIndex', index: generatedName(table, columns), table: qualified(table), keys: columns.map((column) => ({ column })) };
}

/** Where the collation is not C, LIKE needs an index of its own operators. */
export function likeIndex(state: ProjectState, model: Model, field: Field): ((table: string, columns: readonly string[]) => OperationDraft) | null {
  const operatorClass = patternOperators(state, model, field);
  if (operatorClass === null || !(field.indexed || field.unique)) return null;
  return (table, columns) => ({
    kind: 'createIndex',
    index: generatedName(table, columns, '_like'),
    table: qualified(table),
    keys: columns.map((column) => ({ column, operatorClass })),
  });
}

function patternOperators(state: ProjectState, model: Model, field: Field): string | null {
  const type = state.columnType(model, field)?.type;
  if (type === undefined || type.dimensions !== undefined) return null;
  if (type.name === 'character varying') return 'varchar_pattern_ops';
  return type.name === 'text' ? 'text_pattern_ops' : null;
}

export function deferIndexes(editor: SchemaEditor, state: ProjectState, model: Model, field: Field): void {
  for (const build of columnIndexes(state, model, field)) {
    editor.defer([{ table: tableName(model), columns: [field.column] }], ([end]) => build(end?.table ?? '', end?.columns ?? []), field.span);
  }
}

/** `db_comment` as the literal text. */
export function commentText(field: Field): string {
  return stringOf(argument(field.call, 'db_comment')) ?? '';
}
