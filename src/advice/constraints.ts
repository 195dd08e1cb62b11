import type { Constraint, QualifiedName } from '../operations/types.js';
import { newRelation } from '../postgres/schema.js';
import { constraintName } from '../postgres/generated-names.js';
import type { RewriteStep, RuleContext } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';

/** The constraint's name, or the one PostgreSQL will give it. */
export function nameOfConstraint(context: RuleContext, table: QualifiedName, constraint: Constraint): string {
  const relation = context.relation(table) ?? newRelation(table);
  return constraint.name ?? constraintName(context.schema, relation, constraint, context.version);
}

type Validated = Extract<Constraint, { notValid?: boolean }>;

/** NOT VALID binds new rows at once and reads none; VALIDATE reads them all under a lock that nobody waits for. */
export function notValidThenValidate(context: RuleContext, table: QualifiedName, constraint: Validated): RewriteStep[] {
  const name = nameOfConstraint(context, table, constraint);
  return [
    { operations: [{ kind: 'addConstraint', table, constraint: { ...constraint, name, notValid: true } }] },
    {
      note: 'In the next migration:',
      operations: [{ kind: 'validateConstraint', table, constraint: name }],
      transaction: 'own',
    },
  ];
}

/** A unique index built beside running writes. */
export function uniqueIndexConcurrently(
  table: QualifiedName,
  index: string,
  columns: readonly string[],
  more: { include?: string[]; nullsNotDistinct?: boolean } = {},
): RewriteStep {
  return {
    operations: [
      {
        kind: 'createIndex',
        index,
        table,
        keys: columns.map((column) => ({ column })),
        unique: true,
        concurrently: true,
        ...(more.include === undefined ? {} : { include: more.include }),
        ...(more.nullsNotDistinct === true ? { nullsNotDistinct: true as const } : {}),
      },
    ],
    transaction: 'none',
  };
}

/**
 * NOT NULL without reading the table under a strong lock. From 18 on a NOT
 * NULL constraint has a NOT VALID of its own; from 12 on SET NOT NULL trusts
 * a validated CHECK; before that only the CHECK is to be had.
 */
export function notNullSteps(context: RuleContext, table: QualifiedName, column: string): RewriteStep[] {
  const name = nameOfConstraint(context, table, { type: 'not null', column });
  if (context.version >= 18) return notValidThenValidate(context, table, { type: 'not null', name, column });

  const expression = `${quoteIdentifier(column)} IS NOT NULL`;
  const steps = notValidThenValidate(context, table, { type: 'check', name, expression });
  if (context.version < 12) {
    return [...steps, { note: 'Keep the CHECK in place of NOT NULL: before PostgreSQL 12 SET NOT NULL always reads the table.' }];
  }
  return [
    ...steps,
    {
      note: 'Then, without reading the table again:',
      operations: [
        { kind: 'setNotNull', table, column },
        { kind: 'dropConstraint', table, constraint: name },
      ],
      transaction: 'own',
    },
  ];
}
