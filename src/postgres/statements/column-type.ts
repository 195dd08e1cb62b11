import type { AlterColumnType, DataType, QualifiedName } from '../../operations/types.js';
import { isBuiltIn, isCollatable, isNumber, isString } from '../casts.js';
import { functionsIn, isNull, tokensOf } from '../expression.js';
import { lacksOperatorClass } from '../operator-class.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type Column, type Relation, type TableConstraint } from '../schema.js';
import { baseType, typeChange, type TypeChange } from '../type-change.js';
import { generatedFrom, hasOtherParents, isInherited, isUsedInside, partitionColumns, ruledOver } from './column-uses.js';
import { constraintColumns, incomingForeignKeys, indexColumns, referencedColumns, viewsUsing } from './dependants.js';
import { isInteger, requireColumn, requireTable } from './handler.js';

export function alterColumnType(operation: AlterColumnType, outcome: Outcome): void {
  if (!requireTable(operation, outcome) || outcome.refuseView(operation.table) || outcome.refuseTyped(operation.table)) return;
  const found = requireColumn(operation, outcome);
  if (found === null) return;
  const { table, only } = operation;
  const family = outcome.family(table, only);
  outcome.lockAll(family, 'ACCESS EXCLUSIVE');
  if (operation.using !== undefined && found.column?.generated) return outcome.fail('42611', 'always');
  refuseInherited(operation, outcome);
  const change = changeOf(operation, found.column, outcome);
  outcome.assume(change.assumes);
  if (change.fails !== null) return outcome.fail(change.fails, 'always');
  refuseDefault(operation, found.column, outcome);
  refuseMisfits(table, change.misfits, outcome);
  refuseTypeChange(operation, outcome);
  if (change.rewrites) refuseRepeated(operation, found.column, outcome);
  for (const member of family) applyTypeChange(member, operation, change, outcome);
}

/** 22026: every value is of the wrong length. */
function refuseMisfits(table: QualifiedName, misfits: string | null, outcome: Outcome): void {
  if (misfits !== null) outcome.failOn(table, misfits, misfits === '22026' ? 'rows' : 'violations');
}

/** Different values become one. */
function isLossy(from: DataType, to: DataType): boolean {
  if (to.name === 'boolean') return from.name !== 'boolean';
  if (to.name === 'date') return from.name.startsWith('timestamp');
  return isInteger(to) && isNumber(from) && !isInteger(from);
}

/** Its unique indexes are built again over what may repeat now. */
function refuseRepeated({ table, column, type }: AlterColumnType, before: Column | undefined, outcome: Outcome): void {
  if (!before?.type || !isLossy(before.type, type)) return;
  const indexes = [...(outcome.relation(table)?.indexes.values() ?? [])];
  if (indexes.some(({ unique, keys }) => unique && keys.some((key) => key.column === column))) outcome.failOn(table, '23505', 'duplicates');
}

/** A change of type in a table: a foreign key is looked up by other operators than before, whatever the collation. */
interface ColumnChange extends TypeChange {
  changesOperators: boolean;
}

function changeOf(operation: AlterColumnType, column: Column | undefined, outcome: Outcome): ColumnChange {
  const change = typeChange({
    column: operation.column,
    from: column?.type ?? operation.from ?? null,
    to: operation.type,
    ...(operation.using === undefined ? {} : { using: operation.using }),
    schema: outcome.schema,
    timeZone: outcome.session.settings.get('timezone')?.value,
    version: outcome.version,
  });
  const collation = collationOf(operation.collation);
  const before = collationOf(column?.collation);
  return { ...change, changesOperators: change.rebuildsIndexes, rebuildsIndexes: change.rebuildsIndexes || collation !== before };
}

/** The collation called `default` is that of the database, which a column without one has. */
function collationOf(collation: QualifiedName | null | undefined): string | null {
  return collation?.name === 'default' ? null : (collation?.name ?? null);
}

/** USING converts the rows; the default has to get to the new type by itself. */
function refuseDefault(operation: AlterColumnType, column: Column | undefined, outcome: Outcome): void {
  if (!column?.default || isNull(column.default) || column.type === null) return;
  const { using, ...plain } = operation;
  if (using === undefined) return;
  const { fails } = changeOf(plain, column, outcome);
  if (fails !== null) outcome.fail(fails, 'always');
}

function refuseInherited({ table, column, only }: AlterColumnType, outcome: Outcome): void {
  const family = outcome.family(table, only).flatMap((name) => outcome.relation(name) ?? []);
  const isPartitionKey = family.some((each) => partitionColumns(each).includes(column));
  const relation = outcome.relation(table);
  const inherited = relation !== undefined && isInherited(relation, column, outcome);
  if (isPartitionKey || inherited || hasOtherParents({ table, column }, outcome)) outcome.fail('42P16', 'always');
}

