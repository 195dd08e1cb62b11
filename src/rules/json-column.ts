import { writtenColumns } from '../advice/columns.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** json keeps the text: it has no equality, so DISTINCT, GROUP BY and UNION refuse it. */
export default defineRule({
  meta: {
    id: 'json-column',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createTable', 'addColumn', 'alterColumnType'],
    trigger: 'A column of type json',
    effect: 'Queries that compare rows fail, and every read parses the text again',
    remedy: 'Use jsonb',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/datatype-json.html'],
  },

  check(operation) {
    return writtenColumns(operation)
      .filter(({ type }) => type.name === 'json')
      .map(({ at, name, table }) => ({
        ...(at === undefined ? {} : { at }),
        message: `Column ${named(name)} of ${named(table)} is json, which cannot be compared.`,
        rewrite: [{ note: `Make ${named(name)} jsonb.` }],
      }));
  },
});
