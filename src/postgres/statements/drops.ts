import type { DropObject, QualifiedName } from '../../operations/types.js';
import { functionsIn } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { objectKey, relationKey, type Relation } from '../schema.js';
import { defaultPartition, drawingFromOwned, drawsFrom, incomingForeignKeys, lockReferenced, ownForeignKeys, readersOf, triggered } from './dependants.js';
import { ruledOver, viewsOver } from './column-uses.js';
import { requireTable, type Handlers } from './handler.js';
import { isInstalled } from './others.js';
import { requireRoutine } from './routines.js';
import { dropTablePart } from './table-parts.js';

export const drops: Handlers<'dropTable' | 'dropObject'> = {
  dropTable(operation, outcome) {
    if (!requireTable(operation, outcome)) return;
    const relation = outcome.relation(operation.table);
    if (relation?.kind === 'view' || relation?.kind === 'materialized view') return outcome.fail('42809', 'always');
    if (relation === undefined) {
      outcome.lock(operation.table, 'ACCESS EXCLUSIVE');
      outcome.assume(`the foreign keys of "${operation.table.name}"`);
      return outcome.lose('data', operation.table);
    }
    dropRelation(relation, dropped(outcome), { cascade: operation.cascade === true, outcome });
    if (relation.complete === false) outcome.assume(`the foreign keys of "${operation.table.name}"`);
    if (operation.cascade && !outcome.schema.complete) outcome.assume(`what depends on "${operation.table.name}"`);
  },

  dropObject(operation, outcome) {
    const drop = DROP[operation.object];
    if (drop !== undefined) drop(operation, outcome);
  },
};

/** Relations that the same statement drops, their partitions with them: they hold nobody up. */
function dropped(outcome: Outcome): Set<string> {
  const names = outcome.siblings.flatMap((each) => (each.kind === 'dropTable' ? each.table : each.kind === 'dropObject' ? each.name : []));
  return new Set(names.flatMap((name) => outcome.partitionTree(name)).map(relationKey));
}

interface Drop {
  cascade: boolean;
  outcome: Outcome;
}

/** `gone` holds what goes anyway; what is dropped on the way is added to it. */
function dropRelation(relation: Relation, gone: Set<string>, drop: Drop): void {
  const { outcome, cascade } = drop;
  const key = relationKey(relation.name);
  gone.add(key);
  outcome.lock(relation.name, 'ACCESS EXCLUSIVE');
  if (relation.kind !== 'view') outcome.lose('data', relation.name);
  lockParent(relation, outcome);
  for (const constraint of ownForeignKeys(outcome, relation)) lockReferenced(outcome, constraint, false);

  const members = relation.children.flatMap((child) => outcome.schema.relations.get(child) ?? []);
  for (const child of members) {
    if (relation.kind !== 'partitioned table' && !gone.has(relationKey(child.name)) && !cascade) outcome.fail('2BP01', 'always');
    dropRelation(child, gone, drop);
  }
  dropIncoming(relation, gone, drop);
  dropPolicies(relation, gone, drop);
  dropRules(relation, gone, drop);
  dropDefaults(relation, gone, drop);
  dropReaders(relation, gone, drop);
}

/** Defaults of other tables that draw from a sequence of the relation. */
function dropDefaults(relation: Relation, gone: ReadonlySet<string>, { cascade, outcome }: Drop): void {
  for (const other of drawingFromOwned(outcome, relation.name, null)) {
    if (gone.has(relationKey(other))) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(other, 'ACCESS EXCLUSIVE');
  }
}

function dropReaders(relation: Relation, gone: Set<string>, drop: Drop): void {
  const { cascade, outcome } = drop;
  for (const reader of relation.readBy) {
    const view = outcome.schema.relations.get(reader);
    if (view === undefined || gone.has(reader)) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    dropRelation(view, gone, drop);
  }
}

/** Policies of other tables whose conditions read the relation. */
function dropPolicies(relation: Relation, gone: ReadonlySet<string>, { cascade, outcome }: Drop): void {
  const key = relationKey(relation.name);
  for (const [guarded, { name, policyReads }] of outcome.schema.relations) {
    if (gone.has(guarded) || ![...policyReads.values()].some((reads) => reads.includes(key))) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(name, 'ACCESS EXCLUSIVE');
  }
}

/** Rules of other tables that write to the relation or read it. */
function dropRules(relation: Relation, gone: ReadonlySet<string>, { cascade, outcome }: Drop): void {
  for (const name of ruledOver(relation, outcome)) {
    if (gone.has(relationKey(name))) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(name, 'ACCESS EXCLUSIVE');
  }
}

