import { named, same } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** Without a policy the default is to deny. */
export default defineRule({
  meta: {
    id: 'rls-without-policy',
    category: 'compatibility',
    severity: 'warning',
    presets: ['strict'],
    operations: ['setRowSecurity'],
    trigger: 'Row level security is enabled on an existing table that has no policy',
    effect: 'Everyone but the owner reads no row from that moment on',
    remedy: 'Create the policies first, in the same transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-rowsecurity.html'],
  },

  check({ table, mode }, context) {
    const relation = context.relation(table);
    if (mode !== 'enable' || context.isNew(table) || (relation?.policies.size ?? 0) > 0) return;
    if (context.steps.some(({ operation }) => operation.kind === 'createPolicy' && same(operation.table, table))) return;
    return { message: `Everyone but its owner reads no row of ${named(table)} from now on.`, rewrite: [{ note: 'CREATE POLICY for each command first, in the same transaction.' }] };
  },
});
