import { SourceLines } from '../source-lines.js';
import type { Step } from '../rule.js';
import type { Operation } from '../operations/types.js';
import { relationsOf } from '../postgres/observe/relations.js';
import type { Link } from './chains.js';
import { commandsOf } from './commands.js';
import { measureWaits } from './contention.js';
import { numberOf, type Database } from './database.js';
import { aside, playHistory, type Built } from './history.js';
import { inOwnWords } from './own-words.js';
import { emptyTables, Runner, type Part, type RunResult } from './run.js';
import { differencesBetween, stateOf, type State } from './state.js';
import type { HeldLock, RehearsedMigration, RehearsedStep, RoundTrip, StepFailure } from './types.js';

export interface Rehearsing {
  database: Database;
  built: Built;
  roundTrip: boolean;
  /** Oids of the relations that were there before the pending migrations; null for those before this one. */
  old: ReadonlySet<number> | null;
  /** The downward operations with what is said of them, where the tool keeps them in another file. */
  downOf: (link: Link) => { operations: readonly Operation[]; steps: readonly Step[]; text: string } | null;
  tell: (text: string) => void;
}

function partOf(operations: readonly Operation[], steps: readonly Step[], text: string): Part {
  return { commands: inOwnWords(commandsOf(operations), text), steps, text, lines: new SourceLines(text) };
}

/** Failures that rows bring about: over empty tables the rest can be seen. */
function causedByRows({ sqlstate }: StepFailure): boolean {
  return /^(?:22|23)/.test(sqlstate);
}

interface Passed {
  steps: RehearsedStep[];
  locks: HeldLock[];
  failure: StepFailure | null;
  outcome: RehearsedMigration['outcome'];
}

const OVER_EMPTY = 'seen over empty tables';

/** The second pass tells of what the first did not reach; the failure itself stays on record. */
function merged(first: RunResult, second: RunResult): RehearsedStep[] {
  return first.steps.map((step, at) => {
    if (at < first.resumeAt || at === first.failedAt) return step;
    const again = second.steps[at] ?? step;
    return at < (first.failedAt ?? 0) ? step : { ...again, note: again.note ?? OVER_EMPTY };
  });
}

async function pass(part: Part, link: Link, how: Rehearsing, old: ReadonlySet<number>): Promise<Passed> {
  const { database, built } = how;
  const total = part.commands.length;
  const tell = (at: number): void => how.tell(`${link.path}: statement ${at + 1} of ${total}`);
  const first = await new Runner(database, part, old, built, tell).run();
  const locks = first.timeline.held;
  if (first.failedAt === null) return { steps: first.steps, locks, failure: null, outcome: 'done' };
  const failure = first.steps[first.failedAt]?.failure ?? null;
  if (failure === null || !causedByRows(failure)) return { steps: first.steps, locks, failure, outcome: 'stopped' };
  await emptyTables(database);
  const second = await new Runner(database, part, old, built, tell).run(first.resumeAt);
  const steps = merged(first, second);
  return { steps, locks: [...locks, ...second.timeline.held], failure, outcome: second.failedAt === null ? 'failed' : 'stopped' };
}

/** What is left of a migration that stopped is put in place, so that the next one can be rehearsed. */
async function completed(passed: Passed, part: Part, link: Link, { database, built }: Rehearsing): Promise<void> {
  if (passed.outcome !== 'stopped') return;
  const left = part.commands.filter((_, at) => passed.steps[at]?.outcome !== 'done' || passed.steps[at]?.transaction !== null);
  await playHistory(database, link.migration, left.flatMap(({ operations }) => operations), aside(built));
}

async function downAndUp(link: Link, part: Part, how: Rehearsing, before: State): Promise<RoundTrip | null> {
  const down = how.downOf(link);
  if (down === null) return null;
  const { database, built } = how;
  const up = await stateOf(database.session);
  const way = partOf(down.operations, down.steps, down.text);
  const old = new Set((await relationsOf(database.session)).tables.keys());
  const ran = await new Runner(database, way, old, built, () => how.tell(`${link.path}: down`)).run();
  if (ran.failedAt !== null) {
    const failure = ran.steps[ran.failedAt]?.failure ?? null;
    return { failure, steps: ran.steps, lost: differencesBetween(before, await stateOf(database.session)), again: [] };
  }
  const lost = differencesBetween(before, await stateOf(database.session));
  const second = await new Runner(database, part, old, built, () => how.tell(`${link.path}: up again`)).run();
  const stopped = second.failedAt === null ? null : second.steps[second.failedAt]?.failure;
  if (second.failedAt !== null) await playHistory(database, link.migration, link.migration.up, aside(built));
  const end = await stateOf(database.session);
  const again = differencesBetween({ ...up, data: new Map() }, end);
  return { failure: null, steps: ran.steps, lost, again: stopped === null || stopped === undefined ? again : [`it fails: ${stopped.sqlstate} ${stopped.message}`, ...again] };
}

async function rowsOf({ session }: Database, tables: readonly string[]): Promise<RehearsedMigration['rows']> {
  const wanted = new Set(tables);
  const states = await relationsOf(session);
  const found = [...states.tables].filter(([, { display, kind }]) => (kind === 'r' || kind === 'p') && wanted.has(display));
  const rows: RehearsedMigration['rows'] = [];
  for (const [oid, { display }] of found) {
    const [name] = await session.query(`SELECT ${oid}::oid::regclass::text AS name`);
    const [row] = await session.query(`SELECT count(*)::int8 AS count FROM ${String(name?.name)}`);
    rows.push({ table: display, count: numberOf(row?.count) });
  }
  return rows.sort((a, b) => (a.table < b.table ? -1 : 1));
}

function tablesIn(steps: readonly Step[]): string[] {
  return [...new Set(steps.flatMap(({ effects }) => effects.locks.map(({ table }) => table)))];
}

function operationsOf(link: Link, direction: 'up' | 'down'): readonly Operation[] {
  return (direction === 'up' ? link.migration.up : link.migration.down) ?? [];
}

/** Runs one migration on what the database holds and says what it did. */
export async function rehearseMigration(link: Link, how: Rehearsing): Promise<RehearsedMigration> {
  const { database } = how;
  const { pending, migration } = link;
  if (pending === null) throw new Error(`${link.path} is not to be rehearsed`);
  const { direction, replayed, file } = pending;
  const steps = (direction === 'up' ? replayed.up : replayed.down) ?? [];
  const part = partOf(operationsOf(link, direction), steps, file.source.text);
  const old = how.old ?? new Set((await relationsOf(database.session)).tables.keys());
  const rows = await rowsOf(database, tablesIn(steps));
  const contention = database.onCopy === null ? null : await measureWaits(database, part, rows, how.tell);
  const before = how.roundTrip ? await stateOf(database.session) : null;
  const passed = await pass(part, link, how, old);
  await completed(passed, part, link, how);
  const roundTrip = before !== null && direction === 'up' && passed.outcome === 'done' ? await downAndUp(link, part, how, before) : null;
  return {
    path: link.path,
    framework: migration.framework,
    revision: migration.revision,
    direction,
    shape: migration.transaction,
    outcome: passed.outcome,
    failure: passed.failure,
    steps: passed.steps,
    locks: passed.locks,
    rows,
    differences: passed.steps.reduce((sum, { differences }) => sum + differences.length, 0),
    roundTrip,
    probe: null,
    contention,
  };
}
