import { inSchemaOf } from '../advice/concurrent-index.js';
import { draftOf } from '../advice/drafts.js';
import { named, same } from '../advice/wording.js';
import type { CreateIndex } from '../operations/types.js';
import { type Index, ownerOfIndex, type Relation } from '../postgres/schema.js';
import { defineRule, type RuleContext } from '../rule.js';

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
    const next = successorOf(owner, old, context);
    if (next === undefined) return;
    const name = next.index ?? drop.index.name;
    const fresh = name === drop.index.name ? `${name}_new` : name;
    return {
      table: owner.name,
      message: `Queries of ${named(owner.name)} have no index on ${named(old.keys[0]?.column ?? '')} until ${named(name)} is built.`,
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

/** Another index that begins with the same column serves queries meanwhile. */
function hasTwin({ indexes }: Relation, { name, keys: [first] }: Index): boolean {
  return [...indexes.values()].some((other) => other.name !== name && other.keys[0]?.column === first?.column);
}

/** The index on the same first column that this migration creates later on, when no other one stands in for it. */
function successorOf(owner: Relation, old: Index, context: RuleContext): CreateIndex | undefined {
  const column = old.keys[0]?.column;
  if (column === undefined || hasTwin(owner, old)) return undefined;
  return context.steps
    .slice(context.index + 1)
    .map(({ operation }) => operation)
    .find((one): one is CreateIndex => one.kind === 'createIndex' && same(one.table, owner.name) && one.keys[0]?.column === column);
}
