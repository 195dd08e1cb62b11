import { named } from '../advice/wording.js';
import { constraintsWritten } from '../advice/written.js';
import type { DataType, Operation, QualifiedName } from '../operations/types.js';
import { defineRule, type RuleContext } from '../rule.js';
import { printType, sameType } from '../sql/type.js';

/** PostgreSQL compares across integer types; a bigint key does not fit an integer column for ever. */
export default defineRule({
  meta: {
    id: 'fk-type-mismatch',
    category: 'validation',
    severity: 'info',
    presets: ['strict'],
    operations: ['createTable', 'addColumn', 'addConstraint'],
    trigger: 'A foreign key between columns of different types',
    effect: 'Every check casts, and the smaller side runs out before the larger one does',
    remedy: 'Give both columns the same type',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK'],
  },

  check(operation, context) {
    return constraintsWritten(operation).flatMap(({ at, table, constraint }) => {
      if (constraint.type !== 'foreign key') return [];
      const { references } = constraint;
      return constraint.columns.flatMap((column, index) => {
        const target = references.columns[index] ?? keyColumn(references.table, context);
        const from = writtenType(operation, column) ?? typeOf(table, column, context);
        const to = target === undefined ? undefined : typeOf(references.table, target, context);
        if (from === undefined || to === undefined || sameType(from, to)) return [];
        return [
          {
            ...(at === undefined ? {} : { at }),
            message: `${named(column)} is ${printType(from)}, the key of ${named(references.table)} it references ${printType(to)}.`,
            rewrite: [{ note: `Make ${named(column)} ${printType(to)} before the foreign key is added.` }],
          },
        ];
      });
    });
  },
});

const STORED: Readonly<Record<string, string>> = { serial: 'integer', bigserial: 'bigint', smallserial: 'smallint' };

/** A serial is stored as the integer it stands for. */
function stored(type: DataType | null | undefined): DataType | undefined {
  if (type == null) return undefined;
  const name = STORED[type.name];
  return name === undefined ? type : { name };
}

function typeOf(table: QualifiedName, column: string, context: RuleContext): DataType | undefined {
  return stored(context.relation(table)?.columns.get(column)?.type);
}

/** The type that the very operation gives the column. */
function writtenType(operation: Operation, column: string): DataType | undefined {
  if (operation.kind === 'addColumn') return operation.column.name === column ? stored(operation.column.type) : undefined;
  return operation.kind === 'createTable' ? stored(operation.columns.find(({ name }) => name === column)?.type) : undefined;
}

/** What REFERENCES without a column means. */
function keyColumn(table: QualifiedName, context: RuleContext): string | undefined {
  for (const { definition } of context.relation(table)?.constraints.values() ?? []) {
    if (definition.type === 'primary key' && definition.columns.length === 1) return definition.columns[0];
  }
  return undefined;
}
