import type { Migration } from '../operations/migration.js';
import type { Operation, OperationKind } from '../operations/types.js';
import { effectsOf } from '../postgres/effects-of.js';
import { DEFAULT_VERSION, type PostgresVersion } from '../postgres/effects.js';
import { EMPTY_SCHEMA, type Schema } from '../postgres/schema.js';
import type { Step } from '../rule.js';
import { apply, settle } from './apply.js';
import type { ApplyContext } from './edit.js';
import { executionOrder } from './execution-order.js';
import { Connection } from './session.js';
import type { ReplayedMigration, ReplayInput } from './types.js';

interface Run {
  connection: Connection;
  schema: Schema;
  context: ApplyContext;
}

/** Calls that the server receives as a string of several statements and runs as one implicit transaction. */
function implicitCalls(migration: Migration, operations: readonly Operation[]): (operation: Operation) => boolean {
  const statements = new Map<number, number>();
  const seen = new Set<number>();
  for (const { statement } of operations) {
    if (seen.has(statement.id)) continue;
    seen.add(statement.id);
    statements.set(statement.call, (statements.get(statement.call) ?? 0) + 1);
  }
  if (migration.transaction === 'implicit') return () => seen.size > 1;
  return ({ statement }) => (statements.get(statement.call) ?? 0) > 1;
}

function byStatement(operations: readonly Operation[]): ReadonlyMap<number, Operation[]> {
  const statements = new Map<number, Operation[]>();
  for (const operation of operations) {
    const siblings = statements.get(operation.statement.id);
    if (siblings === undefined) statements.set(operation.statement.id, [operation]);
    else siblings.push(operation);
  }
  return statements;
}

/** All objects of such a statement are looked up before the first of them goes. */
const LOOKED_UP_FIRST: ReadonlySet<OperationKind> = new Set<OperationKind>(['dropTable', 'dropObject', 'dropIndex', 'truncate']);

/** Plays one direction of a migration; without `steps` only the schema is wanted. */
function play(migration: Migration, operations: readonly Operation[], run: Run, steps: Step[] | null): void {
  const { context } = run;
  const { transaction: shape, path } = migration;
  const elsewhere = run.connection.another();
  let implicit: ((operation: Operation) => boolean) | undefined;
  const isImplicit = (operation: Operation): boolean => (implicit ??= implicitCalls(migration, operations))(operation);
  const statements = steps === null ? null : byStatement(operations);
  if (shape === 'file' || shape === 'batch') run.connection.begin(shape, run.schema);
  let call: number | null = null;
  let statement: number | null = null;
  let atStatement = run.schema;
  for (const index of executionOrder(operations)) {
    const operation = operations[index] as Operation;
    const connection = operation.outside === true ? elsewhere : run.connection;
    if (operation.statement.id !== statement) atStatement = run.schema;
    const whole = shape === 'implicit' && operation.outside !== true ? 0 : operation.statement.call;
    if (whole !== call && connection.session().transaction.kind === 'implicit') connection.commit();
    if (!connection.open) {
      if (isImplicit(operation)) connection.begin('implicit', run.schema);
      else if (operation.statement.id !== statement) connection.alone();
    }
    call = whole;
    statement = operation.statement.id;
    const session = connection.session();
    const siblings = statements?.get(operation.statement.id);
    const schema = LOOKED_UP_FIRST.has(operation.kind) ? atStatement : run.schema;
    const effects = steps === null ? null : effectsOf(operation, schema, session, context.version, siblings);
    if (effects !== null && steps !== null) steps[index] = { operation, effects, schema, session, index };
    const before = connection.after(operation, effects, run.schema, { shape, index, path });
    run.schema = apply(before, operation, context);
  }
}

/** Ends what the file or its framework left open; a batch goes on into the next file of the batch. */
function finish(run: Run, migration: Migration, next: Migration | undefined): void {
  const batch = run.connection.session().transaction.kind === 'batch';
  if (run.connection.open && !(batch && next?.transaction === 'batch' && migration.transaction === 'batch')) {
    run.connection.commit();
  }
}

/** What the way down starts from. */
interface Deployed {
  schema: Schema;
  version: PostgresVersion;
  settings: ReplayInput['settings'];
}

/** Nearly nobody asks for the way down: it is played for those who do. */
class Replayed implements ReplayedMigration {
  #down: Step[] | null | undefined;

  constructor(
    readonly migration: Migration,
    readonly up: Step[],
    private readonly deployed: Deployed,
  ) {}

  get down(): Step[] | null {
    if (this.#down === undefined) this.#down = replayDown(this.migration, this.deployed);
    return this.#down;
  }
}

function replayDown(migration: Migration, { schema, version, settings }: Deployed): Step[] | null {
  if (migration.down === null) return null;
  const context: ApplyContext = { version, pending: true, touched: new Set() };
  const steps: Step[] = [];
  play(migration, migration.down, { connection: new Connection(settings), schema, context }, steps);
  return steps;
}

/**
 * Plays migrations into the schema and the session and asks for the effects
 * of every operation of the pending ones. What each step holds is true before
 * its operation.
 */
export function replay(input: ReplayInput): ReplayedMigration[] {
  const replayed: ReplayedMigration[] = [];
  replayEach(input, (one) => replayed.push(one));
  return replayed;
}

/** The same, one after the other, for those who need none of them when the next one comes. */
export function replayEach(input: ReplayInput, done: (replayed: ReplayedMigration) => void): void {
  const { version, deploy, settings } = input;
  const context: ApplyContext = { version, pending: false, touched: new Set() };
  const run: Run = { connection: new Connection(settings), schema: input.schema, context };
  // What the database holds once each pending migration is deployed, for the way down.
  const deployed: Run = { ...run, connection: new Connection(settings), context: { ...context, touched: new Set() } };
  input.migrations.forEach(({ migration, role }, index) => {
    context.pending = role === 'pending';
    if (role === 'history') {
      playAlone(migration, run);
      // What is deployed has committed, whatever its runner wraps around a batch.
      run.connection = new Connection(settings);
      deployed.schema = run.schema;
      return;
    }
    const up: Step[] = [];
    play(migration, migration.up, run, up);
    const next = input.migrations[index + 1];
    finish(run, migration, deploy === 'together' && next?.role === 'pending' ? next.migration : undefined);
    if (deploy === 'together') playAlone(migration, deployed);
    else {
      run.schema = settle(run.schema, context.touched);
      context.touched.clear();
      run.connection = new Connection(settings);
      deployed.schema = run.schema;
    }
    done(new Replayed(migration, up, { version, settings, schema: deployed.schema }));
  });
}

/** Only the schema is wanted of what is deployed already. */
function playAlone(migration: Migration, run: Run): void {
  run.connection = new Connection();
  play(migration, migration.up, run, null);
}

export interface ReplaySchemaOptions {
  /** True when nothing exists beyond what the operations create. */
  complete?: boolean;
  version?: PostgresVersion;
}

/** The schema that a file of DDL describes (`pg_dump --schema-only`), every table existing and populated. */
export function replaySchema(operations: readonly Operation[], options: ReplaySchemaOptions = {}): Schema {
  const context: ApplyContext = { version: options.version ?? DEFAULT_VERSION, pending: false, touched: new Set() };
  const empty: Schema = { ...EMPTY_SCHEMA, complete: options.complete === true };
  return operations.reduce((schema, operation) => apply(schema, operation, context), empty);
}
