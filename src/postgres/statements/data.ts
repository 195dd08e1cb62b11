import type { Insert, LockMode, QualifiedName } from '../../operations/types.js';
import { columnNamed, columnsIn, isNull, valuesIn } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type ForeignKeyReference, type Relation } from '../schema.js';
import { incomingForeignKeys, lockRead, ownForeignKeys, referencedColumns } from './dependants.js';
import { requireTable, type Handlers } from './handler.js';
import { refuseCondition, refuseInsert, refuseNull, refuseRowsOf } from './refused-rows.js';
import { lockNamed } from './named-relations.js';
import { ruleAction } from './table-parts.js';

export const data: Handlers<'insert' | 'update' | 'delete' | 'merge' | 'select' | 'copy'> = {
  insert(operation, outcome) {
    if (!requireTable({ table: operation.table }, outcome) || refuseInsert(operation, outcome)) return;
    lockRead(outcome, operation.reads, 'ACCESS SHARE', operation.text);
    write(operation.table, outcome);
    if (followRules(operation.table, 'insert', outcome)) return;
    route(operation.table, outcome);
    if (operation.source === 'values' && !/\b(?:overriding|default)\b/i.test(operation.text)) refuseWriting(operation.table, operation.columns, outcome);
    checkForeignKeys(operation.table, columnsWritten(operation, outcome), outcome);
  },

  update(operation, outcome) {
    const { table, only, set, where, reads } = operation;
    if (!requireTable({ table }, outcome) || refuseRowsOf(table, outcome) || refuseCondition(operation, outcome)) return;
    lockRead(outcome, reads, 'ACCESS SHARE', `${operation.with ?? ''} ${operation.from ?? ''} ${where ?? ''}`);
    write(table, outcome);
    if (followRules(table, 'update', outcome)) return;
    writeBelow(table, only, where, outcome);
    // A column set to itself sets off no check.
    const columns = new Set(set.filter(({ column, value }) => columnNamed(value) !== column).map(({ column }) => column));
    const known = outcome.relation(table);
    if (known?.complete && [...columns].some((column) => !known.columns.has(column))) return outcome.fail('42703', 'always');
    refuseWriting(table, set.filter(({ value }) => !/^\s*default\s*$/i.test(value)).map(({ column }) => column), outcome);
    refuseNull(operation, outcome);
    if (isUnique(table, columns, outcome)) outcome.failOn(table, '23505', 'duplicates');
    checkForeignKeys(table, columns, outcome);
    checkReferencing(table, columns, outcome, new Set());
  },

  delete(operation, outcome) {
    const { table, only, where, reads } = operation;
    if (!requireTable({ table }, outcome) || refuseRowsOf(table, outcome) || refuseCondition(operation, outcome)) return;
    lockRead(outcome, reads, 'ACCESS SHARE', `${operation.with ?? ''} ${operation.using ?? ''} ${where ?? ''}`);
    write(table, outcome);
    if (followRules(table, 'delete', outcome)) return;
    writeBelow(table, only, where, outcome);
    checkReferencing(table, null, outcome, new Set());
    outcome.lose('data', table);
  },

  merge({ table, reads, actions }, outcome) {
    if (outcome.version < 15) return outcome.fail('42601', 'always');
    if (!requireTable({ table }, outcome)) return;
    const relation = outcome.relation(table);
    if ((relation?.rules.size ?? 0) > 0 || relation?.kind === 'materialized view') return outcome.fail('0A000', 'always');
    lockRead(outcome, reads);
    write(table, outcome);
    writeBelow(table, undefined, undefined, outcome);
    if (actions.includes('delete')) {
      checkReferencing(table, null, outcome, new Set());
      outcome.lose('data', table);
    }
    if (actions.includes('insert')) checkForeignKeys(table, null, outcome);
  },

  select({ reads, locks, text }, outcome) {
    lockRead(outcome, reads, 'ACCESS SHARE', text);
    lockRead(outcome, locks ?? [], 'ROW SHARE', text);
  },

  copy({ table, direction, reads, columns }, outcome) {
    lockRead(outcome, reads);
    if (table === undefined || !requireTable({ table }, outcome)) return;
    if (direction === 'to') {
      // Before 13 the lock was given back with the end of the copy.
      if (outcome.version >= 13) outcome.lock(table, 'ACCESS SHARE');
      return;
    }
    write(table, outcome);
    route(table, outcome);
    checkForeignKeys(table, columns === undefined ? null : new Set(columns), outcome);
  },
};

/** Values of a generated column, and of an identity that is always generated, are not for the author to give. */
function refuseWriting(table: QualifiedName, columns: readonly string[], outcome: Outcome): void {
  const known = outcome.relation(table)?.columns;
  const refused = columns.some((name) => known?.get(name)?.generated || known?.get(name)?.identity === 'always');
  if (refused) outcome.fail('428C9', 'always');
}

/** What the rules of the table do as well; true when they do it instead. */
function followRules(table: QualifiedName, event: 'insert' | 'update' | 'delete', outcome: Outcome): boolean {
  let instead = false;
  for (const text of outcome.relation(table)?.ruleTexts.values() ?? []) {
    if (new RegExp(`\\bon\\s+${event}\\b`, 'i').exec(text) === null) continue;
    lockNamed(ruleAction(text), outcome);
    instead ||= /\bdo\s+instead\b/i.test(text) && !/\bwhere\b[\s\S]*\bdo\s+instead\b/i.test(text);
  }
  return instead;
}

