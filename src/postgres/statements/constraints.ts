import type {
  AddConstraint,
  AlterConstraint,
  Constraint,
  DropConstraint,
  NotNullConstraint,
  OperationKind,
  QualifiedName,
  ValidateConstraint,
} from '../../operations/types.js';
import { isBuiltIn } from '../casts.js';
import { columnNamed, columnsIn, hasSubquery } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { referencing, type TableConstraint } from '../schema.js';
import { lockReferenced, referencedColumns } from './dependants.js';
import { addForeignKey, lockReferencedSide } from './foreign-keys.js';
import { missingColumns, requireTable, type Handlers } from './handler.js';
import { addExclusion, addKey } from './keys.js';
import { checkNotNull, primaryKeyOf } from './not-null.js';

type Add<T extends Constraint['type']> = (operation: AddConstraint, constraint: Extract<Constraint, { type: T }>, outcome: Outcome) => void;

const ADD: { readonly [T in Constraint['type']]: Add<T> } = {
  'primary key': addKey,
  unique: addKey,
  exclude: addExclusion,
  'foreign key': addForeignKey,

  check({ table, only }, constraint, outcome) {
    const inherits = constraint.noInherit !== true;
    if (!inherits && outcome.isPartitioned(table)) outcome.fail('42P16', 'always');
    if (refuseCheck(table, constraint.expression, outcome)) return;
    const members = inherits ? outcome.family(table, only) : [table];
    outcome.lockAll(members, 'ACCESS EXCLUSIVE');
    if (inherits && only && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
    if (constraint.notEnforced && outcome.version < 18) outcome.fail('42601', 'always');
    if (!constraint.notValid && !constraint.notEnforced) verify(members, outcome);
  },

  'not null'(operation, constraint, outcome) {
    if (refuseNotNull(operation, constraint, outcome)) return;
    const { table, only } = operation;
    const column = outcome.relation(table)?.columns.get(constraint.column);
    if (column?.notNull === true) {
      // One per column: what is there stays, under its own name.
      if (constraint.name !== undefined) outcome.fail('55000', 'always');
      return;
    }
    if (!constraint.notValid) checkNotNull(constraint.noInherit ? [table] : outcome.family(table, only), constraint.column, outcome);
  },
};

/** A check is a condition, and looks at nothing but the row. */
function refuseCheck(table: QualifiedName, expression: string, outcome: Outcome): boolean {
  if (missingColumns(table, columnsIn(expression), outcome)) return true;
  if (hasSubquery(expression)) outcome.fail('0A000', 'always');
  const column = columnNamed(expression);
  const type = column === null ? null : outcome.relation(table)?.columns.get(column)?.type;
  if (type && isBuiltIn(type) && type.name !== 'boolean') outcome.fail('42804', 'always');
  return outcome.refused;
}

/** Every row is read, and one that breaks the rule fails the statement. */
function verify(members: readonly QualifiedName[], outcome: Outcome): void {
  for (const member of members) {
    outcome.scan(member);
    if (outcome.hasStorage(member)) outcome.failOn(member, '23514', 'violations');
  }
}

/** True when it is refused whatever the rows hold. */
function refuseNotNull({ table, only }: AddConstraint, { column, noInherit }: NotNullConstraint, outcome: Outcome): boolean {
  if (outcome.version < 18) outcome.fail('42601', 'always');
  else if (missingColumns(table, [column], outcome)) return true;
  else if (noInherit && outcome.isPartitioned(table)) outcome.fail('0A000', 'always');
  else if (only && outcome.partitions(table).length > 0) outcome.fail('42P16', 'always');
  return outcome.refused;
}

function duplicateName(table: QualifiedName, constraint: Constraint, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (constraint.name === undefined || !relation?.constraints.has(constraint.name)) return false;
  outcome.fail('42710', 'always');
  return true;
}

export function constraintOf(operation: { table: QualifiedName; constraint: string }, outcome: Outcome): TableConstraint | undefined {
  return outcome.relation(operation.table)?.constraints.get(operation.constraint);
}

/** False when the constraint is known not to be there. */
function requireConstraint(operation: { kind: OperationKind; table: QualifiedName; constraint: string; guard?: string }, outcome: Outcome): boolean {
  const relation = outcome.relation(operation.table);
  if (relation === undefined || !(relation.complete || relation.query !== null) || relation.constraints.has(operation.constraint)) return true;
  if (operation.guard !== 'if exists' || operation.kind !== 'dropConstraint') outcome.fail('42704', 'always');
  return false;
}

export const constraints: Handlers<
  'addConstraint' | 'alterConstraint' | 'validateConstraint' | 'dropConstraint' | 'renameConstraint'
> = {
  addConstraint(operation, outcome) {
    if (!requireTable(operation, outcome)) return;
    if (duplicateName(operation.table, operation.constraint, outcome)) return;
    const mode = operation.constraint.type === 'foreign key' ? 'SHARE ROW EXCLUSIVE' : 'ACCESS EXCLUSIVE';
    // Since 18 every child is taken first, whether the constraint goes down to it or not.
    outcome.lockAll(outcome.family(operation.table, outcome.version >= 18 ? operation.only : true), mode);
    const add = ADD[operation.constraint.type] as (a: AddConstraint, c: Constraint, o: Outcome) => void;
    add(operation, operation.constraint, outcome);
  },

  alterConstraint(operation, outcome) {
    if (!requireTable(operation, outcome) || !requireConstraint(operation, outcome)) return;
    outcome.lock(operation.table, 'ACCESS EXCLUSIVE');
    const constraint = constraintOf(operation, outcome);
    const inherits = /\bINHERIT\b/i.test(operation.options);
    if (constraint !== undefined && constraint.definition.type !== (inherits ? 'not null' : 'foreign key')) return outcome.fail('42809', 'always');
    if (!inherits) outcome.lockAll(outcome.partitions(operation.table), 'ACCESS EXCLUSIVE');
    if (!/\bENFORCED\b/i.test(operation.options)) return;
    if (outcome.version < 18) return outcome.fail('42601', 'always');
    enforce(operation, !/\bNOT\s+ENFORCED\b/i.test(operation.options), outcome);
  },

  validateConstraint(operation, outcome) {
    if (!requireTable(operation, outcome) || !requireConstraint(operation, outcome)) return;
    const constraint = constraintOf(operation, outcome);
    outcome.lock(operation.table, 'SHARE UPDATE EXCLUSIVE');
    if (constraint === undefined) outcome.assume(`what constraint "${operation.constraint}" is`);
    if (constraint?.enforced === false) outcome.fail('55000', 'always');
    if (constraint !== undefined && constraint.index !== null) outcome.fail('42809', 'always');
    if (constraint?.validated !== true) validate(operation, constraint, outcome);
  },

  dropConstraint(operation, outcome) {
    if (!requireTable(operation, outcome)) return;
    const { table, constraint: name } = operation;
    // Nobody may be in the middle of using a partition, so all are taken before anything is looked up.
    outcome.lockAll(outcome.partitionTree(table), 'ACCESS EXCLUSIVE');
    if (!requireConstraint(operation, outcome)) return;
    const constraint = constraintOf(operation, outcome);
    if (constraint !== undefined && (isFromParent(table, constraint, outcome) || isKeysNotNull(table, constraint, outcome))) return outcome.fail('42P16', 'always');
    outcome.lockAll(inheriting(operation, constraint, outcome), 'ACCESS EXCLUSIVE');
    if (constraint === undefined) {
      if (operation.type === undefined || operation.type === 'foreign key') outcome.assume(`what constraint "${name}" is`);
    } else {
      lockReferenced(outcome, constraint, true);
      if (constraint.index !== null) dropKey(operation, constraint, outcome);
    }
    outcome.lose('integrity', table);
  },

  renameConstraint(operation, outcome) {
    if (!requireTable(operation, outcome) || !requireConstraint(operation, outcome)) return;
    const constraint = constraintOf(operation, outcome);
    const { table, to } = operation;
    if (constraint !== undefined && isFromParent(table, constraint, outcome)) outcome.fail('42P16', 'always');
    else if (outcome.relation(table)?.constraints.has(to)) outcome.fail('42710', 'always');
    const inherited = constraint?.definition.type === 'check' || constraint?.definition.type === 'not null';
    outcome.lockAll(inherited ? outcome.family(operation.table, operation.only) : [operation.table], 'ACCESS EXCLUSIVE');
  },
};

/** NOT ENFORCED drops the triggers of a foreign key, ENFORCED makes them again and reads every row. */
function enforce({ table, constraint: name }: AlterConstraint, enforced: boolean, outcome: Outcome): void {
  const constraint = constraintOf({ table, constraint: name }, outcome);
  if (constraint?.enforced === enforced) return;
  if (constraint?.definition.type === 'foreign key' && !constraint.enforced) lockReferencedSide(constraint.definition.references.table, outcome);
  else if (constraint !== undefined) lockReferenced(outcome, constraint, true);
  if (!enforced) return outcome.lose('integrity', table);
  if (constraint?.enforced === false) outcome.scan(table);
  outcome.failOn(table, '23503', 'violations');
}

/** A constraint that a parent passed on changes only with the parent's. */
function isFromParent(table: QualifiedName, { name, definition }: TableConstraint, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation === undefined) return false;
  const parents = relation.partitionOf === null ? relation.inherits : [relation.partitionOf.parent];
  return parents.some((key) => {
    const constraints = [...(outcome.schema.relations.get(key)?.constraints.values() ?? [])];
    return constraints.some((each) => isSame(each, { name, definition }, relation.partitionOf !== null));
  });
}

