import { named } from '../advice/wording.js';
import type { DataType } from '../operations/types.js';
import { defineRule } from '../rule.js';

const METHODS: Readonly<Record<string, 'gin' | 'gist'>> = {
  jsonb: 'gin',
  tsvector: 'gin',
  int4range: 'gist',
  int8range: 'gist',
  numrange: 'gist',
  tsrange: 'gist',
  tstzrange: 'gist',
  daterange: 'gist',
  geometry: 'gist',
  geography: 'gist',
  box: 'gist',
  polygon: 'gist',
};

/** A B-tree sorts whole values. What is asked of documents, arrays, vectors of words and shapes is what they contain. */
export default defineRule({
  meta: {
    id: 'index-choice',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createIndex'],
    trigger: 'A B-tree index on a jsonb, tsvector, array, range or geometric column',
    effect: 'It serves only the comparison of whole values, which queries of such columns hardly ever ask for',
    remedy: 'Use GIN for jsonb, tsvector and arrays, GiST for ranges and shapes, or index the expression that is queried',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/indexes-types.html'],
  },

  check({ index, table, keys, method, unique }, context) {
    if ((method ?? 'btree') !== 'btree' || unique === true) return;
    const columns = context.relation(table)?.columns;
    for (const { column = '' } of keys) {
      const better = methodFor(columns?.get(column)?.type ?? null);
      if (better === undefined) continue;
      return {
        message: `B-tree index ${named(index ?? '')} compares values of ${named(column)} only as a whole.`,
        rewrite: [{ note: `If queries ask for what they contain, use ${better.toUpperCase()}, or index the expression they use.` }],
      };
    }
    return;
  },
});

function methodFor(type: DataType | null): 'gin' | 'gist' | undefined {
  if (type === null) return undefined;
  return (type.dimensions ?? 0) > 0 ? 'gin' : METHODS[type.name];
}
