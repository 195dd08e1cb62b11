import type { AddColumn, AddConstraint, Constraint, CreateTable, Operation, QualifiedName, Span } from '../operations/types.js';

export interface WrittenConstraint {
  table: QualifiedName;
  constraint: Constraint;
  /** Where the constraint stands, when it stands apart from its operation. */
  at?: Span;
}

/** The constraints that an operation writes down: of the table, of its columns, or one by itself. */
export function constraintsWritten(operation: CreateTable | AddColumn | AddConstraint): WrittenConstraint[] {
  const { table } = operation;
  return constraintsOf(operation).map((constraint) => ({
    table,
    constraint,
    ...(constraint.span === undefined ? {} : { at: constraint.span }),
  }));
}

function constraintsOf(operation: CreateTable | AddColumn | AddConstraint): Constraint[] {
  switch (operation.kind) {
    case 'addConstraint':
      return [operation.constraint];
    case 'addColumn':
      return operation.column.constraints ?? [];
    case 'createTable':
      return [...operation.columns.flatMap(({ constraints }) => constraints ?? []), ...operation.constraints];
  }
}

/** Names that the operation gives to something new. */
export function newNames(operation: Operation): string[] {
  switch (operation.kind) {
    case 'createTable':
      return [operation.table.name, ...operation.columns.map(({ name }) => name), ...constraintsWritten(operation).flatMap(({ constraint }) => constraint.name ?? [])];
    case 'addColumn':
      return [operation.column.name];
    case 'addConstraint':
      return operation.constraint.name === undefined ? [] : [operation.constraint.name];
    case 'createIndex':
      return operation.index === undefined ? [] : [operation.index];
    case 'renameTable':
    case 'renameColumn':
      return [operation.to];
    default:
      return [];
  }
}
