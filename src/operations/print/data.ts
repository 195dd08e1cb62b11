import { printColumns, printName, quoteIdentifier } from '../../sql/name.js';
import type { Draft, Printers } from './draft.js';
import { clauses, when, words } from './draft.js';

/** Everything the printer could not say better than the author: kept as one text. */
type WrittenKind =
  | 'createFunction'
  | 'createTrigger'
  | 'createRule'
  | 'createPublication'
  | 'alterPublication'
  | 'createStatistics'
  | 'grant'
  | 'insert'
  | 'merge'
  | 'select'
  | 'copy'
  | 'utility'
  | 'unread';

const written = (operation: { text: string }): string => operation.text;

export const asWritten: Printers<WrittenKind> = {
  createFunction: written,
  createTrigger: written,
  createRule: written,
  createPublication: written,
  alterPublication: written,
  createStatistics: written,
  grant: written,
  insert: written,
  merge: written,
  select: written,
  copy: written,
  utility: written,
  unread: written,
};

export const data: Printers<'update' | 'delete' | 'vacuum' | 'analyze' | 'cluster'> = {
  update: (update) =>
    clauses(
      update.with,
      words(
        'UPDATE',
        when(update.only, 'ONLY'),
        printName(update.table),
        update.alias !== undefined && `AS ${quoteIdentifier(update.alias)}`,
      ),
      `SET ${update.set.map(({ column, value }) => `${quoteIdentifier(column)} = ${value}`).join(', ')}`,
      update.from !== undefined && `FROM ${update.from}`,
      whereClause(update),
      update.returning !== undefined && `RETURNING ${update.returning}`,
    ),
  delete: (remove) =>
    clauses(
      remove.with,
      words(
        'DELETE FROM',
        when(remove.only, 'ONLY'),
        printName(remove.table),
        remove.alias !== undefined && `AS ${quoteIdentifier(remove.alias)}`,
      ),
      remove.using !== undefined && `USING ${remove.using}`,
      whereClause(remove),
      remove.returning !== undefined && `RETURNING ${remove.returning}`,
    ),
  vacuum: (vacuum) =>
    words(
      'VACUUM',
      optionList(
        vacuum.full && 'FULL',
        vacuum.freeze && 'FREEZE',
        vacuum.verbose && 'VERBOSE',
        vacuum.analyze && 'ANALYZE',
        vacuum.options,
      ),
      ...maintained(vacuum),
    ),
  analyze: (analyze) => words('ANALYZE', optionList(analyze.verbose && 'VERBOSE', analyze.options), ...maintained(analyze)),
  cluster: (cluster) =>
    words(
      'CLUSTER',
      optionList(cluster.verbose && 'VERBOSE'),
      cluster.table !== undefined && printName(cluster.table),
      cluster.index !== undefined && `USING ${quoteIdentifier(cluster.index)}`,
    ),
};

/** A condition that nobody could read is still a condition. */
function whereClause(change: { where?: string; whereUnknown?: true }): string | false {
  if (change.where !== undefined) return `WHERE ${change.where}`;
  return change.whereUnknown === true && 'WHERE /* not known */ true';
}

function optionList(...options: (string | false | undefined)[]): string | false {
  const given = options.filter((option) => option !== undefined && option !== false);
  return given.length > 0 && `(${given.join(', ')})`;
}

function maintained({ table, columns, only }: Draft<'analyze' | 'vacuum'>): (string | false)[] {
  return [only === true && 'ONLY', table !== undefined && printName(table), columns !== undefined && columns.length > 0 && printColumns(columns)];
}
