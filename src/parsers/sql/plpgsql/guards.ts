import type { Token } from '../../../sql/lexer.js';

export type Guard = 'if exists' | 'if not exists';

/** Catalogs that a condition asks about what is there. */
const CATALOG = /^(?:pg_\w+|information_schema|to_regclass|to_regtype)$/;

/** What an IF that asks the catalog acts like; undefined when it asks anything else. */
export function guardOf(condition: readonly Token[]): Guard | undefined {
  const words = condition.map((token) => (token.kind === 'word' || token.kind === 'punctuation' ? token.value : ''));
  if (!words.some((word) => CATALOG.test(word)) || words.includes('or')) return undefined;
  const from = words.findIndex((word) => word !== '(');
  if (words[from] === 'not' && words[from + 1] === 'exists') return 'if not exists';
  if (words[from] === 'exists') return 'if exists';
  const is = words.lastIndexOf('is');
  if (is < 0) return undefined;
  return words[is + 1] === 'null' ? 'if not exists' : 'if exists';
}

/** A handler that swallows `duplicate_…` makes its block act like IF NOT EXISTS, `undefined_…` like IF EXISTS. */
export function guardOfHandler(conditions: readonly Token[]): Guard | undefined {
  const names = conditions.filter((token) => token.kind === 'word' && token.value !== 'or').map((token) => token.value);
  if (names.length === 0) return undefined;
  if (names.every((name) => name.startsWith('duplicate_'))) return 'if not exists';
  return names.every((name) => name.startsWith('undefined_')) ? 'if exists' : undefined;
}
