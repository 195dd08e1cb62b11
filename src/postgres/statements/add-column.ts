import type { AddColumn, ColumnDefinition, Constraint, QualifiedName } from '../../operations/types.js';
import { sameType } from '../../sql/type.js';
import { isBuiltIn, isCollatable, storedType } from '../casts.js';
import { columnsIn, isNull, provenNotNull } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type UserType } from '../schema.js';
import { baseType, isConstrainedDomain } from '../type-change.js';
import { isMutable, volatilityOf } from '../volatility.js';
import { lockReferencedSide, refuseOwnPartition, refusePersistence, refuseWithoutKey } from './foreign-keys.js';
import { buildKey, refuseSecondPrimaryKey, refuseWithoutPartitionKey } from './keys.js';
import { isInteger, requireTable, type Handlers } from './handler.js';
import { refuseColumn } from './new-column.js';

const SERIAL = new Set(['serial', 'bigserial', 'smallserial']);

interface NewColumn {
  definition: ColumnDefinition;
  /** A value is computed for each row, not once. */
  rewrites: boolean;
  /** Rows that are there get something other than NULL. */
  hasValue: boolean;
  /** DEFAULT NULL is a default as well: the server does not look inside before it decides to check a foreign key. */
  hasDefault: boolean;
  notNull: boolean;
}

/**
 * ADD COLUMN writes the catalogue only when every row gets the same value: it
 * is then kept once (11 and later) and handed out on reading. What has to be
 * computed per row rewrites the table.
 */
export const addColumn: Handlers<'addColumn'> = {
  addColumn(operation, outcome) {
    if (!requireTable(operation, outcome) || refused(operation, outcome)) return;
    const { table, column } = operation;
    const there = operation.guard === 'if not exists' && exists(operation, outcome);
    const family = there ? [table] : receiving(operation, outcome);
    outcome.lockAll(family, 'ACCESS EXCLUSIVE');
    if (exists(operation, outcome)) {
      if (operation.guard !== 'if not exists') outcome.fail('42701', 'always');
      return;
    }
    const added = describe(column, outcome);
    const scans = needsScan(added);
    for (const member of family) {
      if (added.rewrites) outcome.rewrite(member);
      else if (scans) outcome.scan(member);
    }
    if (added.notNull && !added.hasValue) outcome.failOn(table, '23502', 'rows');
    inlineConstraints(operation, added, outcome);
  },
};

/** The table and its children; one that has the column already takes it over and passes nothing on. */
function receiving({ table, column, only }: AddColumn, outcome: Outcome): QualifiedName[] {
  const found = [table];
  if (only) return found;
  const pending = [...(outcome.relation(table)?.children ?? [])];
  for (let key = pending.shift(); key !== undefined; key = pending.shift()) {
    const child = outcome.schema.relations.get(key);
    if (child === undefined || found.some((name) => relationKey(name) === key)) continue;
    found.push(child.name);
    const own = child.columns.get(column.name)?.type;
    if (own === undefined) pending.push(...child.children);
    else if (own !== null && column.type !== undefined && !sameType(own, storedType(column.type))) outcome.fail('42804', 'always');
  }
  return found;
}

function exists({ table, column }: AddColumn, outcome: Outcome): boolean {
  return outcome.relation(table)?.columns.has(column.name) ?? false;
}

function refused(operation: AddColumn, outcome: Outcome): boolean {
  const { table, column, only } = operation;
  const relation = outcome.relation(table);
  if (relation?.kind === 'view' || relation?.kind === 'materialized view' || relation?.partitionOf) {
    outcome.fail('42809', 'always');
  } else if (only && outcome.below(table).length > 0 && !(operation.guard === 'if not exists' && exists(operation, outcome))) outcome.fail('42P16', 'always');
  outcome.refuseTyped(table);
  refuseIdentity(operation, outcome);
  refuseColumn(column, outcome);
  refuseGenerated(column, outcome);
  refuseExpression(operation, outcome);
  return outcome.refused;
}

