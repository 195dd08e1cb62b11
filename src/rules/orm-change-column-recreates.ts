import { replaceColumn } from '../advice/replace-column.js';
import { stepsOn } from '../advice/steps-on.js';
import { named } from '../advice/wording.js';
import type { Operation } from '../operations/types.js';
import { defineRule } from '../rule.js';
import { quoteIdentifier } from '../sql/name.js';
import { printType } from '../sql/type.js';

/**
 * One call that drops a column and adds it again under the same name. TypeORM's
 * changeColumn does so for any difference of type or length it believes to see.
 */
export default defineRule({
  meta: {
    id: 'orm-change-column-recreates',
    category: 'data-loss',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['addColumn'],
    covers: ['drop-and-readd-column', 'add-not-null-column'],
    trigger: 'One call that drops a column and adds it again',
    effect: 'Every value of the column is lost, and with it the indexes and constraints that use it',
    remedy: 'Change the type with ALTER COLUMN … TYPE, or move to a new column in steps',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html', 'https://github.com/typeorm/typeorm/issues/3357'],
  },

  check(add, context) {
    const { table } = add;
    if (context.isNew(table)) return;
    const { type, name } = add.column;
    const dropped = stepsOn(context, 'dropColumn', table).some(({ operation }) => operation.column === name && isOneCall(operation, add));
    if (!dropped) return;
    const column = quoteIdentifier(name);
    return {
      message: `This call drops ${named(name)} of ${named(table)} and adds it again, without its values.`,
      rewrite:
        type === undefined
          ? [{ note: 'Change the column in place.' }]
          : replaceColumn(context, { table, column: name, definition: { type }, value: `${column}::${printType(type)}` }),
    };
  },
});

/** Several statements from one place of the file: no author wrote them, a builder did. */
function isOneCall(a: Operation, b: Operation): boolean {
  const { span } = a.statement;
  return a.statement.id !== b.statement.id && span.start === b.statement.span.start && span.end === b.statement.span.end;
}
