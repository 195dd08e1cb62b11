import { inSchemaOf } from '../advice/concurrent-index.js';
import { draftOf } from '../advice/drafts.js';
import { named, same } from '../advice/wording.js';
import type { CreateIndex } from '../operations/types.js';
import { ownerOfIndex } from '../postgres/schema.js';
import { defineRule } from '../rule.js';

/** Two indexes may stand side by side; none at all is the gap in which queries go slow. */
export default defineRule({
  meta: {
    id: 'replace-index',
    category: 'lock',
    severity: 'warning',
    presets: ['recommended', 'strict'],
    operations: ['dropIndex'],
    covers: ['drop-index-blocking', 'drop-cascade'],
    trigger: 'An index is dropped before the one that replaces it is built',
    effect: 'Until the new index is there queries read the whole table, and its reads and writes wait where it is locked',
    remedy: 'Build the new index CONCURRENTLY under another name, then drop the old one and rename',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY'],
  },

  check(drop, context) {
    const owner = ownerOfIndex(context.schema, drop.index);
    const old = owner?.indexes.get(drop.index.name);
    if (owner === undefined || old === undefined || context.isNew(owner.name) || owner.kind === 'partitioned table') return;
    const first = old.keys[0]?.column;
    const others = [...owner.indexes.values()].filter(({ name, keys }) => name !== old.name && keys[0]?.column === first);
    if (others.length > 0) return;
    const later = context.steps.slice(context.index + 1).map(({ operation }) => operation);
    const next = later.find(
      (one): one is CreateIndex => one.kind === 'createIndex' && same(one.table, owner.name) && first !== undefined && one.keys[0]?.column === first,
    );
    if (next === undefined) return;
    const name = next.index ?? drop.index.name;
    const fresh = name === drop.index.name ? `${name}_new` : name;
    return {
      table: owner.name,
      message: `Queries of ${named(owner.name)} have no index on ${named(first ?? '')} until ${named(name)} is built.`,
      rewrite: [
        { operations: [draftOf(next, { index: fresh, concurrently: true, guard: undefined })], transaction: 'none' },
        { operations: [draftOf(drop, { concurrently: true, cascade: undefined })], transaction: 'none' },
        ...(fresh === name
          ? []
          : [
              {
                note: 'Then it takes the name, which locks nobody out:',
                operations: [{ kind: 'renameTable' as const, relation: 'index' as const, table: inSchemaOf(owner.name, fresh), to: name }],
              },
            ]),
      ],
    };
  },
});
