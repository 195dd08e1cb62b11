import { named } from '../advice/wording.js';
import type { RuleContext } from '../rule.js';
import { defineRule } from '../rule.js';

const STYLES: readonly { pattern: RegExp; example: string }[] = [
  { pattern: /^idx_/i, example: 'idx_…' },
  { pattern: /^ix_/i, example: 'ix_…' },
  { pattern: /^index_/i, example: 'index_…' },
  { pattern: /_idx\d*$/i, example: '…_idx' },
  { pattern: /_index$/i, example: '…_index' },
];

/** As many names as make a habit, and the share of them that has to follow it. */
const ENOUGH = 5;
const SHARE = 0.8;

/** Names that follow one pattern can be guessed; those that do not are looked up, or dropped under the wrong name. */
export default defineRule({
  meta: {
    id: 'naming-convention',
    category: 'style',
    severity: 'info',
    presets: [],
    operations: ['createIndex'],
    trigger: 'An index named otherwise than nearly all others of the project',
    effect: 'Whoever drops or looks for it has to know its name by heart',
    remedy: 'Name it like the others',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/sql-createindex.html'],
  },

  check({ index }, context) {
    if (index === undefined) return;
    const habit = habitOf(context);
    if (habit === null || habit.pattern.test(index)) return;
    return { message: `Index ${named(index)} is not named like the others: ${habit.example}.`, rewrite: [{ note: `Nearly all indexes here are named ${habit.example}.` }] };
  },
});

/** The style that nearly all indexes seen so far follow. */
function habitOf({ schema }: RuleContext): (typeof STYLES)[number] | null {
  const names = [...schema.relations.values()].flatMap(({ indexes }) => [...indexes.values()].filter(({ constraint }) => constraint === null).map(({ name }) => name));
  if (names.length < ENOUGH) return null;
  return STYLES.find(({ pattern }) => names.filter((name) => pattern.test(name)).length >= names.length * SHARE) ?? null;
}
