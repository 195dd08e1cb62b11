import type { AddColumn, ColumnDefinition, QualifiedName } from '../../operations/types.js';
import { columnsIn, isNull } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { relationKey } from '../schema.js';
import { baseType, isConstrainedDomain } from '../type-change.js';
import { volatilityOf } from '../volatility.js';
import { buildKey, lockReferencedSide, refuseSecondPrimaryKey } from './constraints.js';
import { requireTable, type Handlers } from './handler.js';

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
    const family = outcome.family(table, operation.only);
    outcome.lockAll(operation.guard === 'if not exists' && exists(operation, outcome) ? [table] : family, 'ACCESS EXCLUSIVE');
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

function exists({ table, column }: AddColumn, outcome: Outcome): boolean {
  return outcome.relation(table)?.columns.has(column.name) ?? false;
}

function refused({ table, column, only, guard }: AddColumn, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation?.kind === 'view' || relation?.kind === 'materialized view' || relation?.partitionOf) {
    if (!(guard === 'if not exists' && relation.columns.has(column.name))) outcome.fail('42809', 'always');
  } else if (only && outcome.below(table).length > 0) outcome.fail('42P16', 'always');
  if (column.generated !== undefined) refuseGenerated(column, outcome);
  return outcome.refused;
}

function refuseGenerated({ generated }: ColumnDefinition, outcome: Outcome): void {
  const virtual = generated?.stored !== true;
  if (outcome.version < 12 || (virtual && outcome.version < 18)) outcome.fail('42601', 'always');
}

function describe(definition: ColumnDefinition, outcome: Outcome): NewColumn {
  const primaryKey = definition.constraints?.some(({ type }) => type === 'primary key') ?? false;
  const always = definition.identity !== undefined || SERIAL.has(definition.type?.name ?? '') || definition.generated !== undefined;
  const domain = definition.type === undefined ? undefined : outcome.schema.types.get(relationKey(definition.type));
  const expression = definition.default ?? (domain?.kind === 'domain' ? domain.default : null);
  const hasDefault = expression !== null && expression !== undefined;
  return {
    definition,
    rewrites: rewrites(definition, expression ?? null, outcome),
    hasValue: always || (hasDefault && !isNull(expression)),
    hasDefault: always || definition.default !== undefined,
    notNull:
      definition.notNull === true ||
      primaryKey ||
      (domain?.kind === 'domain' && domain.notNull) ||
      definition.identity !== undefined ||
      SERIAL.has(definition.type?.name ?? '') ||
      (definition.constraints?.some(({ type }) => type === 'not null') ?? false),
  };
}

function rewrites(definition: ColumnDefinition, expression: string | null, outcome: Outcome): boolean {
  if (definition.generated !== undefined) return definition.generated.stored === true;
  if (definition.identity !== undefined || SERIAL.has(definition.type?.name ?? '')) return true;
  if (definition.type !== undefined && isConstrainedDomain(definition.type, outcome.schema)) return true;
  if (definition.type !== undefined && isUnknownType(definition, outcome)) {
    outcome.assume(`whether type "${definition.type.name}" is a domain with constraints`);
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

function inlineConstraints({ table, column }: AddColumn, added: NewColumn, outcome: Outcome): void {
  for (const constraint of column.constraints ?? []) {
    switch (constraint.type) {
      case 'primary key':
        refuseSecondPrimaryKey(table, outcome);
        buildKey(table, { ...constraint, columns: [column.name] }, outcome);
        duplicates(table, added, outcome);
        break;
      case 'unique':
        buildKey(table, { ...constraint, columns: [column.name] }, outcome);
        if (added.hasValue || constraint.nullsNotDistinct) duplicates(table, added, outcome);
        break;
      case 'check':
        if (added.hasValue && constraint.notEnforced !== true) outcome.failOn(table, '23514', 'violations');
        break;
      case 'foreign key':
        reference(table, constraint.references.table, added, outcome);
        break;
      default:
    }
  }
}

/** One value for all rows is a duplicate from the second row on; a sequence makes none. */
function duplicates(table: QualifiedName, { definition, hasValue }: NewColumn, outcome: Outcome): void {
  const counted = definition.identity !== undefined || SERIAL.has(definition.type?.name ?? '');
  const random = columnsIn(definition.default ?? '').length === 0 && /\b(?:gen_random_uuid|uuid_generate_v\d\w*|uuidv\d|nextval)\s*\(/i.test(definition.default ?? '');
  if (!counted && !random && hasValue) outcome.failOn(table, '23505', 'duplicates');
}

function reference(table: QualifiedName, target: QualifiedName, added: NewColumn, outcome: Outcome): void {
  lockReferencedSide(target, outcome);
  if (!added.hasDefault) return;
  for (const member of [table, ...outcome.partitions(table)]) outcome.scan(member);
  if (added.hasValue) outcome.failOn(table, '23503', 'violations');
}