function isUnique(table: QualifiedName, columns: ReadonlySet<string>, outcome: Outcome): boolean {
  const indexes = [...(outcome.relation(table)?.indexes.values() ?? [])];
  return indexes.some((index) => index.unique && index.keys.some(({ column }) => column !== undefined && columns.has(column)));
}

/** ROW EXCLUSIVE on the table; through a view on every relation underneath. */
function write(table: QualifiedName, outcome: Outcome): void {
  const relation = outcome.relation(table);
  outcome.lock(table, 'ROW EXCLUSIVE');
  if (relation?.kind !== 'view') return;
  for (const key of relation.reads) write(outcome.nameOf(key), outcome);
}

/** Which partition a row goes to is known when it comes; all that may get one are named. */
function route(table: QualifiedName, outcome: Outcome): void {
  const partitions = outcome.partitions(table);
  outcome.lockAll(partitions, 'ROW EXCLUSIVE');
  if (partitions.length > 1) outcome.assume(`which partitions of "${table.name}" the rows belong to`);
}

function writeBelow(table: QualifiedName, only: true | undefined, where: string | undefined, outcome: Outcome): void {
  if (only) return;
  outcome.lockAll(outcome.below(table), 'ROW EXCLUSIVE');
  const keys = outcome.relation(table)?.partitionBy?.keys.flatMap(({ column }) => column ?? []) ?? [];
  if (where !== undefined && columnsIn(where).some((column) => keys.includes(column))) {
    outcome.assume(`which partitions of "${table.name}" the condition leaves`);
  }
}

/** Columns that get something other than NULL; null when every column may. */
function columnsWritten(operation: Insert, outcome: Outcome): ReadonlySet<string> | null {
  const known = [...(outcome.relation(operation.table)?.columns.values() ?? [])];
  const named = operation.columns.length > 0 ? operation.columns : known.map(({ name }) => name);
  if (operation.source !== 'default' && named.length === 0) return null;
  const written = writtenValues(operation, named);
  const defaults = known.filter((column) => column.default !== null && column.default !== undefined && !named.includes(column.name));
  return new Set([...written, ...defaults.map(({ name }) => name)]);
}

function writtenValues({ source, text }: Insert, named: readonly string[]): readonly string[] {
  if (source === 'default') return [];
  const rows = source === 'values' ? valuesIn(text) : null;
  return rows === null ? named : named.filter((_, index) => rows.some((row) => row[index] !== undefined && !isNull(row[index])));
}

/** Each new reference is looked up in the other table, whose row is kept from going away. */
function checkForeignKeys(table: QualifiedName, columns: ReadonlySet<string> | null, outcome: Outcome): void {
  const relation = outcome.relation(table);
  if (relation === undefined) return;
  for (const { definition, enforced } of constraintsWith(relation, outcome)) {
    if (definition.type !== 'foreign key' || !enforced) continue;
    if (columns !== null && !definition.columns.some((column) => columns.has(column))) continue;
    const target = definition.references.table;
    outcome.lockAll(outcome.partitionTree(target), 'ROW SHARE');
    if (outcome.partitions(target).length > 0) outcome.assume(`which partitions of "${target.name}" hold the keys`);
    outcome.failOn(table, '23503', 'violations');
  }
}

function constraintsWith(relation: Relation, outcome: Outcome): Relation['constraints'] extends ReadonlyMap<string, infer C> ? C[] : never {
  return relation.partitionOf === null ? ownForeignKeys(outcome, relation) : [...relation.constraints.values()];
}

const BY_ACTION: Readonly<Record<string, LockMode>> = {
  cascade: 'ROW EXCLUSIVE',
  'set null': 'ROW EXCLUSIVE',
  'set default': 'ROW EXCLUSIVE',
};

/** Rows that go, or keys that change, are looked for in every table that points here. `columns` null: rows go. */
function checkReferencing(table: QualifiedName, columns: ReadonlySet<string> | null, outcome: Outcome, seen: Set<string>): void {
  if (seen.has(relationKey(table))) return;
  seen.add(relationKey(table));
  for (const reference of incomingForeignKeys(outcome, table)) {
    const touched = columns === null || referencedColumns(outcome, reference).some((column) => columns.has(column));
    if (touched && reference.constraint.enforced) act(reference, columns === null, outcome, seen);
  }
}

/** The foreign key's own action on the rows that point at what went or changed. */
function act({ table, constraint }: ForeignKeyReference, deleted: boolean, outcome: Outcome, seen: Set<string>): void {
  const { onDelete, onUpdate, columns } = constraint.definition;
  const action = (deleted ? onDelete : onUpdate) ?? 'no action';
  outcome.lockAll(outcome.family(table.name), BY_ACTION[action] ?? 'ROW SHARE');
  if (action === 'no action' || action === 'restrict') outcome.fail('23503', 'violations');
  if (action !== 'cascade') return;
  checkReferencing(table.name, deleted ? null : new Set(columns), outcome, seen);
  if (deleted) outcome.lose('data', table.name);
}
