import { draftOf, together } from '../advice/drafts.js';
import { named, namedTables } from '../advice/wording.js';
import { queryUses } from '../postgres/query-columns.js';
import { displayName } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** A view keeps the types of its columns: a column that one uses can neither change its type nor go. */
export default defineRule({
  meta: {
    id: 'alter-column-used-by-view',
    category: 'compatibility',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['alterColumnType', 'dropColumn'],
    trigger: 'The type of a column that a view uses is changed, or the column dropped',
    effect: 'PostgreSQL refuses it, and the migration fails',
    remedy: 'Drop the view, make the change, and create the view again, all in one transaction',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/ddl-depend.html'],
  },

  check(change, context) {
    const { table, column } = change;
    if (context.effects.fails?.when !== 'always' || (change.kind === 'dropColumn' && change.cascade === true)) return;
    const readers = context.relation(table)?.readBy ?? [];
    const views = readers.map((key) => context.schema.relations.get(key)).filter((view) => view !== undefined);
    const using = views.filter(({ query }) => query === null || queryUses(query, table, column, context.schema));
    if (using.length === 0) return;
    return {
      message: `${namedTables(using.map(({ name }) => displayName(name)))} ${using.length === 1 ? 'uses' : 'use'} ${named(column)} of ${named(table)}: this fails.`,
      rewrite: [
        {
          note: 'In one transaction, so that nobody misses the view:',
          operations: together(
            context,
            ...using.map(({ name, kind }) => ({
              kind: 'dropObject' as const,
              object: kind === 'materialized view' ? ('materialized view' as const) : ('view' as const),
              name,
            })),
            draftOf(change),
            ...using.flatMap(({ name, kind, query }) =>
              query === null || kind === 'materialized view' ? [] : [{ kind: 'createView' as const, view: name, query: { text: query, reads: [table] } }],
            ),
          ),
        },
      ],
    };
  },
});
