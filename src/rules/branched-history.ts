import { isForward } from '../operations/migration.js';
import type { RuleContext, RuleReport } from '../rule.js';
import { defineRule } from '../rule.js';

type Told = [message: string, note: string];

/** Runners go by the graph or by the number in front. Where either is ambiguous, what runs hangs on who deployed first. */
export default defineRule({
  meta: {
    id: 'branched-history',
    category: 'reversibility',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: '*',
    trigger: 'Two ends of one history, a missing parent, a number given twice, or a new file before deployed ones',
    effect: 'The runner stops, skips the file, or runs it in another order than elsewhere',
    remedy: 'Merge the ends, or give the new migration the next number and parent',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-alter.html'],
  },

  check(operation, context) {
    if (context.index > 0 || !isForward(context.migration, operation)) return;
    return [...ends(context), ...numbers(context)].map(([message, note]): RuleReport => ({ message, rewrite: [{ note }] }));
  },
});

function ends({ place, migration }: RuleContext): Told[] {
  const told: Told[] = [];
  const [head] = place.otherHeads;
  if (head !== undefined) {
    const merge = migration.framework === 'django' ? 'makemigrations --merge' : 'alembic merge heads';
    told.push([`This history has another end: "${shortened(head)}".`, `Base this one on the other, or join them with a merge: ${merge}.`]);
  }
  const [parent] = place.missingParents;
  if (parent !== undefined) told.push([`Revision "${parent}", which this one builds on, is in no file.`, 'Name the revision that comes before it here.']);
  return told;
}

function numbers({ place }: RuleContext): Told[] {
  const told: Told[] = [];
  const [twin] = place.sameNumber;
  if (twin !== undefined) told.push([`"${shortened(twin)}" claims the same number.`, 'Give this one the next number that is free.']);
  if (place.overtaken !== null) {
    told.push([`"${shortened(place.overtaken)}" is deployed already and comes after this file.`, 'Give this one a number after all that are deployed: a runner may skip or refuse it.']);
  }
  return told;
}

/** The end of a path, as much as a message bears. */
function shortened(path: string): string {
  const name = path.split('/').slice(-2).join('/');
  return name.length > 45 ? `…${name.slice(-44)}` : name;
}
