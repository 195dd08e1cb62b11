import type { ColumnDefinition, Operation, OperationDraft } from '../operations/types.js';
import type { RewriteStep, RuleContext } from '../rule.js';

type Changes<O> = { [K in keyof O]?: O[K] | undefined };

/** The operation without its place in the file, with some of its facts changed; `undefined` removes one. */
export function draftOf<O extends Operation>(operation: O, changes: Changes<O> = {}): OperationDraft {
  const { span: _span, statement: _statement, conditional: _conditional, implied: _implied, within: _within, ...rest } =
    operation;
  return withoutUndefined({ ...rest, ...changes }) as unknown as OperationDraft;
}

/** The column with some of its facts changed; `undefined` removes one. */
export function columnWith(column: ColumnDefinition, changes: Changes<ColumnDefinition>): ColumnDefinition {
  return withoutUndefined({ ...column, ...changes }) as ColumnDefinition;
}

function withoutUndefined(facts: object): object {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}

const SHORT = "'2s'";

/** True when the tool opens the transaction: a step written for it need not. */
function isWrapped(context: RuleContext): boolean {
  const { transaction } = context.migration;
  return transaction === 'file' || transaction === 'batch';
}

/**
 * The operations under a lock_timeout: who waits for a lock holds up every
 * query that comes after it, so it is better to give up and try again.
 */
export function withinTimeout(context: RuleContext, ...operations: OperationDraft[]): OperationDraft[] {
  if (isWrapped(context)) return [{ kind: 'setParameter', name: 'lock_timeout', value: SHORT, local: true }, ...operations];
  return [
    { kind: 'setParameter', name: 'lock_timeout', value: SHORT },
    ...operations,
    { kind: 'resetParameter', name: 'lock_timeout' },
  ];
}

/** The same in one transaction, which the tool opens or the step itself. */
export function together(context: RuleContext, ...operations: OperationDraft[]): OperationDraft[] {
  const body: OperationDraft[] = [{ kind: 'setParameter', name: 'lock_timeout', value: SHORT, local: true }, ...operations];
  return isWrapped(context) ? body : [{ kind: 'begin' }, ...body, { kind: 'commit' }];
}

/** True when a lock that is not granted soon is given up. */
export function hasLockTimeout(context: RuleContext): boolean {
  return (timeoutOf(context, 'lock_timeout') ?? 0) > 0;
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** A timeout in force, in milliseconds; 0 is none, null when the migration never set it or the value is not known. */
export function timeoutOf(context: RuleContext, name: string): number | null {
  const setting = context.session.settings.get(name);
  const written = /^\s*'?\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*'?\s*$/.exec(setting?.value ?? '');
  if (written === null) return null;
  return Number(written[1]) * (UNITS[written[2] ?? 'ms'] ?? 1);
}

/**
 * A lock that is held for an instant: short when granted, harmful while it
 * waits. The way out is to wait only a little and try again.
 */
export function withLockTimeout(context: RuleContext, operation: Operation): RewriteStep[] {
  return [
    {
      note: 'Give up after two seconds instead of queueing in front of other queries; run it again if it fails.',
      operations: withinTimeout(context, draftOf(operation)),
    },
  ];
}

/**
 * What the rule warns of, at a time when it is right: under a lock_timeout and
 * the suppression comment, so that the reviewed file is silent.
 */
export function onceReviewed(
  context: RuleContext,
  operation: OperationDraft,
  reviewed: { rule: string; reason: string },
  note = 'Then, in a later migration:',
): RewriteStep[] {
  const [set, , reset] = withinTimeout(context, operation);
  return [
    { note, operations: set === undefined ? [] : [set] },
    { operations: [operation], reviewed },
    ...(reset === undefined ? [] : [{ operations: [reset] }]),
  ];
}
