import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';
import { printName, quoteIdentifier } from '../sql/name.js';

/** A sequence counts its own calls; it does not look at the table. */
export default defineRule({
  meta: {
    id: 'explicit-id-insert',
    category: 'data-migration',
    severity: 'info',
    presets: ['strict'],
    operations: ['insert'],
    trigger: 'Rows are inserted with explicit ids into a column that a sequence fills',
    effect: 'The sequence does not move: a later insert gets an id that is taken, and fails',
    remedy: 'Move the sequence on afterwards with setval',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/functions-sequence.html'],
  },

  check(insert, context) {
    const { table } = insert;
    const columns = context.relation(table)?.columns;
    const counted = insert.columns.find((name) => {
      const column = columns?.get(name);
      return column?.identity != null || column?.type?.name.endsWith('serial') === true || /\bnextval\s*\(/i.test(column?.default ?? '');
    });
    if (counted === undefined || insert.source === 'default') return;
    const moved = context.steps
      .slice(context.index + 1)
      .some(({ operation }) => operation.kind === 'alterSequence' || (operation.kind === 'select' && /\bsetval\s*\(/i.test(operation.text)));
    if (moved) return;
    return {
      message: `Explicit ids in ${named(table)}: the sequence of ${named(counted)} does not move on.`,
      rewrite: [
        {
          note: 'Move it on at the end of the migration:',
          code: `SELECT setval(pg_get_serial_sequence('${printName(table)}', '${counted}'), (SELECT max(${quoteIdentifier(counted)}) FROM ${printName(table)}));`,
          language: 'sql',
        },
      ],
    };
  },
});
