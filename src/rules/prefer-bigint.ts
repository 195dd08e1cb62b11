import { writtenColumns } from '../advice/columns.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';
import type { ColumnDefinition, DataType } from '../operations/types.js';

const SMALL = ['integer', 'smallint'];
const SMALL_SERIAL = ['serial', 'smallserial'];

function isSmallKey(type: DataType, definition: ColumnDefinition | null): boolean {
  if (SMALL_SERIAL.includes(type.name)) return true;
  if (!SMALL.includes(type.name)) return false;
  return definition?.identity !== undefined || (definition?.constraints ?? []).some((one) => one.type === 'primary key');
}

/** An integer key runs out at 2,147,483,647, and to widen it then is a rewrite of the largest table there is. */
export default defineRule({
  meta: {
    id: 'prefer-bigint',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'addColumn', 'alterColumnType'],
    trigger: 'A key or serial column of type integer or smallint',
    effect: 'Inserts fail when the numbers run out, and widening the key rewrites the table',
    remedy: 'Use bigint for keys',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/datatype-numeric.html'],
  },

  check(operation) {
    const key = operation.kind === 'createTable' ? operation.constraints.flatMap((one) => (one.type === 'primary key' ? one.columns : [])) : [];
    return writtenColumns(operation)
      .filter(({ type, definition, name }) => isSmallKey(type, definition) || (SMALL.includes(type.name) && key.length === 1 && key[0] === name))
      .map(({ at, name, table }) => ({
        ...(at === undefined ? {} : { at }),
        message: `Key ${named(name)} of ${named(table)} runs out at two thousand million rows.`,
        rewrite: [{ note: `Make ${named(name)} bigint.` }],
      }));
  },
});
