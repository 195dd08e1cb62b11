import { named, same, series } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** A command without a policy is denied as if the table were empty. */
export default defineRule({
  meta: {
    id: 'policy-gaps',
    category: 'compatibility',
    severity: 'info',
    presets: [],
    operations: ['setRowSecurity'],
    trigger: 'Row level security is enabled with policies for some commands only',
    effect: 'The other commands find no row, silently',
    remedy: 'Write a policy for SELECT, INSERT, UPDATE and DELETE each, or one FOR ALL',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createpolicy.html'],
  },

  check({ table, mode }, context) {
    if (mode !== 'enable') return;
    const commands = context.steps.flatMap(({ operation }) => (operation.kind === 'createPolicy' && same(operation.table, table) ? [operation.command] : []));
    const missing = (['select', 'insert', 'update', 'delete'] as const).filter((command) => !commands.includes(command));
    if (commands.length === 0 || commands.includes('all') || missing.length === 0 || (context.relation(table)?.policies.size ?? 0) > commands.length) return;
    return { message: `No policy of ${named(table)} allows ${series(missing.map((command) => command.toUpperCase()))}.`, rewrite: [{ note: 'Write a policy for each command, or say that it is meant.' }] };
  },
});
