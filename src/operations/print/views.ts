import { printColumns, printName, quoteIdentifier } from '../../sql/name.js';
import type { QualifiedName } from '../types.js';
import type { Printers } from './draft.js';
import { clauses, when, words } from './draft.js';

type ViewKind = 'createView' | 'createMaterializedView' | 'refreshMaterializedView' | 'createSequence' | 'alterSequence';

export const views: Printers<ViewKind> = {
  createView: (view) =>
    clauses(
      words(
        'CREATE',
        when(view.orReplace, 'OR REPLACE'),
        when(view.temporary, 'TEMPORARY'),
        when(view.recursive, 'RECURSIVE'),
        'VIEW',
        printName(view.view),
        view.columns !== undefined && printColumns(view.columns),
        view.options !== undefined && `WITH (${view.options})`,
        'AS',
      ),
      view.query.text,
      view.checkOption !== undefined && `WITH ${view.checkOption.toUpperCase()} CHECK OPTION`,
    ),
  createMaterializedView: (view) =>
    clauses(
      words(
        'CREATE MATERIALIZED VIEW',
        when(view.guard, 'IF NOT EXISTS'),
        printName(view.view),
        view.columns !== undefined && printColumns(view.columns),
        view.method !== undefined && `USING ${quoteIdentifier(view.method)}`,
        view.options !== undefined && `WITH (${view.options})`,
        view.tablespace !== undefined && `TABLESPACE ${quoteIdentifier(view.tablespace)}`,
        'AS',
      ),
      view.query.text,
      when(view.withNoData, 'WITH NO DATA'),
    ),
  refreshMaterializedView: (refresh) =>
    words(
      'REFRESH MATERIALIZED VIEW',
      when(refresh.concurrently, 'CONCURRENTLY'),
      printName(refresh.view),
      when(refresh.withNoData, 'WITH NO DATA'),
    ),
  createSequence: (create) =>
    words(
      'CREATE',
      create.persistence?.toUpperCase(),
      'SEQUENCE',
      when(create.guard, 'IF NOT EXISTS'),
      printName(create.sequence),
      create.options,
      create.ownedBy !== undefined && `OWNED BY ${printOwner(create.ownedBy)}`,
    ),
  alterSequence: (alter) =>
    words(
      'ALTER SEQUENCE',
      when(alter.guard, 'IF EXISTS'),
      printName(alter.sequence),
      alter.options,
      alter.ownedBy !== undefined && `OWNED BY ${alter.ownedBy === null ? 'NONE' : printOwner(alter.ownedBy)}`,
    ),
};

function printOwner(owner: { table: QualifiedName; column: string }): string {
  return `${printName(owner.table)}.${quoteIdentifier(owner.column)}`;
}
