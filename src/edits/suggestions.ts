import type { Suggestion } from '../finding.js';
import type { Migration, TransactionShape } from '../operations/migration.js';
import type { Span } from '../operations/types.js';
import type { Session } from '../postgres/session.js';
import type { RuleReport, Step } from '../rule.js';
import { embeddedSuggestion } from './embedded.js';
import { intentOf, type Intent } from './intent.js';
import { optionSuggestion } from './options.js';
import { pythonSuggestion } from './python.js';
import { sqlSuggestion } from './sql.js';
import { typeormSuggestion } from './typeorm.js';

/** Where an edit goes. */
export interface Place {
  text: string;
  /** Of the statement, or of the call that sends it. */
  start: number;
  end: number;
  operation: Span;
  /** The transaction that is open there. */
  transaction: Session['transaction']['kind'];
  /** What the tool opens around the file. */
  shape: TransactionShape;
  /** True when nothing else happens in this direction of the migration. */
  only: boolean;
}

const counted = new WeakMap<readonly Step[], ReadonlyMap<number, number>>();

function operationsByStatement(steps: readonly Step[]): ReadonlyMap<number, number> {
  const known = counted.get(steps);
  if (known !== undefined) return known;
  const counts = new Map<number, number>();
  for (const { operation } of steps) {
    if (operation.implied !== true) counts.set(operation.statement.id, (counts.get(operation.statement.id) ?? 0) + 1);
  }
  counted.set(steps, counts);
  return counts;
}

function suggestionIn(migration: Migration, intent: Intent, place: Place): Suggestion | null {
  const { language, framework } = migration;
  if (language === 'sql') return sqlSuggestion(intent, place, migration);
  const embedded = embeddedSuggestion(intent, place, migration);
  if (embedded !== null) return embedded;
  if (framework === 'alembic') return pythonSuggestion(intent, place);
  return framework === 'typeorm' ? typeormSuggestion(intent, place) : optionSuggestion(intent, place, migration);
}

/** The safe way as an edit of the file, where it is a local one. */
export function suggestionsFor(
  ruleId: string,
  report: RuleReport,
  step: Step,
  { text, steps, migration }: { text: string; steps: readonly Step[]; migration: Migration },
): Suggestion[] {
  const { statement, span } = step.operation;
  const intent = intentOf(ruleId, report, step);
  if (intent === null) return [];
  const counts = operationsByStatement(steps);
  if ((counts.get(statement.id) ?? 0) > 1) return [];
  const { start, end } = statement.span;
  const found = suggestionIn(migration, intent, {
    text,
    start,
    end,
    operation: span,
    transaction: step.session.transaction.kind,
    shape: migration.transaction,
    only: counts.size === 1,
  });
  return found === null ? [] : [found];
}
