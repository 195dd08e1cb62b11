import type { Delete, Insert, QualifiedName, Update } from '../../operations/types.js';
import { parseName } from '../../sql/name.js';
import { columnsIn, functionsIn, isNull, tokensOf, valuesIn } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type Column, type Index, type Relation } from '../schema.js';
import { missingColumns } from './handler.js';

/** Rows that a table, a view or a column does not take, told from the statement alone. */

/** What makes of a view more than a window on one table. */
const NOT_UPDATABLE = new Set('distinct group having union intersect except limit offset fetch with over'.split(' '));
const AGGREGATES = new Set('count sum avg min max array_agg string_agg bool_and bool_or every json_agg jsonb_agg'.split(' '));

/** True when rows of the relation cannot be written at all. */
export function refuseRowsOf(table: QualifiedName, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation?.kind === 'materialized view') outcome.fail('42809', 'always');
  else if (relation?.kind === 'view' && isNoWindow(relation)) outcome.fail('55000', 'always');
  return outcome.refused;
}

function isNoWindow({ query, triggers, rules, reads }: Relation): boolean {
  if (query === null || triggers.size > 0 || rules.size > 0) return false;
  if (reads.length !== 1) return true;
  const words = tokensOf(query).filter(({ kind }) => kind === 'word');
  return words.some(({ value }) => NOT_UPDATABLE.has(value)) || (words.filter(({ value }) => value === 'select').length === 1 && functionsIn(query).some(({ name }) => AGGREGATES.has(name)));
}

/** Columns that are not there, more or fewer values than columns, and a NOT NULL column that gets none. */
export function refuseInsert(operation: Insert, outcome: Outcome): boolean {
  const { table, columns } = operation;
  if (refuseRowsOf(table, outcome) || missingColumns(table, columns, outcome)) return true;
  const relation = outcome.whole(table);
  refuseCount(operation, relation, outcome);
  if (relation !== undefined) {
    refuseConflict(operation, relation, outcome);
    refuseMissingValue(operation, relation, outcome);
  }
  return outcome.refused;
}

function refuseCount({ source, text, columns }: Insert, relation: Relation | undefined, outcome: Outcome): void {
  const rows = source === 'values' ? valuesIn(text) : null;
  const most = columns.length > 0 ? columns.length : relation?.kind === 'table' ? relation.columns.size : Infinity;
  const wrong = rows?.some((row) => row.length > most || (columns.length > 0 && row.length < most)) ?? false;
  if (wrong) outcome.fail('42601', 'always');
}

/** ON CONFLICT needs a unique index over exactly the columns it names. */
function refuseConflict({ text, onConflict }: Insert, relation: Relation, outcome: Outcome): void {
  if (onConflict === undefined || relation.kind === 'view') return;
  const constraint = parseName(/\bon\s+conflict\s+on\s+constraint\s+("[^"]+"|[\w$]+)/i.exec(text)?.[1] ?? '');
  if (constraint !== null && !relation.constraints.has(constraint.name)) outcome.fail('42704', 'always');
  const target = /\bon\s+conflict\s*\(([\w\s,"]+)\)\s*do\b/i.exec(text)?.[1];
  if (target === undefined || constraint !== null) return;
  if (![...relation.indexes.values()].some((index) => decides(index, columnsIn(target)))) outcome.fail('42P10', 'always');
}

function decides({ unique, valid, where, keys }: Index, columns: readonly string[]): boolean {
  const spelt = (names: readonly string[]): string => [...names].sort().join();
  return unique && valid && where === null && spelt(keys.map(({ column }) => column ?? '')) === spelt(columns);
}

/** A trigger may still fill what the statement leaves out. */
function refuseMissingValue({ source, columns, rows, text }: Insert, relation: Relation, outcome: Outcome): void {
  if (relation.kind !== 'table' || relation.triggers.size > 0 || relation.rules.size > 0) return;
  if (source === 'query' || (source === 'values' && ((rows ?? 0) === 0 || columns.length === 0)) || /\boverriding\b/i.test(text)) return;
  const given = new Set(columns);
  const missing = [...relation.columns.values()].some((column) => !given.has(column.name) && needsValue(column, outcome));
  if (missing) outcome.fail('23502', 'always');
}

function needsValue({ notNull, default: value, identity, generated, type }: Column, outcome: Outcome): boolean {
  if (notNull !== true || value !== null || identity !== null || generated !== null || type === null) return false;
  return !/serial$/.test(type.name) && !outcome.schema.types.has(relationKey(type));
}

/** 23502: NULL for a column that takes none, from the first row on. */
export function refuseNull({ table, set }: Update, outcome: Outcome): void {
  const columns = outcome.whole(table)?.columns;
  if (set.some(({ column, value }) => isNull(value) && columns?.get(column)?.notNull === true)) outcome.failOn(table, '23502', 'rows');
}

/** Words of an expression that no column stands behind. */
const NO_COLUMNS = new Set(
  'at time zone local year month day hour minute second epoch unknown document normalized nfc nfd nfkc nfkd json interval to escape ctid xmin xmax cmin cmax tableoid filter within over partition by value'.split(' '),
);

/** 42703 in the condition of a statement that reads no other relation. True when refused. */
export function refuseCondition({ table, alias, where, reads }: Update | Delete, outcome: Outcome): boolean {
  const relation = outcome.whole(table);
  if (where === undefined || reads.length > 0 || relation === undefined || relation.kind === 'view' || /\bselect\b/i.test(where)) return false;
  const named = columnsIn(where).filter((name) => !NO_COLUMNS.has(name) && name !== alias && name !== table.name);
  return missingColumns(table, named, outcome);
}
