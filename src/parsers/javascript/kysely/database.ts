import { isFunction } from '../callbacks.js';
import { host, hostFunction, nothing, type Site, unknown, type Value } from '../evaluate/value.js';
import type { Run } from '../run.js';
import { queryOf } from '../tagged/query.js';
import { queryStart } from './query/index.js';
import { schemaBuilder } from './schema.js';
import { rawBuilder, sqlTag } from './sql.js';

/** What a migration is handed: the database inside the transaction of the run. */
export function database(run: Run, schema?: Value): Value {
  const self: Value = host({
    name: 'db',
    carrier: true,
    get: (property) => members[property] ?? queryStart(run, schema, property),
  });
  const answer: Value = hostFunction('answer', (_, { callee }) => unknown(`${callee}()`));
  const asking: Value = host({ name: 'catalogue', get: () => answer });
  const same: Value = hostFunction('db', () => self);
  const members: Record<string, Value | undefined> = {
    schema: schemaBuilder(run, schema),
    withSchema: hostFunction('withSchema', ([name]) => database(run, name)),
    withPlugin: same,
    withoutPlugins: same,
    withTables: same,
    executeQuery: hostFunction('executeQuery', ([query], site) => sent(run, query, site)),
    transaction: hostFunction('transaction', () => scope(run, self, 'transaction')),
    startTransaction: hostFunction('startTransaction', () => scope(run, self, 'transaction')),
    connection: hostFunction('connection', () => scope(run, self, 'connection')),
    introspection: asking,
    dynamic: asking,
    isTransaction: { kind: 'primitive', value: true },
    destroy: hostFunction('destroy', () => nothing),
  };
  return self;
}

function sent(run: Run, query: Value | undefined, site: Site): Value {
  run.sql(queryOf(query)?.text() ?? query, site);
  return unknown(`${site.callee}()`);
}

/** `transaction().execute(f)`: Kysely throws at it when the run has a transaction already. */
function scope(run: Run, self: Value, property: string): Value {
  const builder: Value = host({
    name: property,
    carrier: true,
    get: (method) => {
      if (method !== 'execute') return hostFunction(method, () => builder);
      return hostFunction(method, ([body], site) => {
        if (property === 'transaction') run.recorder.send({ kind: 'begin' }, site);
        const result = isFunction(body) ? run.call(body, [self], site) : self;
        if (property === 'transaction') run.recorder.send({ kind: 'commit' }, site);
        return result;
      });
    },
  });
  return builder;
}

/** What the package exports: its tag, and queries compiled by hand. */
export function library(run: Run): (specifier: string, name: string) => Value | undefined {
  return (specifier, name) => {
    if (specifier !== 'kysely' && !specifier.startsWith('kysely/')) return undefined;
    if (name === 'sql') return sqlTag(run);
    if (name === 'CompiledQuery') {
      return host({ name, get: (property) => (property === 'raw' ? hostFunction(property, ([text], { span }) => (text?.kind === 'text' ? rawBuilder(run, [text], span) : text)) : undefined) });
    }
    return name === '*' || name === 'default' ? host({ name: 'kysely', get: (property) => library(run)(specifier, property) }) : undefined;
  };
}
