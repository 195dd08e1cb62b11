import type { LockMode, QualifiedName } from '../../operations/types.js';
import { parseName } from '../../sql/name.js';
import { columnsIn, tokensOf } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { queryUses } from '../query-columns.js';
import {
  referencing,
  relationKey,
  type ForeignKeyReference,
  type Index,
  type Relation,
  type TableConstraint,
} from '../schema.js';

/** Who else hangs on a relation, a column or a constraint, and gets locked or dropped with it. */

/** Columns a constraint speaks of. */
export function constraintColumns(constraint: TableConstraint, table: Relation): string[] {
  const { definition } = constraint;
  switch (definition.type) {
    case 'check':
      return columnsIn(definition.expression, table.columns.size > 0 ? table.columns : undefined);
    case 'not null':
      return [definition.column];
    case 'exclude':
      return definition.elements.flatMap((element) => columnsIn(element, table.columns.size > 0 ? table.columns : undefined));
    case 'foreign key':
      return definition.columns;
    default:
      return definition.columns.length > 0 ? definition.columns : indexColumns(table.indexes.get(definition.usingIndex ?? ''));
  }
}

/** Columns an index hangs on: keys, included ones, and those in its expressions and predicate. */
export function indexColumns(index: Index | undefined): string[] {
  if (index === undefined) return [];
  const columns = index.keys.flatMap((key) => (key.column === undefined ? columnsIn(key.expression ?? '') : [key.column]));
  return [...columns, ...index.include, ...(index.where === null ? [] : columnsIn(index.where))];
}

/** The columns a foreign key points at; the primary key where its author left them out. */
export function referencedColumns(outcome: Outcome, { constraint }: ForeignKeyReference): string[] {
  const { table, columns } = constraint.definition.references;
  if (columns.length > 0) return columns;
  for (const { definition } of outcome.relation(table)?.constraints.values() ?? []) {
    if (definition.type === 'primary key') return definition.columns;
  }
  return [];
}

/** Foreign keys of the table itself, those a partition has from its parent left out: they go with the parent's. */
export function ownForeignKeys(outcome: Outcome, relation: Relation): TableConstraint[] {
  const parent = relation.partitionOf === null ? undefined : outcome.schema.relations.get(relation.partitionOf.parent);
  return [...relation.constraints.values()].filter(
    ({ definition, name }) => definition.type === 'foreign key' && parent?.constraints.get(name)?.definition.type !== 'foreign key',
  );
}

/** Tables with a default that draws from a sequence which belongs to the column, or to any column of the table. */
export function drawingFromOwned(outcome: Outcome, table: QualifiedName, column: string | null): QualifiedName[] {
  const key = relationKey(table);
  const owned = [...outcome.schema.relations.values()].filter(
    ({ kind, ownedBy }) => kind === 'sequence' && ownedBy?.table === key && (column === null || ownedBy.column === column),
  );
  if (owned.length === 0) return [];
  const own = new Set(outcome.family(table).map(relationKey));
  return [...outcome.schema.relations.values()]
    .filter((other) => !own.has(relationKey(other.name)))
    .filter((other) => [...other.columns.values()].some((each) => owned.some(({ name }) => drawsFrom(each.default, name))))
    .map(({ name }) => name);
}

