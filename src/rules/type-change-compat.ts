import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';
import { printType } from '../sql/type.js';

/** The table is not read, yet every session has to plan its statements again. */
export default defineRule({
  meta: {
    id: 'type-change-compat',
    category: 'compatibility',
    severity: 'info',
    presets: ['strict'],
    operations: ['alterColumnType'],
    trigger: 'The type of an existing column changes without a rewrite',
    effect: 'Prepared statements that read the column fail once: cached plan must not change result type',
    remedy: 'Make sure the driver prepares again, or recycle connections after the deploy',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-prepare.html'],
  },

  check({ table, column, type }, context) {
    if (context.isNew(table) || context.relation(table)?.columns.get(column)?.addedHere === true) return;
    const { rewrites, scans, builds } = context.effects;
    if (rewrites.length + scans.length + builds.length > 0) return;
    return {
      message: `Prepared statements that read ${named(column)} of ${named(table)} fail once when it is ${printType(type)}.`,
      rewrite: [{ note: 'Recycle the connection pool after the deploy, unless the driver prepares statements again by itself.' }],
    };
  },
});
