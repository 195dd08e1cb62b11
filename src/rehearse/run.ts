import { displayName } from '../postgres/schema.js';
import { tableOf } from '../operations/table-of.js';
import type { Step } from '../rule.js';
import type { SourceLines } from '../source-lines.js';
import { quoteIdentifier } from '../sql/name.js';
import { isConcurrent, isGuarded, withoutConcurrently, type Command } from './commands.js';
import { differencesOf, failureDifference, together } from './compare.js';
import { serverError, type Database, type ServerError } from './database.js';
import { missingFor, provision, type Built } from './history.js';
import { heldNow, named, observeStep, type Seen } from './observe-step.js';
import { failureOf } from './place.js';
import { relationsOf } from '../postgres/observe/relations.js';
import { Timeline } from './timeline.js';
import { Transaction } from './transaction.js';
import type { ObservedBehaviour, RehearsedStep, StepOutcome } from './types.js';

/** What is run: one direction of a migration with what was said of it. */
export interface Part {
  commands: readonly Command[];
  /** By position of the operation. */
  steps: readonly Step[];
  text: string;
  lines: SourceLines;
}

export interface RunResult {
  steps: RehearsedStep[];
  timeline: Timeline;
  /** Position of the command that failed; null when all of them ran. */
  failedAt: number | null;
  /** Where to begin again: the first command of the transaction that was rolled back. */
  resumeAt: number;
}

const ACTIVE_TRANSACTION = '25001';

function isBegin({ operations }: Command): boolean {
  return operations[0]?.kind === 'begin';
}

/** What a SET is about; null for any other command. */
function settingOf(command: Command | undefined): 'transaction' | 'session' | null {
  const [sql = '', ...more] = command?.sql ?? [];
  if (more.length > 0 || !/^\s*SET\s/i.test(sql)) return null;
  return /^\s*SET\s+TRANSACTION\s+(?:ISOLATION|READ|(?:NOT\s+)?DEFERRABLE)\b/i.test(sql) ? 'transaction' : 'session';
}

/** Runs the commands of a migration one after the other and watches each. */
export class Runner {
  readonly #transaction: Transaction;
  readonly #timeline = new Timeline();
  /** Locks of the open transaction, by oid. */
  #held: ReadonlyMap<number, string> = new Map();
  /** The transaction of the prediction that is played at the moment. */
  #id: number | null = null;
  #count = 0;
  #began = 0;

  constructor(
    private readonly database: Database,
    private readonly part: Part,
    /** Oids of the relations that were there before the pending migrations. */
    private readonly old: ReadonlySet<number>,
    private readonly built: Built,
    private readonly tell: (done: number) => void,
  ) {
    this.#transaction = new Transaction(database);
  }

