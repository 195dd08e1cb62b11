import { draftOf } from '../advice/drafts.js';
import { earlierInTransaction, named } from '../advice/wording.js';
import type { AddEnumValue, Operation } from '../operations/types.js';
import { relationKey } from '../postgres/schema.js';
import { inTransaction } from '../postgres/session.js';
import { defineRule, type RuleContext } from '../rule.js';
import { tokenize } from '../sql/lexer.js';

/** A label that its transaction has not committed yet may be named in no statement: "unsafe use of new value". */
export default defineRule({
  meta: {
    id: 'enum-value-used-same-transaction',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['insert', 'update', 'delete', 'setDefault', 'addColumn', 'addConstraint', 'createIndex', 'select', 'createView'],
    trigger: 'An enum value is used in the transaction that added it',
    effect: 'PostgreSQL refuses to use a new enum value before it is committed, and the migration fails',
    remedy: 'Add the value in one migration, use it in the next',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES'],
  },

  check(operation, context) {
    if (!inTransaction(context.session)) return;
    const added = earlierInTransaction(context)
      .map((step) => step.operation)
      .filter((one): one is AddEnumValue => one.kind === 'addEnumValue' && isRefused(one, context));
    if (added.length === 0) return;
    const strings = stringsOf(operation);
    const used = added.find(({ value }) => strings.has(value));
    if (used === undefined) return;
    return {
      message: `Value '${used.value}' of ${named(used.type)} cannot be used before its transaction is committed.`,
      rewrite: [{ note: 'In the next migration, after the value is committed:', operations: [draftOf(operation)], transaction: 'own' }],
    };
  },
});

/** From 17 on the values of a type made in the same transaction may be used at once. */
function isRefused({ type }: AddEnumValue, context: RuleContext): boolean {
  if (context.version < 17) return true;
  return !earlierInTransaction(context).some(
    ({ operation }) => operation.kind === 'createEnum' && relationKey(operation.type) === relationKey(type),
  );
}

/** Every string constant of the operation's SQL. */
function stringsOf(operation: Operation): ReadonlySet<string> {
  const texts: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    else if (Array.isArray(value)) for (const one of value) collect(one);
    else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) collect(one);
  };
  const { span: _span, statement: _statement, ...facts } = operation;
  collect(facts);
  return new Set(texts.flatMap((text) => tokenize(text).filter(({ kind }) => kind === 'string').map(({ value }) => value)));
}
