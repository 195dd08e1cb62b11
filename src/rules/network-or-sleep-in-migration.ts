import { codeOf, isOnTheWayBack } from '../advice/code.js';
import { named } from '../advice/wording.js';
import { isForward } from '../operations/migration.js';
import type { Operation, Span } from '../operations/types.js';
import { inTransaction } from '../postgres/session.js';
import type { RuleContext } from '../rule.js';
import { defineRule } from '../rule.js';

const CALLS = {
  python: /\b(?:requests|httpx|urllib\.request|aiohttp)\.\w+(?=\s*\()|\b(?:time|asyncio)\.sleep(?=\s*\()/g,
  javascript: /\b(?:fetch|axios(?:\.\w+)?|https?\.(?:get|request)|setTimeout)(?=\s*\()/g,
} as const;

const FUNCTIONS: ReadonlySet<string> = new Set(['pg_sleep', 'pg_sleep_for', 'pg_sleep_until', 'dblink', 'dblink_exec', 'http_get', 'http_post']);

interface Found {
  what: string;
  at: Span;
}

/** Locks are given back when the transaction ends, and it cannot end while the program waits for something else. */
export default defineRule({
  meta: {
    id: 'network-or-sleep-in-migration',
    category: 'transaction',
    severity: 'warning',
    presets: ['strict'],
    operations: '*',
    trigger: 'A pause or a request to another host while the transaction is open',
    effect: 'All locks taken before it are held for as long as it takes, or until it times out',
    remedy: 'Do it before or after the migration, in a job of its own',
    since: '0.1.0',
    references: ['https://www.postgresql.org/docs/current/explicit-locking.html'],
  },

  check(operation, context) {
    if (!context.steps.some(({ session }) => inTransaction(session))) return;
    const found = context.index === 0 ? (inCode(operation, context) ?? inStatement(operation, context)) : inStatement(operation, context);
    if (found === undefined) return;
    return {
      at: found.at,
      message: `${named(found.what)} runs while the transaction is open.`,
      rewrite: [{ note: 'Do it outside of the migration, or in one without a transaction.' }],
    };
  },
});

function inCode(operation: Operation, { migration, text }: RuleContext): Found | undefined {
  if (migration.language === 'sql') return undefined;
  const code = codeOf(text, migration.language);
  const wayBack = !isForward(migration, operation);
  for (const { 0: what, index } of code.matchAll(CALLS[migration.language])) {
    if (isOnTheWayBack(code, index) === wayBack) return { what, at: { start: index, end: index + what.length } };
  }
  return undefined;
}

function inStatement(operation: Operation, { session }: RuleContext): Found | undefined {
  if (operation.kind !== 'select' || !inTransaction(session)) return undefined;
  const called = operation.functions.find(({ name }) => FUNCTIONS.has(name));
  return called === undefined ? undefined : { what: called.name, at: operation.span };
}
