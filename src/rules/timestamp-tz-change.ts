import { draftOf, together } from '../advice/drafts.js';
import { blockedOn, named, touchesEveryRow } from '../advice/wording.js';
import type { Expression } from '../operations/types.js';
import { defineRule } from '../rule.js';
import { tokenize } from '../sql/lexer.js';

/**
 * timestamp and timestamptz hold the same number. Only with TimeZone UTC does
 * that number mean the same in both, and then nothing is rewritten (12 on).
 */
export default defineRule({
  meta: {
    id: 'timestamp-tz-change',
    category: 'rewrite',
    severity: 'error',
    presets: ['recommended', 'strict'],
    operations: ['alterColumnType'],
    covers: ['alter-column-type'],
    trigger: 'A timestamp becomes timestamptz, or back, without TimeZone set to UTC',
    effect: 'Reads and writes of the table wait until it is written again, and values shift by the session\'s zone',
    remedy: 'Set TimeZone to UTC in the same transaction if the stored values are UTC',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/datatype-datetime.html'],
  },

  check(change, context) {
    const { table, column, type } = change;
    if (context.isNew(table) || !touchesEveryRow(context.effects, table) || !isPlainCast(change.using, column)) return;
    const from = context.relation(table)?.columns.get(column)?.type ?? change.from;
    if (from == null || !from.name.startsWith('timestamp') || !type.name.startsWith('timestamp') || from.name === type.name) return;
    if (context.version < 12) return;
    return {
      message: `${named(column)} shifts by the session's zone while ${blockedOn(context, table)} on ${named(table)} wait.`,
      rewrite: [
        {
          note: 'If the stored values are UTC, say so: nothing is rewritten then.',
          operations: together(context, { kind: 'setParameter', name: 'timezone', value: "'UTC'", local: true }, draftOf(change)),
        },
      ],
    };
  },
});

/** `paid_at::timestamptz`, which is what happens without USING; AT TIME ZONE says which zone is meant. */
function isPlainCast(using: Expression | undefined, column: string): boolean {
  if (using === undefined) return true;
  const words = tokenize(using).filter(({ value }) => value !== '(' && value !== ')');
  return words[0]?.value === column && words[1]?.value === '::' && words.every(({ kind, value }) => kind !== 'string' && value !== 'at');
}
