import type { ColumnDefinition, Constraint, Expression, OperationDraft, QualifiedName } from '../operations/types.js';
import type { Column, Index, Relation, TableConstraint } from '../postgres/schema.js';
import type { RewriteStep, RuleContext } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';
import { batchedUpdate } from './backfill.js';
import { inSchemaOf } from './concurrent-index.js';
import { columnsMentioned, ofNewRow } from './conditions.js';
import { notNullSteps, uniqueIndexConcurrently } from './constraints.js';
import { onceReviewed, together, withinTimeout } from './drafts.js';
import { dropRowTrigger, rowTrigger } from './row-trigger.js';
import { series } from './wording.js';

export interface Replacement {
  table: QualifiedName;
  column: string;
  /** The column as it shall be; its name is chosen here. */
  definition: Omit<ColumnDefinition, 'name'>;
  /** What the new column holds, in terms of the row's other columns. */
  value: Expression;
}

/**
 * A column replaced beside running reads and writes: a new one is kept in step
 * by a trigger, filled in batches, given the old one's NOT NULL, default and
 * indexes, and takes its name in one short transaction.
 */
export function replaceColumn(context: RuleContext, { table, column, definition, value }: Replacement): RewriteStep[] {
  const names: Names = { table, column, fresh: `${column}_new`, old: `${column}_old` };
  const relation = context.relation(table);
  const known = relation?.columns.get(column);
  const indexes = plainIndexes(relation, column);
  const others = [...(relation?.constraints.values() ?? [])].filter(({ definition: one }) => mentions(one, column));
  const sources = [column, ...columnsMentioned(value, relation?.columns ?? new Map())];

  return [
    {
      note: 'First a new column that a trigger keeps in step:',
      operations: withinTimeout(
        context,
        { kind: 'addColumn', table, column: { ...definition, name: names.fresh } },
        ...syncTrigger(table, names.fresh, value, sources),
      ),
    },
    batchedUpdate(context, { table, set: [{ column: names.fresh, value }] }),
    ...(known?.notNull === true ? notNullSteps(context, table, names.fresh) : []),
    ...indexes.map((index) => copyOfIndex(table, index, column, names.fresh)),
    ...(others.length > 0
      ? constrained(table, column, names.fresh, others)
      : [swap(context, names, known), ...removeOld(context, table, names.old, indexes)]),
  ];
}

interface Names {
  table: QualifiedName;
  column: string;
  fresh: string;
  old: string;
}

function swap(context: RuleContext, { table, column, fresh, old }: Names, known: Column | undefined): RewriteStep {
  return {
    note: 'Then the new column takes the name, in one short transaction:',
    operations: together(
      context,
      ...dropRowTrigger(table, triggerName(table, fresh)),
      ...(known?.default == null ? [] : [{ kind: 'setDefault', table, column: fresh, default: known.default } as const]),
      // Nobody fills the old column from here on.
      ...(known?.notNull === true ? [{ kind: 'dropNotNull', table, column } as const] : []),
      { kind: 'renameColumn', table, column, to: old },
      { kind: 'renameColumn', table, column: fresh, to: column },
    ),
    transaction: 'own',
  };
}

/** A swap that has to carry keys along depends on what references them: it is told, not written. */
function constrained(table: QualifiedName, column: string, fresh: string, constraints: readonly TableConstraint[]): RewriteStep[] {
  const unique = constraints.filter(({ definition: { type } }) => type === 'primary key' || type === 'unique');
  const names = series(constraints.map(({ name }) => name));
  return [
    ...unique.map(({ name, definition }) =>
      uniqueIndexConcurrently(
        table,
        `${name}_new`,
        ('columns' in definition ? definition.columns : []).map((one) => (one === column ? fresh : one)),
      ),
    ),
    { note: `Then in one short transaction: drop ${names} and the trigger, swap the names of "${column}" and "${fresh}",` },
    { note: 'and add the constraints again: keys USING INDEX, the others NOT VALID; validate those in the next migration.' },
  ];
}

/** The old column goes, and the new one's indexes take the names of those that went with it. */
export function removeOld(
  context: RuleContext,
  table: QualifiedName,
  old: string,
  indexes: readonly Index[],
  note = 'When nothing needs the old values any more:',
): RewriteStep[] {
  const steps = onceReviewed(context, { kind: 'dropColumn', table, column: old }, { rule: 'drop-column', reason: 'replaced, no release reads it' }, note);
  for (const { name } of indexes) {
    steps.push({
      operations: [{ kind: 'renameTable', relation: 'index', table: inSchemaOf(table, `${name}_new`), to: name }],
    });
  }
  return steps;
}

/** A trigger that gives `target` its value whenever a row is written. */
export function syncTrigger(table: QualifiedName, target: string, value: Expression, columns: readonly string[]): OperationDraft[] {
  return rowTrigger(table, triggerName(table, target), `NEW.${quoteIdentifier(target)} := ${ofNewRow(value, columns)};`);
}

function triggerName(table: QualifiedName, column: string): string {
  return `${table.name}_${column}_sync`;
}

/** The indexes on the column that can be built again for another one. */
export function plainIndexes(relation: Relation | undefined, column: string): Index[] {
  return [...(relation?.indexes.values() ?? [])].filter((index) => isPlain(index, column));
}

/** An index that can be built again by changing one column's name. */
function isPlain(index: Index, column: string): boolean {
  return (
    index.constraint === null &&
    index.keys.some((key) => key.column === column) &&
    index.keys.every((key) => key.column !== undefined) &&
    !(index.where ?? '').includes(column)
  );
}

/** The same index for the new column, under a name of its own for now. */
export function copyOfIndex(table: QualifiedName, index: Index, column: string, fresh: string): RewriteStep {
  return {
    operations: [
      {
        kind: 'createIndex',
        index: `${index.name}_new`,
        table,
        keys: index.keys.map((key) => (key.column === column ? { ...key, column: fresh } : key)),
        ...(index.include.length > 0 ? { include: [...index.include] } : {}),
        ...(index.unique ? { unique: true as const } : {}),
        concurrently: true,
        ...(index.method === 'btree' ? {} : { method: index.method }),
        ...(index.where === null ? {} : { where: index.where }),
      },
    ],
    transaction: 'none',
  };
}

function mentions(constraint: Constraint, column: string): boolean {
  switch (constraint.type) {
    case 'primary key':
    case 'unique':
    case 'foreign key':
      return constraint.columns.includes(column);
    case 'check':
      return new RegExp(`\\b${column}\\b`).test(constraint.expression);
    default:
      return false;
  }
}

/** Constraints of the table that speak of the column, and foreign keys of it, by name. */
export function dependentConstraints(relation: Relation | undefined, column: string): string[] {
  return [...(relation?.constraints.values() ?? [])].filter(({ definition }) => mentions(definition, column)).map(({ name }) => name);
}

/** Indexes that stand on the column and back no constraint. */
export function dependentIndexes(relation: Relation | undefined, column: string): string[] {
  return [...(relation?.indexes.values() ?? [])]
    .filter((index) => index.constraint === null && index.keys.some((key) => key.column === column))
    .map(({ name }) => name);
}
