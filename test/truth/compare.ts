import type { Migration } from '../../src/operations/migration.js';
import type { LockMode, Operation } from '../../src/operations/types.js';
import { parserFor, schemaOperations } from '../../src/parsers/load.js';
import { NO_EFFECTS, type Effects, type Failure, type PostgresVersion } from '../../src/postgres/effects.js';
import type { Observation } from '../../src/postgres/observe/observe.js';
import { strongestOfEach } from '../../src/postgres/observe/relations.js';
import { strongest } from '../../src/postgres/locks.js';
import type { Schema } from '../../src/postgres/schema.js';
import { replay, replaySchema } from '../../src/replay/replay.js';
import type { Step } from '../../src/rule.js';
import type { Truth } from './truth.js';

function migration(truth: Truth, shape: Migration['transaction']): Migration {
  const text = `${truth.before === undefined ? '' : `${truth.before};\n`}${truth.statement};`;
  const read = parserFor('sql').parse({ path: 'truth.sql', text }, { framework: 'sql', transaction: shape });
  if ('skipped' in read) throw new Error(read.skipped);
  return read;
}

/** The statements that are not those before. */
function lastStatement({ before }: Truth, operations: readonly Operation[]): Set<number> {
  const from = before === undefined ? 0 : before.length;
  return new Set(operations.filter(({ span }) => span.start >= from).map(({ statement }) => statement.id));
}

/** Of several actions each may fail, and which one does is a matter of the rows. */
interface Prediction extends Effects {
  possible: readonly string[];
}

/** Without a rewrite indexes are built before the rows are checked, with one after; foreign keys come last. */
function firstFailure(failures: readonly Failure[], rewrites: boolean): Failure | null {
  const rank = ({ sqlstate, when }: Failure): number => {
    if (when === 'always') return 0;
    if (sqlstate === '23503') return 4;
    return sqlstate === '23505' ? (rewrites ? 3 : 1) : 2;
  };
  return [...failures].sort((one, other) => rank(one) - rank(other))[0] ?? null;
}

function together(effects: readonly Effects[]): Prediction {
  const all = (pick: (one: Effects) => readonly string[]): string[] => [...new Set(effects.flatMap(pick))].sort();
  const rewrites = all((one) => one.rewrites);
  return {
    ...NO_EFFECTS,
    locks: strongestOfEach(effects.flatMap((one) => one.locks)),
    rewrites,
    scans: all((one) => one.scans),
    builds: all((one) => one.builds),
    fails: firstFailure(effects.flatMap(({ fails }) => fails ?? []), rewrites.length > 0),
    possible: effects.flatMap(({ fails }) => (fails === null || fails.when === 'always' ? [] : fails.sqlstate)),
    certainty: effects.every((one) => one.certainty === 'certain') ? 'certain' : 'assumed',
    assumes: effects.find((one) => one.assumes !== null)?.assumes ?? null,
  };
}

const schemas = new Map<string, Schema>();

function schemaOf(setup: string, version: PostgresVersion): Schema {
  const key = `${version} ${setup}`;
  let schema = schemas.get(key);
  if (schema === undefined) schemas.set(key, (schema = replaySchema(schemaOperations(setup), { complete: true, version })));
  return schema;
}

/** Locks that the statements before have not taken already. */
function notHeld({ effects, session }: Step): Effects {
  const holds = (table: string, mode: LockMode): boolean => {
    const held = session.held.get(table);
    return held !== undefined && strongest(held.mode, mode) === held.mode;
  };
  return { ...effects, locks: effects.locks.filter(({ table, mode }) => !holds(table, mode)) };
}

/** What `effectsOf` says of the statement as a whole, inside a transaction (`file`) or outside (`none`). */
export function predict(truth: Truth, version: PostgresVersion, shape: 'file' | 'none'): Prediction {
  const read = migration(truth, shape);
  const schema = schemaOf(truth.setup, version);
  const migrations = [{ migration: read, role: 'pending' as const }];
  const [replayed] = replay({ migrations, deploy: 'each', schema, version });
  const wanted = lastStatement(truth, read.up);
  return together((replayed?.up ?? []).filter((step) => wanted.has(step.operation.statement.id)).map(notHeld));
}

function failure({ fails: predicted, possible }: Prediction, observed: string | null): string | null {
  if (observed !== null) {
    if (predicted?.sqlstate === observed || (predicted?.when !== 'always' && possible.includes(observed))) return null;
    return `fails: predicted ${predicted === null ? 'success' : `${predicted.sqlstate} ${predicted.when}`}, observed ${observed}`;
  }
  if (predicted === null || predicted.when !== 'always') return null;
  return `fails: predicted ${predicted.sqlstate} always, observed success`;
}

function names(word: string, predicted: readonly string[], observed: readonly string[]): string[] {
  const [left, right] = [[...predicted].sort().join(', '), [...observed].sort().join(', ')];
  return left === right ? [] : [`${word}: predicted [${left}], observed [${right}]`];
}

/** Every table of which the rows were read; what a key check reads of the other table is the planner's choice. */
function scanned(observation: Observation): string[] {
  const counted = observation.validated.length === 0 ? observation.read : [];
  return [...new Set([...observation.scans, ...counted])];
}

/** Every difference between prediction and observation, one line each; none when they agree. */
export function differences(truth: Truth, predicted: Prediction, observation: Observation): string[] {
  const failed = failure(predicted, observation.sqlstate);
  if (failed !== null) return [failed];
  if (observation.sqlstate !== null) return [];
  const lines: string[] = [];
  if (observation.locks !== null && truth.unwatched !== true) {
    const words = (locks: Effects['locks']): string[] => locks.map(({ table, mode }) => `${table} ${mode}`);
    const observed = words(observation.locks);
    const wanted = words(predicted.locks);
    lines.push(...names('locks', truth.atMost === true ? wanted.filter((lock) => observed.includes(lock)) : wanted, observed));
  }
  lines.push(...names('rewrites', predicted.rewrites, observation.rewrites));
  lines.push(...names('builds', predicted.builds, observation.builds));
  if (truth.planned !== true) lines.push(...names('scans', predicted.scans, scanned(observation)));
  return lines;
}

/** Compares one case on one server; answers what differs, and whether the prediction was an assumption that the case expects. */
export function check(truth: Truth, observation: Observation, version: PostgresVersion): { differs: string[]; assumed: boolean } {
  const outside = truth.transaction === 'none' || observation.refusesTransaction;
  const predicted = predict(truth, version, outside ? 'none' : 'file');
  const differs = differences(truth, predicted, observation);
  if (observation.refusesTransaction) {
    const inside = predict(truth, version, 'file').fails;
    if (inside?.sqlstate !== '25001') differs.push('fails: predicted to run in a transaction block, observed 25001');
  }
  if (predicted.assumes === (truth.assumes ?? null)) return { differs, assumed: predicted.assumes !== null };
  differs.push(`assumes: predicted ${predicted.assumes ?? 'nothing'}, the case expects ${truth.assumes ?? 'nothing'}`);
  return { differs, assumed: false };
}
