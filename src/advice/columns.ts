import type { AddColumn, AlterColumnType, ColumnDefinition, CreateTable, DataType, QualifiedName, Span } from '../operations/types.js';

export interface WrittenColumn {
  table: QualifiedName;
  name: string;
  type: DataType;
  /** Null for a change of type. */
  definition: ColumnDefinition | null;
  /** Where the column stands, when it stands apart from its operation. */
  at?: Span;
}

/** The columns whose type an operation writes down. */
export function writtenColumns(operation: CreateTable | AddColumn | AlterColumnType): WrittenColumn[] {
  switch (operation.kind) {
    case 'alterColumnType':
      return [{ table: operation.table, name: operation.column, type: operation.type, definition: null }];
    case 'addColumn':
      return typed(operation.table, [operation.column]);
    case 'createTable':
      return typed(operation.table, operation.columns);
  }
}

function typed(table: QualifiedName, columns: readonly ColumnDefinition[]): WrittenColumn[] {
  return columns.flatMap((definition) => {
    const { name, type, span } = definition;
    if (type === undefined) return [];
    return [{ table, name, type, definition, ...(span === undefined ? {} : { at: span }) }];
  });
}