/** An identity counts, has no other default, and went down to children only with partitions, since 17. */
function refuseIdentity({ table, column, only }: AddColumn, outcome: Outcome): void {
  const { identity, type } = column;
  if (identity === undefined) return;
  if (column.default !== undefined) outcome.fail('42601', 'always');
  const base = type === undefined ? undefined : baseType(type, outcome.schema);
  if (base !== undefined && isBuiltIn(base) && !isInteger(storedType(base))) outcome.fail('22023', 'always');
  if (outcome.version < 17 && !only && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
}

/** What a column may be made of. */
function refuseExpression({ table, column }: AddColumn, outcome: Outcome): void {
  const { generated, type, constraints, collation } = column;
  const base = type === undefined ? undefined : baseType(type, outcome.schema);
  if (collation !== undefined && base !== undefined && isBuiltIn(base) && !isCollatable(base)) outcome.fail('42804', 'always');
  if (generated !== undefined) refuseGeneration(table, generated, constraints ?? [], outcome);
}

function refuseGeneration(table: QualifiedName, generated: NonNullable<ColumnDefinition['generated']>, constraints: readonly Constraint[], outcome: Outcome): void {
  const columns = outcome.relation(table)?.columns;
  const { volatility, unknown } = volatilityOf(generated.expression, outcome.schema);
  const fromGenerated = columnsIn(generated.expression).some((name) => columns?.get(name)?.generated);
  if (fromGenerated || (volatility !== 'immutable' && unknown.length === 0)) outcome.fail('42P17', 'always');
  const keyed = constraints.some(({ type }) => type === 'unique' || type === 'primary key' || type === 'foreign key');
  if (generated.stored !== true && keyed) outcome.fail('0A000', 'always');
}

/** STORED came with 12, VIRTUAL, which is meant when neither is written, with 18. */
export function refuseGenerated({ generated }: ColumnDefinition, outcome: Outcome): void {
  if (generated === undefined) return;
  if (outcome.version < (generated.stored === true ? 12 : 18)) outcome.fail('42601', 'always');
  if (isMutable(generated.expression, outcome.schema)) outcome.fail('42P17', 'always');
}

function describe(definition: ColumnDefinition, outcome: Outcome): NewColumn {
  const domain = domainOf(definition, outcome);
  const expression = definition.default ?? domain?.default ?? null;
  const counted = isCounted(definition);
  const computed = counted || definition.generated !== undefined;
  return {
    definition,
    rewrites: rewrites(definition, expression, outcome),
    hasValue: computed || (expression !== null && !isNull(expression)),
    hasDefault: computed || definition.default !== undefined,
    notNull: counted || domain?.notNull === true || isDeclaredNotNull(definition),
  };
}

/** Its values come from a sequence. */
function isCounted({ identity, type }: ColumnDefinition): boolean {
  return identity !== undefined || SERIAL.has(type?.name ?? '');
}

function isDeclaredNotNull({ notNull, constraints }: ColumnDefinition): boolean {
  return notNull === true || (constraints?.some(({ type }) => type === 'primary key' || type === 'not null') ?? false);
}

function domainOf({ type }: ColumnDefinition, outcome: Outcome): Extract<UserType, { kind: 'domain' }> | undefined {
  const known = type === undefined ? undefined : outcome.schema.types.get(relationKey(type));
  return known?.kind === 'domain' && (type?.dimensions ?? 0) === 0 ? known : undefined;
}

function rewrites(definition: ColumnDefinition, expression: string | null, outcome: Outcome): boolean {
  if (definition.generated !== undefined) return definition.generated.stored === true;
  if (isCounted(definition)) return true;
  if (definition.type !== undefined && isConstrainedDomain(definition.type, outcome.schema)) return true;
  if (isUnknownType(definition, outcome)) {
    outcome.assume(`whether type "${definition.type?.name ?? ''}" is a domain with constraints`);
  }
  if (expression === null || isNull(expression)) return false;
  const { volatility, unknown } = volatilityOf(expression, outcome.schema);
  if (unknown.length > 0) outcome.assume(`the volatility of "${unknown[0] ?? ''}"`);
  return volatility === 'volatile';
}

/** A type of the author's own that no migration defined, in a schema that may hold more than we saw. */
function isUnknownType({ type }: ColumnDefinition, outcome: Outcome): boolean {
  if (type?.schema === undefined || outcome.schema.complete) return false;
  return !outcome.schema.types.has(relationKey(baseType(type, outcome.schema)));
}

/** Rows are read once more where a constraint has to hold for a value that was not written for them. */
function needsScan({ definition, notNull, hasValue }: NewColumn): boolean {
  const virtual = definition.generated !== undefined && definition.generated.stored !== true;
  const checked = definition.constraints?.some((each) => each.type === 'check' && each.notEnforced !== true) ?? false;
  return checked || (notNull && (!hasValue || virtual));
}

/** Indexes are built before the rows are looked at, unless these are written anew; foreign keys are looked up at the end. */
function inOrderOfWork(constraints: readonly Constraint[], { rewrites }: NewColumn): Constraint[] {
  const rank = ({ type }: Constraint): number => {
    if (type === 'foreign key') return 3;
    return type === 'check' ? 1 : rewrites ? 2 : 0;
  };
  return [...constraints].sort((one, other) => rank(one) - rank(other));
}

function inlineConstraints({ table, column }: AddColumn, added: NewColumn, outcome: Outcome): void {
  for (const constraint of inOrderOfWork(column.constraints ?? [], added)) {
    switch (constraint.type) {
      case 'primary key':
        refuseSecondPrimaryKey(table, outcome);
        buildKey(table, { ...constraint, columns: [column.name] }, outcome);
        duplicates(table, added, outcome);
        break;
      case 'unique':
        refuseWithoutPartitionKey(table, [column.name], outcome);
        if (constraint.nullsNotDistinct && outcome.version < 15) outcome.fail('42601', 'always');
        buildKey(table, { ...constraint, columns: [column.name] }, outcome);
        if (added.hasValue || constraint.nullsNotDistinct) duplicates(table, added, outcome);
        break;
      case 'check':
        checkRows(table, constraint.expression, added, outcome);
        break;
      case 'foreign key':
        refuseWithoutKey(constraint, outcome);
        refuseOwnPartition(table, constraint, outcome);
        refusePersistence(outcome.relation(table)?.persistence ?? 'permanent', constraint.references.table, outcome);
        reference(table, constraint.references.table, added, outcome);
        break;
      default:
    }
  }
}

/** Without a value the rows hold NULL, which a check lets pass unless it asks for something else. */
function checkRows(table: QualifiedName, check: string, { definition, hasValue }: NewColumn, outcome: Outcome): void {
  if (hasValue) outcome.failOn(table, '23514', 'violations');
  else if (provenNotNull(check).includes(definition.name)) outcome.failOn(table, '23514', 'rows');
}

/** One value for all rows is a duplicate from the second row on, and a function may give one twice; sequences and UUIDs do not. */
function duplicates(table: QualifiedName, { definition, hasValue }: NewColumn, outcome: Outcome): void {
  const differs = isCounted(definition) || /\b(?:nextval|\w*uuid\w*)\s*\(/i.test(definition.default ?? '');
  if (hasValue && !differs) outcome.failOn(table, '23505', 'duplicates');
}

function reference(table: QualifiedName, target: QualifiedName, added: NewColumn, outcome: Outcome): void {
  lockReferencedSide(target, outcome);
  if (!added.hasDefault) return;
  for (const member of outcome.partitionTree(table)) outcome.scan(member);
  if (added.hasValue) outcome.failOn(table, '23503', 'violations');
}
