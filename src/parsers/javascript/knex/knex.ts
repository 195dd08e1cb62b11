import type { Operation, OperationDraft, Span, Statement } from '../../../operations/types.js';
import type { Machine } from '../evaluate/machine.js';
import { Scope } from '../evaluate/scope.js';
import { textAt } from '../evaluate/text.js';
import { type Condition, type HostObject, hostFunction, nothing, primitive, type Site, unknown, type Value } from '../evaluate/value.js';
import type { Recorder } from '../recorder.js';
import { BatchInsert } from './batch-insert.js';
import { QueryBuilder } from './query-builder.js';
import { Raw, rawText } from './raw.js';
import { SchemaBuilder } from './schema-builder.js';

/** What one direction of a Knex migration has at hand. */
export class Knex {
  readonly machine: Machine;
  readonly recorder: Recorder;
  private transactions = 0;

  constructor(machine: Machine, recorder: Recorder) {
    this.machine = machine;
    this.recorder = recorder;
  }

  /** What must hold for the code now running to run at all. */
  get conditions(): readonly Condition[] {
    return this.machine.conditions;
  }

  function(name: string, call: NonNullable<HostObject['call']>): Value {
    return hostFunction(name, call);
  }

  send(draft: OperationDraft, span: Span, at?: Span, partial?: boolean): Statement {
    return this.recorder.send(draft, { span, callee: '' }, at, partial);
  }

  append(draft: OperationDraft, statement: Statement, at?: Span, partial?: boolean): void {
    this.recorder.append(draft, statement, at, partial);
  }

  raw(raw: Pick<Raw, 'sql' | 'bindings'>, site: Site): Value {
    const { sql } = raw;
    if (sql?.kind === 'either') for (const option of sql.options) this.machine.perhaps(() => void this.raw({ ...raw, sql: option }, site));
    else this.recorder.sql(rawText(raw, site) ?? sql, site);
    return unknown(`${site.callee}()`, site.span);
  }

  sql(text: Value, site: Site): readonly Operation[] {
    return this.recorder.sql(text, site);
  }

  /** Calls a function of the migration with the builder as its argument and as its `this`. */
  callback(callback: Value | undefined, builder: Value, site: Site): void {
    if (callback?.kind !== 'callable' || callback.node.type === 'ArrowFunctionExpression') {
      if (callback !== undefined) this.machine.evaluateCall(callback, [builder], site);
      return;
    }
    const scope = new Scope(callback.scope);
    scope.self = builder;
    this.machine.evaluateCall({ ...callback, scope }, [builder], site);
  }

  /** The connection as a migration gets it; `depth` counts the transactions open around it. */
  value(depth: number, transaction: Transaction | null = null): Value {
    return { kind: 'host', host: new Connection(this, depth, transaction) };
  }

  begin(depth: number, site: Site): Transaction {
    this.transactions += 1;
    const savepoint = depth === 0 ? null : `trx${this.transactions}`;
    this.send(savepoint === null ? { kind: 'begin' } : { kind: 'savepoint', name: savepoint }, site.span);
    return new Transaction(this, savepoint);
  }
}

/** One `knex.transaction(…)`: a transaction, or a savepoint inside another. */
export class Transaction {
  private finished = false;
  private readonly knex: Knex;
  private readonly savepoint: string | null;
  private readonly conditions: number;

  constructor(knex: Knex, savepoint: string | null) {
    this.knex = knex;
    this.savepoint = savepoint;
    this.conditions = knex.conditions.length;
  }

  end(by: 'commit' | 'rollback', site: Site): void {
    if (this.finished) return;
    // One that may not be reached leaves it open for the other.
    this.finished = this.knex.conditions.length <= this.conditions;
    const { savepoint: name } = this;
    if (name === null) this.knex.send({ kind: by }, site.span);
    else this.knex.send(by === 'commit' ? { kind: 'savepoint', name, release: true } : { kind: 'rollback', to: name }, site.span);
  }
}

/** Calls that only read, or that touch nothing but the connection. */
const READ_ONLY = new Set(['destroy', 'initialize', 'on', 'once', 'off', 'removeListener', 'removeAllListeners', 'emit', 'toString', 'userParams', 'context', 'withUserParams', 'functionHelper']);

