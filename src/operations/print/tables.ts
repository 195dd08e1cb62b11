import { printColumns, printName, quoteIdentifier } from '../../sql/name.js';
import type { ColumnDefinition } from '../types.js';
import type { Draft, Printers } from './draft.js';
import { clauses, list, when, words } from './draft.js';
import { columnClauses, printColumn, printConstraint, printIndexKeys } from './parts.js';

type TableKind = 'createTable' | 'createTableAs' | 'dropTable' | 'truncate' | 'lockTable';

export const tables: Printers<TableKind> = {
  createTable: (table) => {
    const head = words(
      'CREATE',
      table.persistence?.toUpperCase(),
      table.server !== undefined && 'FOREIGN',
      'TABLE',
      when(table.guard, 'IF NOT EXISTS'),
      printName(table.table),
    );
    const { partitionOf } = table;
    return words(
      tableElements(table, head),
      partitionOf !== undefined && (partitionOf.bounds ?? 'DEFAULT'),
      table.inherits !== undefined && table.inherits.length > 0 && `INHERITS (${table.inherits.map(printName).join(', ')})`,
      ...tableClauses(table),
    );
  },
  createTableAs: (table) =>
    clauses(
      words(
        'CREATE',
        table.persistence?.toUpperCase(),
        'TABLE',
        when(table.guard, 'IF NOT EXISTS'),
        printName(table.table),
        table.columns !== undefined && printColumns(table.columns),
        table.options !== undefined && `WITH (${table.options})`,
        table.onCommit !== undefined && `ON COMMIT ${table.onCommit.toUpperCase()}`,
        table.tablespace !== undefined && `TABLESPACE ${quoteIdentifier(table.tablespace)}`,
        'AS',
      ),
      table.query.text,
      when(table.withNoData, 'WITH NO DATA'),
    ),
  dropTable: (table) =>
    words(
      table.foreign ? 'DROP FOREIGN TABLE' : 'DROP TABLE',
      when(table.guard, 'IF EXISTS'),
      printName(table.table),
      when(table.cascade, 'CASCADE'),
    ),
  truncate: (truncate) =>
    words(
      'TRUNCATE TABLE',
      when(truncate.only, 'ONLY'),
      printName(truncate.table),
      when(truncate.restartIdentity, 'RESTART IDENTITY'),
      when(truncate.cascade, 'CASCADE'),
    ),
  lockTable: (lock) =>
    words(
      'LOCK TABLE',
      when(lock.only, 'ONLY'),
      printName(lock.table),
      `IN ${lock.mode} MODE`,
      when(lock.nowait, 'NOWAIT'),
    ),
};

/** The head and the parentheses, which only a typed table and a partition may lack. */
function tableElements(table: Draft<'createTable'>, head: string): string {
  const inherited = table.partitionOf !== undefined || table.ofType !== undefined;
  const items = [
    ...table.columns.map(inherited ? printInheritedColumn : printColumn),
    ...(table.like ?? []).map((like) => words(`LIKE ${printName(like.table)}`, like.options)),
    ...table.constraints.map(printConstraint),
  ];
  if (table.partitionOf !== undefined) head = words(head, 'PARTITION OF', printName(table.partitionOf.parent));
  if (table.ofType !== undefined) head = words(head, 'OF', printName(table.ofType));
  return inherited && items.length === 0 ? head : list(head, items);
}

/** The type comes from elsewhere. */
function printInheritedColumn(column: ColumnDefinition): string {
  return words(quoteIdentifier(column.name), ...columnClauses(column));
}

function tableClauses(table: Draft<'createTable'>): (string | false)[] {
  const { partitionBy } = table;
  return [
    partitionBy !== undefined && `PARTITION BY ${partitionBy.strategy.toUpperCase()} ${printIndexKeys(partitionBy.keys)}`,
    table.accessMethod !== undefined && `USING ${quoteIdentifier(table.accessMethod)}`,
    table.server !== undefined && `SERVER ${quoteIdentifier(table.server)}`,
    table.serverOptions !== undefined && `OPTIONS (${table.serverOptions})`,
    table.options !== undefined && `WITH (${table.options})`,
    table.onCommit !== undefined && `ON COMMIT ${table.onCommit.toUpperCase()}`,
    table.tablespace !== undefined && `TABLESPACE ${quoteIdentifier(table.tablespace)}`,
  ];
}
