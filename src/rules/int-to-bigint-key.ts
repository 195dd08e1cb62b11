import { replaceColumn } from '../advice/replace-column.js';
import { blockedOn, named, touchesEveryRow } from '../advice/wording.js';
import type { Constraint, QualifiedName } from '../operations/types.js';
import { referencing, type ForeignKeyReference } from '../postgres/schema.js';
import { defineRule, type RuleContext } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';

const SMALL = ['integer', 'smallint', 'serial', 'smallserial'];

/** A key that outgrows integer takes every column that references it along; each is a rewrite of its own. */
export default defineRule({
  meta: {
    id: 'int-to-bigint-key',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['alterColumnType'],
    covers: ['alter-column-type'],
    trigger: 'A column of a primary or foreign key is changed from integer to bigint',
    effect: 'Reads and writes of the table wait until it is written again; the columns at the other end have to follow',
    remedy: 'Move to a new column in steps, the referencing tables first',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES'],
  },

  check(change, context) {
    const { table, column, type } = change;
    if (context.isNew(table) || type.name !== 'bigint' || !touchesEveryRow(context.effects, table)) return;
    const from = context.relation(table)?.columns.get(column)?.type ?? change.from;
    if (from == null || !SMALL.includes(from.name)) return;
    const { keys, users } = keysAt(context, table, column);
    if (users.length === 0 && keys.length === 0) return;
    const list = [...new Set(users.map((user) => user.table.name.name))];
    return {
      message: `Widening key ${named(column)} rewrites ${named(table)} while ${blockedOn(context, table)} wait.`,
      rewrite: [
        ...(list.length === 0 ? [] : [{ note: `Columns of ${list.map(named).join(', ')} reference it and have to become bigint first, the same way.` }]),
        ...replaceColumn(context, { table, column, definition: { type }, value: quoteIdentifier(column) }),
      ],
    };
  },
});

function isKeyOf(constraint: Constraint, column: string): boolean {
  return (constraint.type === 'primary key' || constraint.type === 'foreign key') && constraint.columns.includes(column);
}

/** The keys of the table that the column is part of, and those of other tables that reference it. */
function keysAt(context: RuleContext, table: QualifiedName, column: string): { keys: Constraint[]; users: ForeignKeyReference[] } {
  const keys = [...(context.relation(table)?.constraints.values() ?? [])].map(({ definition }) => definition).filter((one) => isKeyOf(one, column));
  const users = referencing(context.schema, table).filter(({ constraint }) => {
    const { columns } = constraint.definition.references;
    return columns.length === 0 ? keys.some((key) => key.type === 'primary key') : columns.includes(column);
  });
  return { keys, users };
}
