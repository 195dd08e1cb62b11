import { draftOf } from '../advice/drafts.js';
import { named, sameStatement } from '../advice/wording.js';
import { defineRule } from '../rule.js';

/** What CASCADE does to these is said by their own rules. */
const HAVE_RULES: readonly string[] = ['schema', 'type', 'domain', 'materialized view', 'database'];

/** CASCADE drops what depends on the object, and what depends on that: views, foreign keys, defaults, columns of a type. */
export default defineRule({
  meta: {
    id: 'drop-cascade',
    category: 'data-loss',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropObject', 'dropTable', 'dropColumn', 'dropConstraint', 'dropIndex'],
    trigger: 'CASCADE on a DROP',
    effect: 'Objects that nobody named are dropped too: views, foreign keys, policies, columns of a dropped type',
    remedy: 'Leave CASCADE out and drop each dependant by name',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-depend.html'],
  },

  check(drop, context) {
    if (drop.cascade !== true || (drop.kind === 'dropObject' && HAVE_RULES.includes(drop.object))) return;
    const before = context.steps[context.index - 1]?.operation;
    if (before?.kind === drop.kind && sameStatement(before, drop)) return;
    const table = 'table' in drop ? drop.table : undefined;
    if (table !== undefined && context.isNew(table)) return;
    return {
      message: `CASCADE drops whatever depends on ${named(nameOf(drop))}, named or not.`,
      rewrite: [
        {
          note: 'The server then names what still depends on it; drop that first, each in its own statement:',
          operations: [draftOf(drop, { cascade: undefined })],
        },
      ],
    };
  },
});

type Drop = { name: { name: string } } | { constraint: string } | { column: string } | { index: { name: string } } | { table: { name: string } };

function nameOf(drop: Drop): string {
  if ('name' in drop) return drop.name.name;
  if ('constraint' in drop) return drop.constraint;
  if ('column' in drop) return drop.column;
  return 'index' in drop ? drop.index.name : drop.table.name;
}