function dropIncoming(relation: Relation, gone: ReadonlySet<string>, { cascade, outcome }: Drop): void {
  const parent = relation.partitionOf?.parent;
  // Keys that point at the parent point at each of its partitions, and lose their triggers on all of them.
  const above = ancestors(relation, gone, outcome).flatMap((name) => incomingForeignKeys(outcome, name));
  const incoming = [...incomingForeignKeys(outcome, relation.name), ...above];
  if (parent !== undefined && above.length > 0) outcome.lockAll(triggered(outcome.nameOf(parent), outcome), 'ACCESS EXCLUSIVE');
  for (const { table } of incoming) {
    if (gone.has(relationKey(table.name))) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(table.name, 'ACCESS EXCLUSIVE');
    outcome.lockAll(outcome.partitions(table.name), 'ACCESS EXCLUSIVE');
    outcome.lose('integrity', table.name);
  }
}

/** The partitioned tables above that stay. */
function ancestors(relation: Relation, gone: ReadonlySet<string>, { schema }: Outcome): QualifiedName[] {
  const found: QualifiedName[] = [];
  for (let parent = relation.partitionOf?.parent; parent !== undefined && !gone.has(parent); ) {
    const above = schema.relations.get(parent);
    if (above !== undefined) found.push(above.name);
    parent = above?.partitionOf?.parent;
  }
  return found;
}

/** The parent loses a partition, and what was not allowed in the default one now is. */
function lockParent(relation: Relation, outcome: Outcome): void {
  if (relation.partitionOf === null) return;
  const parent = outcome.nameOf(relation.partitionOf.parent);
  outcome.lock(parent, 'ACCESS EXCLUSIVE');
  const fallback = defaultPartition(outcome, parent);
  if (fallback !== null) outcome.lock(fallback, 'ACCESS EXCLUSIVE');
}

type Dropper = (operation: DropObject, outcome: Outcome) => void;

const DROP: { readonly [K in DropObject['object']]?: Dropper } = {
  view: dropView,
  'materialized view': dropView,
  sequence: dropSequence,
  trigger: dropTablePart,
  policy: dropTablePart,
  rule: dropTablePart,
  type: dropType,
  domain: dropType,
  schema: dropSchema,
  function: dropRoutine,
  routine: dropRoutine,
  procedure: dropRoutine,
  statistics(operation, outcome) {
    const { name } = operation;
    if (!requireNamed('statistics', operation, '42704', outcome)) return;
    for (const key of outcome.schema.objects.get(objectKey('statistics', name))?.tables ?? []) outcome.lock(outcome.nameOf(key), 'SHARE UPDATE EXCLUSIVE');
  },
  publication(operation, outcome) {
    requireNamed('publication', operation, '42704', outcome);
  },
  extension({ name, guard }, outcome) {
    const missing = outcome.schema.complete && !isInstalled(name.name, outcome);
    if (missing && guard !== 'if exists') outcome.fail('42704', 'always');
  },
  database(_operation, outcome) {
    outcome.outsideTransaction();
  },
  tablespace(_operation, outcome) {
    outcome.outsideTransaction();
  },
};

function requireObject({ name, guard }: DropObject, outcome: Outcome): boolean {
  return requireTable(guard === undefined ? { table: name } : { table: name, guard }, outcome);
}

function dropView(operation: DropObject, outcome: Outcome): void {
  const relation = outcome.relation(operation.name);
  if (relation === undefined) {
    if (!requireObject(operation, outcome)) return;
    outcome.lock(operation.name, 'ACCESS EXCLUSIVE');
    if (operation.object === 'materialized view') outcome.lose('data', operation.name);
    if (operation.cascade) outcome.assume(`what depends on "${operation.name.name}"`);
    return;
  }
  if (relation.kind !== operation.object) return outcome.fail('42809', 'always');
  dropRelation(relation, dropped(outcome), { cascade: operation.cascade === true, outcome });
}

/** Columns whose default draws from the sequence lose it with CASCADE; that of an identity column goes only with it. */
function dropSequence(operation: DropObject, outcome: Outcome): void {
  if (!requireObject(operation, outcome)) return;
  const kind = outcome.relation(operation.name)?.kind;
  if (kind !== undefined && kind !== 'sequence') return outcome.fail('42809', 'always');
  if (isIdentity(operation.name, outcome)) return outcome.fail('2BP01', 'always');
  for (const relation of outcome.schema.relations.values()) {
    if (![...relation.columns.values()].some((column) => drawsFrom(column.default, operation.name))) continue;
    if (!operation.cascade) outcome.fail('2BP01', 'always');
    outcome.lock(relation.name, 'ACCESS EXCLUSIVE');
  }
  if (operation.cascade && !outcome.schema.complete) outcome.assume(`what depends on "${operation.name.name}"`);
}

function isIdentity(sequence: QualifiedName, outcome: Outcome): boolean {
  const owner = outcome.relation(sequence)?.ownedBy;
  if (!owner) return false;
  return Boolean(outcome.schema.relations.get(owner.table)?.columns.get(owner.column)?.identity);
}

