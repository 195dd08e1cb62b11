import { replaceColumn } from '../advice/replace-column.js';
import { named, same, sameStatement } from '../advice/wording.js';
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
    trigger: 'One statement or call that drops a column and adds it again',
    effect: 'Every value of the column is lost, and with it the indexes and constraints that use it',
    remedy: 'Change the type with ALTER COLUMN … TYPE, or move to a new column in steps',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html', 'https://github.com/typeorm/typeorm/issues/3357'],
  },

  check(add, context) {
    const { table } = add;
    if (context.isNew(table)) return;
    const { type, name } = add.column;
    const dropped = context.steps.some(
      ({ operation }) =>
        operation.kind === 'dropColumn' && sameStatement(operation, add) && same(operation.table, table) && operation.column === name,
    );
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
