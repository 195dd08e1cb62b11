import { writtenColumns } from '../advice/columns.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A serial is a sequence beside the column: rights, ownership and pg_dump treat it apart. */
export default defineRule({
  meta: {
    id: 'prefer-identity',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'addColumn', 'alterColumnType'],
    trigger: 'A column of type serial',
    effect: 'Its sequence needs rights of its own, and inserts of explicit ids go unnoticed',
    remedy: 'Use GENERATED ALWAYS AS IDENTITY',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-identity-columns.html'],
  },

  check(operation) {
    return writtenColumns(operation)
      .filter(({ type }) => type.name.endsWith('serial'))
      .map(({ at, name, table }) => ({
        ...(at === undefined ? {} : { at }),
        message: `Column ${named(name)} of ${named(table)} is a serial.`,
        rewrite: [{ note: `Make ${named(name)} GENERATED ALWAYS AS IDENTITY.` }],
      }));
  },
});
