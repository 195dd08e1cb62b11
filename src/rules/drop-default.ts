import { stepsOn } from '../advice/steps-on.js';
import { named } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A release that does not know a column relies on its default. */
export default defineRule({
  meta: {
    id: 'drop-default',
    category: 'compatibility',
    severity: 'info',
    presets: ['strict'],
    operations: ['dropDefault'],
    trigger: 'The default of an existing column is dropped',
    effect: 'Inserts of the running release that leave the column out fail, or store NULL',
    remedy: 'Keep the default until no release leaves the column out',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-altertable.html'],
  },

  check({ table, column }, context) {
    const relation = context.relation(table);
    if (context.isNew(table) || relation?.columns.get(column)?.addedHere === true) return;
    const { id } = context.session.transaction;
    const again = stepsOn(context, 'setDefault', table).some((step) => step.index > context.index && step.operation.column === column && step.session.transaction.id === id);
    if (again && context.session.transaction.kind !== 'none') return;
    const required = relation?.columns.get(column)?.notNull === true;
    return {
      message: `Inserts that leave out ${named(column)} of ${named(table)} ${required ? 'fail' : 'store NULL'} from now on.`,
      rewrite: [{ note: `Drop it when every release that runs writes ${named(column)} itself.` }],
    };
  },
});