function refuseTypeChange(operation: AlterColumnType, outcome: Outcome): void {
  const { table, column, only } = operation;
  const relation = outcome.relation(table);
  if (relation === undefined) return;
  refuseType(operation, relation, outcome);
  // Before 15 a generated column was refused as a mistake of syntax.
  const family = outcome.family(table, only).flatMap((name) => outcome.relation(name) ?? []);
  if (outcome.version < 15 && generatedFrom(relation, column)) outcome.fail('42601', 'always');
  if (family.some((each) => viewsUsing(outcome, each.name, column).length > 0 || isUsedInside(each, column) || ruledOver(each, outcome, column).length > 0)) outcome.fail('0A000', 'always');
  if (only && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
}

/** Only text has a collation, and only numbers are an identity. */
function refuseType({ column, type, collation }: AlterColumnType, relation: Relation, outcome: Outcome): void {
  const base = baseType(type, outcome.schema);
  if (collation !== undefined && isBuiltIn(base) && !isCollatable(base)) outcome.fail('42804', 'always');
  if (relation.columns.get(column)?.identity && (isBuiltIn(type) || outcome.schema.types.has(relationKey(type))) && !isInteger(type)) outcome.fail('22023', 'always');
}

function applyTypeChange(member: QualifiedName, { column, type }: AlterColumnType, change: ColumnChange, outcome: Outcome): void {
  if (change.rewrites) outcome.rewrite(member);
  const relation = outcome.relation(member);
  if (relation === undefined) return;
  if (!change.rewrites) rebuildIndexes(relation, column, change, outcome);
  refuseIndexes(relation, column, type, outcome);
  for (const constraint of relation.constraints.values()) {
    if (constraintColumns(constraint, relation).includes(column)) remakeConstraint(relation, constraint, { column, type, change }, outcome);
  }
  revalidateIncoming(relation, column, change, outcome);
}

/** 42704: the new type has no operators for the index there is. */
function refuseIndexes(relation: Relation, column: string, type: DataType, outcome: Outcome): void {
  const plain = [...relation.indexes.values()].filter(({ keys }) => keys.some((key) => key.column === column && key.operatorClass === undefined));
  for (const { keys, where } of relation.indexes.values()) {
    for (const expression of [...keys.flatMap((key) => key.expression ?? []), ...(where === null ? [] : [where])]) refuseExpression(expression, column, type, outcome);
  }
  if (plain.some(({ method }) => lacksOperatorClass(type, method, outcome.schema))) outcome.fail('42704', 'always');
}

interface Retyped {
  column: string;
  type: DataType;
  change: ColumnChange;
}

/** `c > 0`: only a number compares with that. */
function comparesWithNumber(expression: string, column: string): boolean {
  const tokens = tokensOf(expression);
  return tokens.some(
    ({ value }, index) => value === column && tokens[index + 1]?.kind === 'operator' && tokens[index + 2]?.kind === 'number',
  );
}

/** 42883: an expression over the column has no operator or function for its new type. */
function refuseExpression(expression: string, column: string, type: DataType, outcome: Outcome): void {
  if (!isBuiltIn(type)) return;
  const [first] = tokensOf(expression).filter(({ kind }) => kind === 'quotedIdentifier' || kind === 'word').slice(1);
  const onText = functionsIn(expression).some(({ schema, name }) => schema === undefined && OF_TEXT.has(name)) && first?.value === column;
  if ((comparesWithNumber(expression, column) && !isNumber(type)) || (onText && !isString(type) && type.name !== 'char' && type.name !== '"char"')) outcome.fail('42883', 'always');
}

/** Functions of a text alone. */
const OF_TEXT = new Set(['lower', 'upper', 'initcap', 'btrim', 'ltrim', 'rtrim', 'md5', 'char_length', 'length', 'replace', 'reverse', 'split_part']);

/** CHECK constraints and foreign keys are dropped and added again, and with that verified again. */
function remakeConstraint(relation: Relation, constraint: TableConstraint, { column, type, change }: Retyped, outcome: Outcome): void {
  const { definition, validated, enforced } = constraint;
  const verified = validated && enforced;
  if (definition.type === 'check') refuseExpression(definition.expression, column, type, outcome);
  if (definition.type === 'check' && verified) {
    outcome.scan(relation.name);
    outcome.failOn(relation.name, '23514', 'violations');
  }
  if (definition.type !== 'foreign key') return;
  lockOtherSide(definition.references.table, outcome);
  if ((change.rewrites || change.changesOperators) && verified) outcome.scan(relation.name);
}

/** The foreign key is dropped and made again: the strongest of both on every table it touches. */
function lockOtherSide(target: QualifiedName, outcome: Outcome): void {
  const parts = outcome.partitions(target);
  outcome.lock(target, parts.length > 0 && outcome.version < 15 ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE');
  outcome.lockAll(parts, 'ACCESS EXCLUSIVE');
}

function revalidateIncoming(relation: Relation, column: string, change: ColumnChange, outcome: Outcome): void {
  for (const reference of incomingForeignKeys(outcome, relation.name)) {
    if (!referencedColumns(outcome, reference).includes(column)) continue;
    const from = reference.table.name;
    const partitions = outcome.partitions(from);
    outcome.lockAll([from, ...partitions], 'ACCESS EXCLUSIVE');
    if (!(change.rewrites || change.changesOperators) || !reference.constraint.validated || !reference.constraint.enforced) continue;
    for (const member of [from, ...partitions]) outcome.scan(member);
  }
}

/** An index with an expression or a predicate is never taken over, a plain one when its operators stay. */
function rebuildIndexes(relation: Relation, column: string, change: ColumnChange, outcome: Outcome): void {
  for (const [name, index] of relation.indexes) {
    if (!indexColumns(index).includes(column)) continue;
    const plain = index.where === null && index.keys.every((key) => key.expression === undefined);
    if (plain && !change.rebuildsIndexes) continue;
    outcome.build(relation.name, name);
    outcome.scan(relation.name);
  }
}