function isSame(parent: TableConstraint, child: Pick<TableConstraint, 'name' | 'definition'>, partition: boolean): boolean {
  const [above, own] = [parent.definition, child.definition];
  if (above.type !== own.type || ('noInherit' in above && above.noInherit === true)) return false;
  if (own.type === 'check') return parent.name === child.name;
  if (own.type === 'not null') return above.type === 'not null' && above.column === own.column;
  if (own.type === 'foreign key') return partition && parent.name === child.name;
  return partition && 'columns' in above && 'columns' in own && above.columns.join() === own.columns.join();
}

/** NOT NULL of a column that a primary key or an identity needs. */
function isKeysNotNull(table: QualifiedName, { definition }: TableConstraint, outcome: Outcome): boolean {
  if (definition.type !== 'not null') return false;
  const relation = outcome.relation(table);
  return primaryKeyOf(relation).includes(definition.column) || Boolean(relation?.columns.get(definition.column)?.identity);
}

/** Children that have the constraint from here; ONLY leaves it to them but has to tell the first generation. */
function inheriting({ table, only }: DropConstraint, constraint: TableConstraint | undefined, outcome: Outcome): QualifiedName[] {
  const type = constraint?.definition.type ?? 'check';
  if (only) refuseOnly(table, type, outcome);
  if (type !== 'check' && type !== 'not null') return outcome.partitions(table);
  if (!only || outcome.isPartitioned(table)) return outcome.below(table);
  return (outcome.relation(table)?.children ?? []).map((key) => outcome.nameOf(key));
}

