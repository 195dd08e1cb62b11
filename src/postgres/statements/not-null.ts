import type { QualifiedName } from '../../operations/types.js';
import { provenNotNull } from '../expression.js';
import type { Outcome } from '../outcome.js';
import type { Relation } from '../schema.js';
import { requireColumn, requireTable, type Handlers } from './handler.js';

export const notNull: Handlers<'setNotNull' | 'dropNotNull'> = {
  setNotNull(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    const { table, only, column } = operation;
    const missing = outcome.partitions(table).some((member) => !isProvenNotNull(member, column, outcome));
    if (only && missing) outcome.fail('42P16', 'always');
    const relation = outcome.relation(table);
    const settled = relation?.columns.get(column)?.notNull === true && !hasUnvalidatedNotNull(relation, column);
    // What is NOT NULL already is so in every partition, and since 18 in every child.
    const stays = settled && (outcome.isPartitioned(table) || outcome.version >= 18);
    const family = outcome.family(table, stays ? true : only);
    outcome.lockAll(family, 'ACCESS EXCLUSIVE');
    checkNotNull(family, column, outcome);
    if (outcome.relation(table) === undefined) outcome.assume(`whether "${column}" is proven to hold no NULL`);
  },

  dropNotNull(operation, outcome) {
    if (!requireTable(operation, outcome) || requireColumn(operation, outcome) === null) return;
    const { table, column } = operation;
    const relation = outcome.relation(table);
    const nullable = outcome.version >= 18 && relation?.columns.get(column)?.notNull === false;
    outcome.lockAll(outcome.family(table, nullable ? true : operation.only), 'ACCESS EXCLUSIVE');
    if (primaryKeyOf(relation).includes(column) || notNullAbove(relation, column, outcome)) outcome.fail('42P16', 'always');
    if (relation?.columns.get(column)?.identity) outcome.fail('42601', 'always');
  },
};

/** True where a validated CHECK, or the column itself, already says that there is no NULL. */
export function isProvenNotNull(table: QualifiedName, column: string, outcome: Outcome): boolean {
  const relation = outcome.relation(table);
  if (relation === undefined) return false;
  if (relation.columns.get(column)?.notNull === true && !hasUnvalidatedNotNull(relation, column)) return true;
  if (outcome.version < 12) return false;
  return [...relation.constraints.values()].some(
    ({ definition, validated, enforced }) =>
      definition.type === 'check' && validated && enforced && provenNotNull(definition.expression).includes(column),
  );
}

export function hasUnvalidatedNotNull(relation: Relation, column: string): boolean {
  return [...relation.constraints.values()].some(
    ({ definition, validated }) => definition.type === 'not null' && definition.column === column && !validated,
  );
}

/** Marks columns NOT NULL in every member: a scan and a failure on NULL where nothing proves them full. */
export function checkNotNull(members: readonly QualifiedName[], column: string, outcome: Outcome): void {
  for (const member of members) {
    if (isProvenNotNull(member, column, outcome)) continue;
    outcome.scan(member);
    if (outcome.hasStorage(member)) outcome.failOn(member, '23502', 'nulls');
  }
}

/** A column that a parent marks NOT NULL; plain inheritance keeps to it since 18. */
function notNullAbove(relation: Relation | undefined, column: string, outcome: Outcome): boolean {
  if (relation === undefined || relation.columns.get(column)?.notNull === false) return false;
  const inherited = outcome.version >= 18 ? relation.inherits : [];
  const parents = relation.partitionOf === null ? inherited : [relation.partitionOf.parent];
  return parents.some((key) => outcome.schema.relations.get(key)?.columns.get(column)?.notNull === true);
}

export function primaryKeyOf(relation: Relation | undefined): string[] {
  for (const { definition } of relation?.constraints.values() ?? []) if (definition.type === 'primary key') return definition.columns;
  return [];
}
