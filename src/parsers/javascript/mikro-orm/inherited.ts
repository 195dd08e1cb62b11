import { host, hostFunction, nothing, primitive, unknown, type Value } from '../evaluate/value.js';
import { textAt } from '../evaluate/text.js';
import type { Queue, Run } from '../run.js';
import { raw } from './core.js';

/** What `Migration` gives the classes that extend it. */
export function inherited(run: Run, queue: Queue): [string, Value][] {
  const manager = connection(run);
  return [
    [
      'addSql',
      hostFunction('addSql', ([sql], site) => {
        queue.add(run, sql, site);
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
    ['getKnex', hostFunction('getKnex', () => knex)],
    ['knex', knex],
    ['getEntityManager', hostFunction('getEntityManager', () => manager)],
    ['driver', manager],
    ['config', unknown('config')],
    ['isTransactional', hostFunction('isTransactional', () => primitive(true))],
    ['ctx', unknown('ctx')],
  ];
}

/** Runs at once, whatever `addSql` has queued. */
function executed(run: Run): Value {
  return hostFunction('execute', ([sql], site) => {
    run.sql(sql, site);
    return unknown(`${site.callee}()`, site.span);
  });
}

/** An entity manager, a driver or a connection: each leads to `execute`. */
function connection(run: Run): Value {
  const self: Value = host({
    name: 'entity manager',
    carrier: true,
    get: (property) => {
      if (property === 'execute') return executed(run);
      if (property === 'getConnection' || property === 'getDriver' || property === 'fork' || property === 'getEntityManager') return hostFunction(property, () => self);
      if (property === 'getKnex') return hostFunction(property, () => knex);
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

/** The builder of version 6: only its raw SQL is read. */
const knex: Value = host({ name: 'knex', carrier: true, get: (property) => (property === 'raw' ? raw : property === 'client' ? textAt('pg', null) : undefined) });
