import type { OperationKind } from '../operations/types.js';
import { NO_EFFECTS, type Effects } from '../postgres/effects.js';
import { strongestOfEach } from '../postgres/observe/relations.js';
import type { ObservedBehaviour, PredictedBehaviour } from './types.js';

type Locks = Effects['locks'];

/** What is predicted for the operations of one statement together. */
export function together(effects: readonly Effects[]): PredictedBehaviour {
  const all = (pick: (one: Effects) => readonly string[]): string[] => [...new Set(effects.flatMap(pick))].sort();
  const rewrites = all((one) => one.rewrites);
  return {
    ...{ locks: strongestOfEach(effects.flatMap((one) => one.locks)) },
    rewrites,
    scans: all((one) => one.scans),
    builds: all((one) => one.builds),
    fails: (effects.find((one) => one.fails?.when === 'always') ?? effects.find((one) => one.fails !== null) ?? NO_EFFECTS).fails,
    assumes: effects.find((one) => one.assumes !== null)?.assumes ?? null,
  };
}

/** The planner decides how these read their rows, and the rows which keys they look up. */
const PLANNED: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'insert', 'update', 'delete', 'merge', 'select', 'copy', 'createTableAs', 'createMaterializedView', 'refreshMaterializedView', 'call', 'truncate', 'analyze', 'vacuum',
]);

function difference(word: string, predicted: readonly string[], observed: readonly string[]): string[] {
  const missing = predicted.filter((one) => !observed.includes(one));
  const more = observed.filter((one) => !predicted.includes(one));
  return [
    ...(missing.length === 0 ? [] : [`${word}: predicted ${missing.join(', ')}, not observed`]),
    ...(more.length === 0 ? [] : [`${word}: observed ${more.join(', ')}, not predicted`]),
  ];
}

export interface Compared {
  kinds: readonly OperationKind[];
  predicted: PredictedBehaviour;
  observed: ObservedBehaviour;
  /** Locks that the transaction held before the statement, by the names of that moment. */
  heldBefore: Locks;
  /** Relations that the pending migrations made themselves. */
  born: ReadonlySet<string>;
  /** Indexes that were built on them. */
  ownIndexes: ReadonlySet<string>;
}

/** Every difference between what was said of a statement that ran and what it did. */
export function differencesOf({ kinds, predicted, observed, heldBefore, born, ownIndexes }: Compared): string[] {
  const lines: string[] = [];
  const old = (names: readonly string[]): string[] => names.filter((name) => !born.has(name));
  const words = (locks: Locks): string[] => locks.filter(({ table }) => !born.has(table)).map(({ table, mode }) => `${mode} on ${table}`);
  const planned = kinds.some((kind) => PLANNED.has(kind));
  if (predicted.fails?.when === 'always') lines.push(`failure: predicted ${predicted.fails.sqlstate}, it ran`);
  if (observed.locks !== null && predicted.locks !== null) {
    const seen = words(observed.locks);
    const expected = words(strongestOfEach([...heldBefore, ...predicted.locks]));
    // Whether a foreign key is looked up, and how far a cascade goes, is decided by the rows.
    const found = planned ? expected.filter((lock) => seen.includes(lock)) : expected;
    lines.push(...difference('lock', found, seen));
  }
  lines.push(...difference('rewrite', old(predicted.rewrites), old(observed.rewrites)));
  // An index of a table that is new as well holds nobody up, whatever is said of it.
  const builds = predicted.builds.filter((index) => !ownIndexes.has(index));
  lines.push(...difference('index build', builds, observed.builds));
  if (!planned) lines.push(...difference('scan', old(predicted.scans), old(observed.scans)));
  return lines;
}

/** The difference, if any, between the failure that was foreseen and the one that came. */
export function failureDifference(predicted: PredictedBehaviour, sqlstate: string): string[] {
  if (predicted.fails?.sqlstate === sqlstate) return [];
  const said = predicted.fails === null ? 'no failure' : `${predicted.fails.sqlstate} (${predicted.fails.when})`;
  return [`failure: predicted ${said}, observed ${sqlstate}`];
}
