import { draftOf } from '../advice/drafts.js';
import { named } from '../advice/wording.js';
import type { Operation, QualifiedName } from '../operations/types.js';
import { nameOfKey } from '../postgres/schema.js';
import type { Session } from '../postgres/session.js';
import { defineRule } from '../rule.js';
import { tokenize } from '../sql/lexer.js';

/** SQLSTATE of "unsafe use of new value". */
const UNSAFE_USE = '55P04';

/** A label that its transaction has not committed yet may be named in no statement: "unsafe use of new value". */
export default defineRule({
  meta: {
    id: 'enum-value-used-same-transaction',
    category: 'transaction',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: '*',
    trigger: 'An enum value is used in the transaction that added it',
    effect: 'PostgreSQL refuses to use a new enum value before it is committed, and the migration fails',
    remedy: 'Add the value in one migration, use it in the next',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES'],
  },

  check(operation, context) {
    if (context.effects.fails?.sqlstate !== UNSAFE_USE) return;
    const used = newLabelIn(operation, context.session);
    if (used === undefined) return;
    return {
      message: `Value '${used.label}' of ${named(used.type)} cannot be used before its transaction is committed.`,
      rewrite: [{ note: 'In the next migration, after the value is committed:', operations: [draftOf(operation)], transaction: 'own' }],
    };
  },
});

/** A label that the open transaction has added, perhaps in an earlier file of the batch, and that the operation names. */
function newLabelIn(operation: Operation, { newLabels }: Session): { type: QualifiedName; label: string } | undefined {
  const strings = stringsOf(operation);
  for (const [type, { labels }] of newLabels ?? []) {
    const label = [...labels].find((one) => strings.has(one));
    if (label !== undefined) return { type: nameOfKey(type), label };
  }
  return undefined;
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