/** `knex` itself: a function that starts a query, and what hangs on it. */
class Connection implements HostObject {
  readonly name = 'knex';
  readonly carrier = true;
  private readonly knex: Knex;
  private readonly depth: number;
  private readonly transaction: Transaction | null;

  constructor(knex: Knex, depth: number, transaction: Transaction | null) {
    this.knex = knex;
    this.depth = depth;
    this.transaction = transaction;
  }

  call([table]: Value[], site: Site): Value {
    return new QueryBuilder(this.knex, site).from(table).value();
  }

  get(property: string): Value | undefined {
    const { knex } = this;
    const special = SPECIAL[property]?.(knex, this.depth);
    if (special !== undefined) return special;
    if (property === 'transaction') return hostFunction(property, (args, site) => this.nested(args, site));
    if (property === 'transactionProvider') return hostFunction(property, () => hostFunction('provider', (_, site) => this.nested([], site)));
    if (property === 'batchInsert') return hostFunction(property, (args, site) => ({ kind: 'host', host: new BatchInsert(knex, this.depth, args, site) }));
    if (property === 'commit' || property === 'rollback') {
      return hostFunction(property, (_, site) => {
        this.transaction?.end(property, site);
        return nothing;
      });
    }
    if (property === 'isTransaction') return primitive(this.depth > 0);
    if (property === 'isCompleted') return hostFunction(property, () => unknown('isCompleted'));
    if (property === 'executionPromise') return nothing;
    if (READ_ONLY.has(property)) return hostFunction(property, () => nothing);
    return QueryBuilder.starts(property) ? hostFunction(property, (args, site) => new QueryBuilder(knex, site).method(property, args, site)) : undefined;
  }

  private nested(args: readonly Value[], site: Site): Value {
    const transaction = this.knex.begin(this.depth, site);
    const inner = this.knex.value(this.depth + 1, transaction);
    const [body] = args;
    if (body?.kind !== 'callable') return inner;
    const result = this.knex.machine.settle(this.knex.machine.evaluateCall(body, [inner], site), site);
    transaction.end('commit', site);
    return result;
  }
}

const named = (name: string): Value => textAt(name, null);

function configuration(): Value {
  const entries: [string, Value][] = [['client', named('pg')], ['dialect', named('postgresql')]];
  return { kind: 'dictionary', open: true, properties: new Map(entries.map(([name, value]) => [name, { value }])) };
}

function clientOf(): Value {
  const entries: [string, Value][] = [['config', configuration()], ['dialect', named('postgresql')], ['driverName', named('pg')]];
  return { kind: 'dictionary', open: true, properties: new Map(entries.map(([name, value]) => [name, { value }])) };
}

const SPECIAL: Record<string, ((knex: Knex, depth: number) => Value) | undefined> = {
  schema: (knex) => new SchemaBuilder(knex).value(),
  raw: (knex) => hostFunction('raw', ([sql, bindings], site) => ({ kind: 'host', host: new Raw(knex, sql, bindings, site), span: site.span })),
  ref: (knex) => hostFunction('ref', (args, site) => reference(knex, args, site)),
  fn: (knex) => ({ kind: 'host', host: functions(knex) }),
  client: () => clientOf(),
};

function reference(knex: Knex, [name]: readonly Value[], site: Site): Value {
  const identifier = name === undefined ? [] : [name];
  return { kind: 'host', host: new Raw(knex, named('??'), { kind: 'list', items: identifier }, site) };
}

/** `knex.fn.now(precision)`, `knex.fn.uuid()`. */
function functions(knex: Knex): HostObject {
  const sql = (text: string, site: Site): Value => ({ kind: 'host', host: new Raw(knex, textAt(text, site.span), undefined, site), span: site.span });
  return {
    name: 'fn',
    get: (property) => {
      if (property === 'now') {
        return hostFunction('now', ([precision], site) =>
          sql(precision?.kind === 'primitive' && typeof precision.value === 'number' ? `CURRENT_TIMESTAMP(${precision.value})` : 'CURRENT_TIMESTAMP', site),
        );
      }
      return property === 'uuid' ? hostFunction('uuid', (_, site) => sql('(gen_random_uuid())', site)) : undefined;
    },
  };
}