/** Whether a default takes its values from the sequence. */
export function drawsFrom(expression: string | null | undefined, sequence: QualifiedName): boolean {
  const names = [...(expression ?? '').matchAll(/nextval\s*\(\s*'([^']+)'/gi)].map((match) => parseName(match[1] ?? ''));
  return names.some((name) => name !== null && relationKey(name) === relationKey(sequence));
}

/** Foreign keys that a partition has from its parent left out. */
export function ownReferences(outcome: Outcome, references: readonly ForeignKeyReference[]): ForeignKeyReference[] {
  return references.filter(({ table, constraint }) => {
    const parent = table.partitionOf === null ? undefined : outcome.schema.relations.get(table.partitionOf.parent);
    return parent?.constraints.get(constraint.name)?.definition.type !== 'foreign key';
  });
}

/** Foreign keys of other tables that point at this one. */
export function incomingForeignKeys(outcome: Outcome, table: QualifiedName): ForeignKeyReference[] {
  const key = relationKey(table);
  return referencing(outcome.schema, table).filter(({ table: from }) => relationKey(from.name) !== key);
}

/**
 * Locks the table a dropped foreign key pointed at. The triggers that enforced
 * it there go as well; up to 14 those of a partitioned table lay on its
 * partitions alone when the key went with its table or column.
 */
export function lockReferenced(outcome: Outcome, constraint: TableConstraint, direct: boolean): void {
  if (constraint.definition.type !== 'foreign key') return;
  const { table } = constraint.definition.references;
  if (direct || outcome.version >= 15 || !outcome.isPartitioned(table)) outcome.lock(table, 'ACCESS EXCLUSIVE');
  outcome.lockAll(triggered(table, outcome), 'ACCESS EXCLUSIVE');
}

/** The partitions on which a foreign key that points here has its triggers: until 15 only those at the bottom. */
export function triggered(table: QualifiedName, outcome: Outcome): QualifiedName[] {
  return outcome.partitions(table).filter((member) => outcome.version >= 15 || outcome.hasStorage(member));
}

/** The default partition is checked again whenever its parent's bounds change. */
export function defaultPartition(outcome: Outcome, parent: QualifiedName): QualifiedName | null {
  for (const key of outcome.relation(parent)?.children ?? []) {
    const child = outcome.schema.relations.get(key);
    if (child?.partitionOf !== null && /^default$/i.test(child?.partitionOf.bounds ?? '')) return child?.name ?? null;
  }
  return null;
}

/** Views and materialised views that read the relation, directly or through others. */
export function readersOf(outcome: Outcome, key: string): string[] {
  const found = new Set<string>();
  const pending = [...(outcome.schema.relations.get(key)?.readBy ?? [])];
  for (let reader = pending.pop(); reader !== undefined; reader = pending.pop()) {
    if (found.has(reader)) continue;
    found.add(reader);
    pending.push(...(outcome.schema.relations.get(reader)?.readBy ?? []));
  }
  return [...found];
}

/** Views whose query uses the column; a star uses every one. */
export function viewsUsing(outcome: Outcome, table: QualifiedName, column: string): string[] {
  const readers = outcome.relation(table)?.readBy ?? [];
  return readers.filter((key) => {
    const query = outcome.schema.relations.get(key)?.query;
    if (query === null || query === undefined) return true;
    return queryUses(query, table, column, outcome.schema);
  });
}

/** Fails when a query names a relation that is known to be missing; the server's own catalogues are always there. */
export function requireRead(outcome: Outcome, reads: readonly QualifiedName[]): void {
  for (const name of reads) {
    const catalogue = name.schema === undefined ? name.name.startsWith('pg_') : /^(?:pg_|information_schema$)/.test(name.schema);
    if (!catalogue && !outcome.mayExist(name)) outcome.fail('42P01', 'always');
  }
}

/** `FROM ONLY t` leaves the children alone. */
function namesAfterOnly(text: string): ReadonlySet<string> {
  if (!/\bonly\b/i.test(text)) return new Set();
  const tokens = tokensOf(text);
  return new Set(tokens.flatMap(({ value }, index) => (index > 0 && tokens[index - 1]?.value === 'only' ? value : [])));
}

/** What is in a partitioned partition follows from the bounds above it, which the planner looks up. */
function lockAncestors(relation: Relation, outcome: Outcome): void {
  for (let parent = relation.partitionOf?.parent; parent !== undefined; ) {
    outcome.lock(outcome.nameOf(parent), 'ACCESS SHARE');
    parent = outcome.schema.relations.get(parent)?.partitionOf?.parent;
  }
}

/** Locks every relation a query reads, and through views what those read. */
export function lockRead(outcome: Outcome, reads: readonly QualifiedName[], mode: LockMode = 'ACCESS SHARE', text = ''): void {
  requireRead(outcome, reads);
  const alone = namesAfterOnly(text);
  const seen = new Set<string>();
  const visit = (name: QualifiedName): void => {
    const key = relationKey(name);
    if (seen.has(key)) return;
    seen.add(key);
    outcome.lock(name, mode);
    const relation = outcome.relation(name);
    if (relation?.kind === 'partitioned table') lockAncestors(relation, outcome);
    if (!alone.has(name.name)) for (const child of relation?.children ?? []) visit(outcome.nameOf(child));
    if (relation?.kind === 'view') for (const read of relation.reads) visit(outcome.nameOf(read));
  };
  for (const name of reads) visit(name);
}