/** Until 18 a partitioned table could not drop a check and leave it to its partitions. */
function refuseOnly(table: QualifiedName, type: Constraint['type'], outcome: Outcome): void {
  if (outcome.version < 18 && type === 'check' && outcome.partitions(table).length > 0) outcome.fail('42P16', 'always');
}

/** A weak lock and a read of every row; the other table of a foreign key is only kept from losing rows. */
function validate(operation: ValidateConstraint, constraint: TableConstraint | undefined, outcome: Outcome): void {
  const { table, only } = operation;
  const foreignKey = constraint?.definition.type === 'foreign key' ? constraint.definition : null;
  if (only && foreignKey === null && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
  const members = foreignKey === null ? outcome.family(table) : outcome.partitionTree(table);
  outcome.lockAll(members, 'SHARE UPDATE EXCLUSIVE');
  for (const member of members) if (!isValidated(member, operation.constraint, outcome)) outcome.scan(member);
  if (foreignKey !== null) outcome.lockAll(outcome.partitionTree(foreignKey.references.table), 'ROW SHARE');
  outcome.failOn(table, failureOf(constraint), constraint?.definition.type === 'not null' ? 'nulls' : 'violations');
}

function isValidated(table: QualifiedName, constraint: string, outcome: Outcome): boolean {
  return outcome.relation(table)?.constraints.get(constraint)?.validated === true;
}

function failureOf(constraint: TableConstraint | undefined): string {
  switch (constraint?.definition.type) {
    case 'foreign key':
      return '23503';
    case 'not null':
      return '23502';
    default:
      return '23514';
  }
}

/** Foreign keys hang on the key they point at, not only on its columns. */
function dropKey(operation: { table: QualifiedName; cascade?: true }, constraint: TableConstraint, outcome: Outcome): void {
  for (const table of outcome.partitions(operation.table)) dropKeyOf({ ...operation, table }, constraint, outcome);
  dropKeyOf(operation, constraint, outcome);
}

function dropKeyOf(operation: { table: QualifiedName; cascade?: true }, constraint: TableConstraint, outcome: Outcome): void {
  const { definition } = constraint;
  const columns = 'columns' in definition ? [...definition.columns].sort().join() : '';
  for (const reference of referencing(outcome.schema, operation.table)) {
    if ([...referencedColumns(outcome, reference)].sort().join() !== columns) continue;
    if (!operation.cascade) outcome.fail('2BP01', 'always');
    outcome.lock(reference.table.name, 'ACCESS EXCLUSIVE');
    outcome.lockAll(outcome.partitions(reference.table.name), 'ACCESS EXCLUSIVE');
  }
}
