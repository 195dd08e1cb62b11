import { namedTables, named, waiting } from '../advice/wording.js';
import type { RewriteStep } from '../rule.js';
import { defineRule } from '../rule.js';
import type { AlterDomain } from '../operations/types.js';

/** A rule of a domain is checked in every table that has a column of it, all in one go. */
export default defineRule({
  meta: {
    id: 'domain-add-constraint',
    category: 'validation',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['alterDomain'],
    trigger: 'A constraint is added to a domain that existing tables use, and validated at once',
    effect: 'Writes to every table with a column of the domain wait until all of them are checked',
    remedy: 'Add it NOT VALID, then validate it in a later transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-alterdomain.html'],
  },

  check(alter, context) {
    if (context.effects.scans.length === 0 || alter.action.type === 'validate constraint') return;
    const tables = waiting(context, 'writes');
    if (tables.length === 0) return;
    return {
      message: `A new rule of domain ${named(alter.domain)} blocks writes to ${namedTables(tables)} while they are read.`,
      rewrite: stepsFor(alter),
    };
  },
});

function stepsFor({ domain, action }: AlterDomain): RewriteStep[] {
  if (action.type === 'set not null') {
    return checked(domain, { type: 'check', name: `${domain.name}_not_null`, expression: 'VALUE IS NOT NULL', notValid: true });
  }
  if (action.type !== 'add constraint' || action.constraint.type !== 'check') return [{ note: 'Add it as a CHECK … NOT VALID.' }];
  const name = action.constraint.name ?? `${domain.name}_check`;
  return checked(domain, { ...action.constraint, name, notValid: true });
}

function checked(domain: AlterDomain['domain'], constraint: { type: 'check'; name: string; expression: string; notValid: true }): RewriteStep[] {
  return [
    { operations: [{ kind: 'alterDomain', domain, action: { type: 'add constraint', constraint } }] },
    {
      note: 'In the next migration:',
      operations: [{ kind: 'alterDomain', domain, action: { type: 'validate constraint', constraint: constraint.name } }],
      transaction: 'own',
    },
  ];
}
