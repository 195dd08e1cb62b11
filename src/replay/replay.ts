import type { Migration } from '../operations/migration.js';
import type { Operation, OperationKind } from '../operations/types.js';
import { effectsOf } from '../postgres/effects-of.js';
import { DEFAULT_VERSION, type PostgresVersion } from '../postgres/effects.js';
import { EMPTY_SCHEMA, type Schema } from '../postgres/schema.js';
import type { Session } from '../postgres/session.js';
import type { Step } from '../rule.js';
import { apply, settle } from './apply.js';
import type { ApplyContext } from './edit.js';
import { executionOrder } from './execution-order.js';
import { resolveNames } from './search-path.js';
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
  const player = new Player(migration, operations, run, steps);
  for (const index of executionOrder(operations)) player.step(operations[index] as Operation, index);
}

class Player {
  private readonly elsewhere: Connection;
  private readonly statements: ReadonlyMap<number, readonly Operation[]> | null;
  private implicit: ((operation: Operation) => boolean) | undefined;
  private call: number | null = null;
  private statement: number | null = null;
  private atStatement: Schema;

  constructor(
    private readonly migration: Migration,
    private readonly operations: readonly Operation[],
    private readonly run: Run,
    private readonly steps: Step[] | null,
  ) {
    const { transaction } = migration;
    this.elsewhere = run.connection.another();
    this.statements = steps === null ? null : byStatement(operations);
    this.atStatement = run.schema;
    if (transaction === 'file' || transaction === 'batch') run.connection.begin(transaction, run.schema);
  }

  step(written: Operation, index: number): void {
    const { run, steps, migration } = this;
    const connection = written.outside === true ? this.elsewhere : run.connection;
    this.enter(written, connection);
    const session = connection.session();
    const operation = resolveNames(written, run.schema, session.settings);
    const schema = LOOKED_UP_FIRST.has(operation.kind) ? this.atStatement : run.schema;
    const effects = steps === null ? null : effectsOf(operation, schema, session, run.context.version, this.siblingsOf(written, session));
    if (effects !== null && steps !== null) steps[index] = { operation, effects, schema, session, index };
    const before = connection.after(operation, effects, run.schema, { shape: migration.transaction, index, path: migration.path });
    run.schema = apply(before, operation, run.context);
  }

  /** Ends and opens the transactions that no statement names. */
  private enter(operation: Operation, connection: Connection): void {
    const { id, call } = operation.statement;
    if (id !== this.statement) this.atStatement = this.run.schema;
    const whole = this.migration.transaction === 'implicit' && operation.outside !== true ? 0 : call;
    if (whole !== this.call && connection.session().transaction.kind === 'implicit') connection.commit();
    if (!connection.open) {
      this.implicit ??= implicitCalls(this.migration, this.operations);
      if (this.implicit(operation)) connection.begin('implicit', this.run.schema);
      else if (id !== this.statement) connection.alone();
    }
    this.call = whole;
    this.statement = id;
  }

  private siblingsOf({ statement }: Operation, { settings }: Session): readonly Operation[] | undefined {
    const siblings = this.statements?.get(statement.id);
    return settings.has('search_path') ? siblings?.map((each) => resolveNames(each, this.atStatement, settings)) : siblings;
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

/**
 * The schemas that migrations leave behind which are deployed already, one
 * after each: what `replayEach` makes of its history.
 */
export function schemasAfter(
  history: readonly Migration[],
  { schema, version, settings }: Pick<ReplayInput, 'schema' | 'version' | 'settings'>,
): Schema[] {
  const run: Run = { connection: new Connection(settings), schema, context: { version, pending: false, touched: new Set() } };
  return history.map((migration) => {
    playAlone(migration, run);
    return run.schema;
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
  const connection = new Connection();
  return operations.reduce((schema, operation) => {
    const resolved = resolveNames(operation, schema, connection.session().settings);
    return apply(connection.after(resolved, null, schema, { shape: 'none', index: 0, path: '' }), resolved, context);
  }, empty);
}
