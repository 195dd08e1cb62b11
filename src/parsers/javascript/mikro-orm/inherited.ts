import { host, hostFunction, nothing, primitive, type Site, unknown, type Value } from '../evaluate/value.js';
import { Knex } from '../knex/knex.js';
import type { Queue, Run } from '../run.js';
import { raw } from './core.js';

/** What `Migration` gives the classes that extend it. */
export function inherited(run: Run, queue: Queue): [string, Value][] {
  const manager = connection(run);
  return [
    [
      'addSql',
      hostFunction('addSql', ([sql], site) => {
        queue.add(run, printed(sql, site), site);
        return nothing;
      }),
    ],
    ['execute', executed(run)],
    [
      'reset',
      hostFunction('reset', () => {
        queue.clear();
        return nothing;
      }),
    ],
    ['getKnex', hostFunction('getKnex', () => builder(run))],
    ['knex', host({ name: 'knex', carrier: true, call: (args, site) => called(builder(run), args, site), get: (property, at) => memberOf(builder(run), property, at) })],
    ['getEntityManager', hostFunction('getEntityManager', () => manager)],
    ['driver', manager],
    ['config', unknown('config')],
    ['isTransactional', hostFunction('isTransactional', () => primitive(true))],
    ['ctx', unknown('ctx')],
  ];
}

/** Runs at once, whatever `addSql` has queued. */
function executed(run: Run): Value {
  return hostFunction('execute', ([sql, values], site) => {
    // Values go into the text, as the driver's formatter puts them there.
    const text = printed(sql, site);
    run.sql(values?.kind === 'list' && text?.kind === 'text' ? withValues(text, values, site) : text, site);
    return unknown(`${site.callee}()`, site.span);
  });
}

function withValues(text: Value, values: Value, site: Site): Value {
  return called(raw, [text, values], site) ?? text;
}

function called(value: Value, args: Value[], site: Site): Value | undefined {
  return value.kind === 'host' ? value.host.call?.(args, site) : undefined;
}

function memberOf(value: Value, property: string, at: Site['span']): Value | undefined {
  return value.kind === 'host' ? value.host.get?.(property, at) : undefined;
}

/** An entity manager, a driver or a connection: each leads to `execute`. */
function connection(run: Run): Value {
  const self: Value = host({
    name: 'entity manager',
    carrier: true,
    get: (property) => {
      if (property === 'execute') return executed(run);
      if (property === 'getConnection' || property === 'getDriver' || property === 'fork' || property === 'getEntityManager') return hostFunction(property, () => self);
      if (property === 'getKnex') return hostFunction(property, () => builder(run));
      if (property === 'transactional') return hostFunction(property, ([body], site) => inTransaction(run, body, self, site));
      return property === 'clear' ? hostFunction(property, () => nothing) : undefined;
    },
  });
  return self;
}

function inTransaction(run: Run, body: Value | undefined, manager: Value, site: { span: { start: number; end: number }; callee: string }): Value {
  if (body === undefined) return nothing;
  // The migration itself stands in a transaction already.
  run.recorder.send({ kind: 'savepoint', name: 'trx' }, site);
  const result = run.call(body, [manager], site);
  run.recorder.send({ kind: 'savepoint', name: 'trx', release: true }, site);
  return result;
}

/** The builder of version 6, on the connection of the migration. */
function builder(run: Run): Value {
  return new Knex(run.machine, run.recorder).value(1);
}

/** A query, a schema builder or raw SQL as its text; anything else as it is. */
function printed(value: Value | undefined, site: Site): Value | undefined {
  if (value?.kind !== 'host') return value;
  const print = value.host.get?.('toQuery', site.span);
  return print?.kind === 'host' ? (print.host.call?.([], site) ?? value) : value;
}