  /** Steps before `from` are shown as not reached: they ran before. */
  async run(from = 0): Promise<RunResult> {
    const steps: RehearsedStep[] = [];
    let failedAt: number | null = null;
    for (const [at, command] of this.part.commands.entries()) {
      if (failedAt !== null || at < from) {
        steps.push(this.described(command, 'not reached'));
        continue;
      }
      this.tell(at);
      const step = await this.step(command, at);
      steps.push(step);
      if (step.outcome === 'failed') failedAt = at;
    }
    if (failedAt === null) await this.end('commit', this.part.commands.length - 1);
    else await this.end('rollback', failedAt);
    if (this.database.belongs === 'own') await this.database.session.query('RESET ALL; RESET SESSION AUTHORIZATION');
    return { steps, timeline: this.#timeline, failedAt, resumeAt: failedAt === null ? this.part.commands.length : this.#began };
  }

  private predicted(command: Command): Step[] {
    return command.indexes.flatMap((index) => this.part.steps[index] ?? []);
  }

  private described(command: Command, outcome: StepOutcome, more: Partial<RehearsedStep> = {}): RehearsedStep {
    const { lines } = this.part;
    const [first] = command.operations;
    const table = command.operations.map(tableOf).find((name) => name !== null) ?? null;
    const origin = missingFor(this.built.missing, command.operations);
    return {
      kinds: command.operations.map(({ kind }) => kind),
      sql: command.sql.join(';\n'),
      start: lines.position(first?.span.start ?? command.span.start),
      end: lines.position(command.operations.at(-1)?.span.end ?? command.span.end),
      table: table === null ? null : displayName(table),
      transaction: this.#transaction.isOpen ? this.#count : null,
      outcome,
      note: null,
      predicted: together(this.predicted(command).map(({ effects }) => effects)),
      observed: null,
      failure: null,
      differences: [],
      dependsOn: origin === null ? null : `${origin.path}@${origin.at}`,
      ...more,
    };
  }

  private async end(how: 'commit' | 'rollback', at: number): Promise<void> {
    if (!this.#transaction.isOpen) return;
    await this.#transaction[how]();
    this.#timeline.end(at);
    this.#held = new Map();
  }

  private async begin(at: number, modes?: string): Promise<void> {
    if (this.#transaction.isOpen) return;
    await this.#transaction.begin(modes);
    await this.setModes(at);
    this.#count++;
    this.#began = at;
    this.#held = this.database.belongs === 'own' ? new Map() : await heldNow(this.database.session, await relationsOf(this.database.session));
  }

  /** SET TRANSACTION comes before the first query of a transaction, and what we look at here are queries. */
  private async setModes(at: number): Promise<void> {
    if (this.database.belongs !== 'own') return;
    const [first, ...next] = this.part.commands.slice(at);
    const following = first !== undefined && isBegin(first) ? next : [first, ...next];
    for (const command of following) {
      const kind = settingOf(command);
      if (kind === null) return;
      if (kind === 'transaction') await this.database.session.query(command?.sql.join(';') ?? '');
    }
  }

  /** Opens and ends what the framework, or a string of several statements, puts around a command. */
  private async follow(command: Command, at: number): Promise<void> {
    const [step] = this.predicted(command);
    if (step === undefined) return;
    const { kind, id } = step.session.transaction;
    if (kind === 'explicit') return;
    if (this.#transaction.isOpen && (kind === 'none' || id !== this.#id)) await this.end('commit', at - 1);
    if (kind !== 'none') await this.begin(at);
    this.#id = id;
    if (!this.#transaction.isOpen) this.#began = at;
  }

  private async step(command: Command, at: number): Promise<RehearsedStep> {
    await this.follow(command, at);
    const control = await this.control(command, at);
    if (control !== null) return control;
    if (command.unknown !== null) return this.described(command, 'unknown', { note: command.unknown });
    return this.attempt(command, at, new Set());
  }

  /** BEGIN, COMMIT, ROLLBACK and savepoints move the transaction and touch no table. */
  private async control(command: Command, at: number): Promise<RehearsedStep | null> {
    const [operation] = command.operations;
    switch (operation?.kind) {
      case 'begin':
        await this.begin(at, operation.modes);
        this.#id = null;
        return this.described(command, 'done');
      case 'commit':
        await this.end('commit', at);
        if (operation.chain === true) await this.begin(at + 1);
        this.#began = at + 1;
        return this.described(command, 'done');
      case 'rollback':
        if (operation.to !== undefined) return null;
        await this.end('rollback', at);
        if (operation.chain === true) await this.begin(at + 1);
        this.#began = at + 1;
        return this.described(command, 'done');
      default:
        // It stands at the head of its transaction already.
        return this.database.belongs === 'own' && this.#transaction.isOpen && settingOf(command) === 'transaction' && this.headed(at) ? this.described(command, 'done') : null;
    }
  }

  /** True when nothing but settings stands between this command and the start of its transaction. */
  private headed(at: number): boolean {
    return this.part.commands.slice(this.#began, at).every((command) => isBegin(command) || settingOf(command) !== null);
  }

  private async attempt(command: Command, at: number, provided: Set<string>): Promise<RehearsedStep> {
    const { session } = this.database;
    // What the server lacks beside the migrations can be given to it, and a guard be passed over, without losing what ran.
    const tried = this.#transaction.inside && !command.operations.some(({ kind }) => kind === 'savepoint' || kind === 'rollback');
    try {
      if (tried) await session.query('SAVEPOINT attempt');
      const seen = await this.observed(command);
      const step = this.seen(command, at, seen);
      if (tried) await session.query('RELEASE SAVEPOINT attempt');
      return step;
    } catch (error) {
      const known = serverError(error);
      if (known === null) throw error;
      if (tried) await session.query('ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt');
      return this.refused(command, at, known, provided, tried);
    }
  }

  /** A statement on its own runs in a transaction of ours, where its locks can be seen, unless it refuses one. */
  private async observed(command: Command): Promise<Seen> {
    const { session } = this.database;
    if (this.#transaction.inside) return observeStep(session, command.sql, true);
    try {
      await session.query('BEGIN');
      const seen = await observeStep(session, command.sql, true);
      await session.query('COMMIT');
      return seen;
    } catch (error) {
      await session.query('ROLLBACK');
      if (serverError(error)?.sqlstate !== ACTIVE_TRANSACTION) throw error;
    }
    const watcher = (await this.database.another?.()) ?? null;
    try {
      return await observeStep(session, command.sql, false, watcher);
    } finally {
      await watcher?.close();
      await session.query('RESET client_min_messages');
    }
  }

  private seen(command: Command, at: number, seen: Seen): RehearsedStep {
    const born = new Set([...seen.before.tables].flatMap(([oid, { display }]) => (this.old.has(oid) ? [] : [display])));
    const observed = observedBehaviour(seen, born);
    const kinds = command.operations.map(({ kind }) => kind);
    const ownIndexes = new Set(seen.builds.flatMap(({ index, table }) => (born.has(table) ? [index] : [])));
    const predicted = together(this.predicted(command).map(({ effects }) => effects));
    const differences = differencesOf({ kinds, predicted, observed, heldBefore: named(this.#held, seen.before), born, ownIndexes });
    this.#timeline.ran(at, seen, this.old, this.#transaction.isOpen);
    if (this.#transaction.inside && seen.held !== null) this.#held = seen.held;
    return this.described(command, 'done', { observed, differences });
  }

  private async refused(command: Command, at: number, error: ServerError, provided: Set<string>, tried: boolean): Promise<RehearsedStep> {
    const { part } = this;
    const missing = provision(error, this.database);
    if (missing !== null && !provided.has(missing) && (tried || !this.#transaction.isOpen)) {
      provided.add(missing);
      this.built.provided.add(missing);
      await this.database.session.query(missing).catch(() => undefined);
      return this.attempt(command, at, provided);
    }
    if (isGuarded(command, error.sqlstate)) return this.described(command, 'skipped', { note: 'its guard in the code passes it over here' });
    if (tried && command.operations.every(({ conditional }) => conditional === true)) {
      return this.described(command, 'skipped', { note: `runs only under a condition; here it would fail: ${error.message}` });
    }
    if (this.database.belongs === 'borrowed' && error.sqlstate === ACTIVE_TRANSACTION && !this.#transaction.isOpen) return this.substitute(command);
    const predicted = together(this.predicted(command).map(({ effects }) => effects));
    const failure = failureOf(command, error, part.lines, part.text);
    return this.described(command, 'failed', { failure, differences: failureDifference(predicted, error.sqlstate) });
  }

  /** What refuses a transaction cannot be rolled back: on a borrowed database its plain form stands in for it. */
  private async substitute(command: Command): Promise<RehearsedStep> {
    if (!isConcurrent(command)) return this.described(command, 'not run', { note: 'cannot be rolled back, so it was left out' });
    for (const sql of withoutConcurrently(command)) {
      await this.database.session.query(`SAVEPOINT attempt; ${sql}; RELEASE SAVEPOINT attempt`).catch(() => this.database.session.query('ROLLBACK TO SAVEPOINT attempt'));
    }
    return this.described(command, 'not run', { note: 'cannot be rolled back; it ran without CONCURRENTLY, for what comes after it' });
  }
}

/** What others could notice: nobody has yet seen what the migration itself has made. */
function observedBehaviour({ held, before, rewrites, scans, builds, rows, milliseconds }: Seen, born: ReadonlySet<string>): ObservedBehaviour {
  const old = (table: string): boolean => !born.has(table);
  return {
    locks: held === null ? null : named(held, before).filter(({ table }) => old(table)),
    rewrites: rewrites.filter(old),
    scans: scans.filter(old),
    builds: builds.filter(({ table }) => old(table)).map(({ index }) => index),
    rows,
    milliseconds: Math.round(milliseconds * 10) / 10,
  };
}

/** SQL that empties every table of the user's. */
export async function emptyTables({ session }: Database): Promise<void> {
  const rows = await session.query(
    `SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`,
  );
  if (rows.length === 0) return;
  const names = rows.map(({ schema, name }) => `${quoteIdentifier(String(schema))}.${quoteIdentifier(String(name))}`);
  await session.query(`TRUNCATE ${names.join(', ')} CASCADE`);
}
