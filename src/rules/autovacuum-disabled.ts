import { named, same } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A bulk load is over some day; the setting stays. */
export default defineRule({
  meta: {
    id: 'autovacuum-disabled',
    category: 'lock',
    severity: 'info',
    presets: ['strict'],
    operations: ['setTableOptions'],
    trigger: 'Autovacuum is turned off for a table',
    effect: 'Dead rows pile up, and the table nears transaction id wraparound',
    remedy: 'Tune its thresholds instead, or turn it on again in the same migration',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/routine-vacuuming.html#AUTOVACUUM'],
  },

  check({ table, options, reset }, context) {
    if (reset === true || !OFF.test(options)) return;
    const again = context.steps
      .slice(context.index + 1)
      .some(({ operation }) => operation.kind === 'setTableOptions' && same(operation.table, table) && /autovacuum_enabled/i.test(operation.options) && (operation.reset === true || !OFF.test(operation.options)));
    if (again) return;
    return { message: `${named(table)} is never vacuumed again until somebody remembers.`, rewrite: [{ note: 'Lower autovacuum_vacuum_scale_factor instead.' }] };
  },
});

const OFF = /autovacuum_enabled\s*=\s*'?(false|off|no|0)\b/i;