function dropType(operation: DropObject, outcome: Outcome): void {
  const key = relationKey(operation.name);
  if (outcome.schema.complete && !outcome.schema.types.has(key)) {
    // The row type of a relation goes with it.
    if (outcome.relation(operation.name) !== undefined) return outcome.fail('2BP01', 'always');
    if (operation.guard !== 'if exists') outcome.fail('42704', 'always');
    return;
  }
  const kind = outcome.schema.types.get(key)?.kind;
  if (operation.object === 'domain' && kind !== undefined && kind !== 'domain') return outcome.fail('42809', 'always');
  const drop: Drop = { cascade: operation.cascade === true, outcome };
  dropColumnsOfType(key, drop);
  dropTablesOfType(key, drop);
  if (operation.cascade && !outcome.schema.complete) outcome.assume(`which columns are of type "${operation.name.name}"`);
}

function dropColumnsOfType(key: string, { cascade, outcome }: Drop): void {
  for (const { table, column } of columnsOfType(key, outcome)) {
    const relation = outcome.relation(table);
    if (relation !== undefined) outcome.lockAll(viewsOver(relation, column, outcome), 'ACCESS EXCLUSIVE');
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(table, 'ACCESS EXCLUSIVE');
    outcome.lose('data', table);
  }
}

function dropTablesOfType(key: string, { cascade, outcome }: Drop): void {
  for (const relation of outcome.schema.relations.values()) {
    if (relation.ofType !== key) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    dropRelation(relation, new Set(), { cascade: true, outcome });
  }
}

/** Columns of a type, or of a domain over it. */
export function columnsOfType(key: string, outcome: Outcome): { table: QualifiedName; column: string }[] {
  const found: { table: QualifiedName; column: string }[] = [];
  const keys = new Set([key]);
  for (const [name, type] of outcome.schema.types) if (type.kind === 'domain' && keys.has(relationKey(type.type))) keys.add(name);
  for (const relation of outcome.schema.relations.values()) {
    for (const column of relation.columns.values()) {
      if (column.type !== null && keys.has(relationKey(column.type))) found.push({ table: relation.name, column: column.name });
    }
  }
  return found;
}

function dropSchema(operation: DropObject, outcome: Outcome): void {
  if (!requireNamed('schema', operation, '3F000', outcome)) return;
  const gone = new Set<string>();
  const inside = [...outcome.schema.relations.values()].filter((relation) => (relation.name.schema ?? 'public') === operation.name.name);
  for (const relation of inside) gone.add(relationKey(relation.name));
  for (const relation of inside) {
    if (!operation.cascade) outcome.fail('2BP01', 'always');
    dropRelation(relation, gone, { cascade: true, outcome });
  }
  if (operation.cascade && !outcome.schema.complete) {
    outcome.lose('data');
    outcome.assume(`what is in schema "${operation.name.name}"`);
  }
}

/** False when a complete schema has no such object, which fails without IF EXISTS. */
function requireNamed(kind: 'schema' | 'statistics' | 'publication', { name, guard }: DropObject, sqlstate: string, outcome: Outcome): boolean {
  const there = !outcome.schema.complete || outcome.schema.objects.has(objectKey(kind, name)) || (kind === 'schema' && name.name === 'public');
  if (!there && guard !== 'if exists') outcome.fail(sqlstate, 'always');
  return there;
}

/** Triggers that call the routine, and defaults, checks and generated columns that do. */
function dropRoutine(operation: DropObject, outcome: Outcome): void {
  const key = relationKey(operation.name);
  const object = operation.object as 'function' | 'procedure' | 'routine';
  if (!requireRoutine(object, operation, outcome)) return;
  for (const relation of outcome.schema.relations.values()) {
    const isView = callsRoutine(relation.query, key);
    if (isView) outcome.lockAll(readersOf(outcome, relationKey(relation.name)).map((reader) => outcome.nameOf(reader)), 'ACCESS EXCLUSIVE');
    if (!isView && !usesRoutine(relation, key)) continue;
    if (!operation.cascade) outcome.fail('2BP01', 'always');
    outcome.lock(relation.name, 'ACCESS EXCLUSIVE');
  }
  if (operation.cascade && !outcome.schema.complete) outcome.assume(`what depends on "${operation.name.name}"`);
}

function callsRoutine(expression: string | null | undefined, key: string): boolean {
  return functionsIn(expression ?? '').some((name) => relationKey(name) === key);
}

function usesRoutine(relation: Relation, key: string): boolean {
  const calls = (expression: string | null | undefined): boolean => callsRoutine(expression, key);
  return (
    [...relation.triggerFunctions.values()].includes(key) ||
    [...relation.columns.values()].some((column) => calls(column.default) || calls(column.generated?.expression)) ||
    [...relation.constraints.values()].some(({ definition }) => definition.type === 'check' && calls(definition.expression)) ||
    [...relation.indexes.values()].some((index) => calls(index.where) || index.keys.some(({ expression }) => calls(expression)))
  );
}
