import type { OperationDraft, Span, Statement } from '../../../operations/types.js';
import type { Machine } from '../evaluate/machine.js';
import { type HostObject, hostFunction, nothing, type Site, unknown, type Value } from '../evaluate/value.js';
import { Options, spelt } from '../options.js';
import type { Recorder } from '../recorder.js';

/** `queryInterface.sequelize.transaction(…)`, while it runs. */
export class Transaction implements HostObject {
  readonly name = 'transaction';
  open = true;
  private readonly session: Session;
  private readonly depth: number;
  readonly savepoint: string | null;

  constructor(session: Session, savepoint: string | null) {
    this.session = session;
    this.savepoint = savepoint;
    this.depth = session.machine.conditions.length;
  }

  get(property: string): Value | undefined {
    if (property === 'commit' || property === 'rollback') {
      return hostFunction(property, (_, site) => {
        this.end(property, site);
        return nothing;
      });
    }
    if (property === 'LOCK') return { kind: 'host', host: { name: 'LOCK', get: (name) => ({ kind: 'text', text: name, segments: [], holes: [] }) } };
    return property === 'afterCommit' ? hostFunction(property, () => nothing) : undefined;
  }

  end(by: 'commit' | 'rollback', site: Site): void {
    if (!this.open) return;
    const certain = this.session.machine.conditions.length <= this.depth;
    if (certain) this.open = false;
    const { savepoint: name } = this;
    // Sequelize leaves a savepoint to the transaction around it.
    if (name === null) this.session.recorder.send({ kind: by }, site);
    else if (by === 'rollback') this.session.recorder.send({ kind: 'rollback', to: name }, site);
  }
}

/** What one direction of a Sequelize migration has at hand. */
export class Session {
  readonly machine: Machine;
  readonly recorder: Recorder;
  /** Enum types that this run has made. */
  readonly enums = new Set<string>();
  private readonly transactions: Transaction[] = [];

  constructor(machine: Machine, recorder: Recorder) {
    this.machine = machine;
    this.recorder = recorder;
  }

  /** Runs `body` on the connection that the call's options choose: without a transaction of its own it is another. */
  on(options: Value | undefined, body: () => void): void {
    const given = options?.kind === 'dictionary' ? options.properties.get('transaction')?.value : undefined;
    const inside = given !== undefined && given.kind !== 'primitive';
    const open = this.transactions.some((transaction) => transaction.open);
    this.recorder.outside = open && !inside && !(options?.kind === 'dictionary' && options.open === true) && options?.kind !== 'unknown';
    try {
      body();
    } finally {
      this.recorder.outside = false;
    }
  }

  send(draft: OperationDraft, site: Site, at?: Span, partial?: boolean): Statement {
    return this.recorder.send(draft, site, at, partial);
  }

  /** `transaction(options?, callback?)`. */
  transaction(args: readonly Value[], site: Site): Value {
    const body = args.findLast((arg) => arg.kind === 'callable');
    const options = new Options(args[0]?.kind === 'dictionary' ? args[0] : undefined);
    const parent = options.get('transaction');
    const nested = parent?.kind === 'host' && parent.host instanceof Transaction;
    const savepoint = nested ? `sp-${this.transactions.length}` : null;
    this.send(savepoint === null ? { kind: 'begin' } : { kind: 'savepoint', name: savepoint }, site);
    const level = options.get('isolationLevel');
    if (level !== undefined) this.send({ kind: 'utility', command: 'SET TRANSACTION', text: `SET TRANSACTION ISOLATION LEVEL ${spelt(level, 'level').text.replaceAll('_', ' ')}` }, site, level.span);
    const transaction = new Transaction(this, savepoint);
    this.transactions.push(transaction);
    const value: Value = { kind: 'host', host: transaction };
    if (body === undefined) return value;
    const result = this.machine.settle(this.machine.evaluateCall(body, [value], site), site);
    transaction.end('commit', site);
    return result.kind === 'host' ? result : unknown(site.callee);
  }
}
