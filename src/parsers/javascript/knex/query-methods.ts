import { textAt } from '../evaluate/text.js';
import { primitive, truthOf, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { quoted, type SqlWriter } from '../sql-writer.js';
import { JoinClause, rawOf } from './conditions.js';
import { jsonColumn } from './json.js';
import { writeAssigned, writeOperand } from './operand.js';
import type { Query, Write } from './query.js';
import { QueryBuilder } from './query-builder.js';
import { Raw, writeIdentifier, writeRaw } from './raw.js';

type Method = (builder: QueryBuilder, args: readonly Value[], property: string) => void;

function writeColumn(writer: SqlWriter, column: Value): void {
  if (column.kind === 'list') writer.list(column.items, (item) => writeColumn(writer, item));
  else if (column.kind === 'host' && column.host instanceof QueryBuilder) writeOperand(writer, column);
  else writeIdentifier(writer, column, 'column');
}

function select({ columns }: Query, args: readonly Value[]): void {
  for (const arg of args) {
    if (arg.kind === 'list' && arg.items.length === 0) continue;
    columns.push((writer) => writeColumn(writer, arg));
  }
}

function assign({ sets }: Query, name: string, value: Value): void {
  if (value.kind === 'primitive' && value.value === undefined) return;
  sets.push({
    column: name,
    write: (writer) => {
      writer.sql(name.split('.').map(quoted).join('.')).sql(' = ');
      writeAssigned(writer, value);
    },
  });
}

function update({ query }: QueryBuilder, [first, second, third]: readonly Value[]): void {
  query.kind = 'update';
  let returning = second;
  if (first?.kind === 'dictionary') {
    for (const [name, { value }] of first.properties) assign(query, name, value);
    if (first.open === true) query.partial = true;
  } else if (first?.kind === 'text' && second !== undefined) {
    assign(query, first.text, second);
    returning = third;
  } else query.sets.push({ column: '', write: (writer) => writer.sql(quoted('__column')).sql(' = ').hole('value') });
  if (returning !== undefined) query.returns = returning;
}

const count: Method = ({ query }, [column, amount], property) => {
  query.kind = 'update';
  const counters: [Value, Value][] =
    column?.kind === 'dictionary' ? [...column.properties].map(([name, { value }]) => [textAt(name, null), value]) : column === undefined ? [] : [[column, amount ?? primitive(1)]];
  for (const [name, by] of counters) {
    const sign = (property === 'increment') === !(by.kind === 'primitive' && Number(by.value) < 0) ? '+' : '-';
    query.counters.push({
      column: spelt(name, 'column').text,
      write: (writer) => {
        writeIdentifier(writer, name, 'column');
        writer.sql(' = ');
        writeIdentifier(writer, name, 'column');
        writer.sql(` ${sign} `).value(by);
      },
    });
  }
};

const order: Method = ({ query }, [column, direction, nulls]) => {
  for (const item of column?.kind === 'list' ? column.items : [column]) {
    const held = item?.kind === 'dictionary' ? item.properties : null;
    const by = held === null ? item : held.get('column')?.value;
    const way = held === null ? direction : held.get('order')?.value;
    const last = held === null ? nulls : held.get('nulls')?.value;
    query.orders.push((writer) => {
      if (last !== undefined) writer.sql('(');
      writeIdentifier(writer, by, 'column');
      // Knex words the place of nulls as a test of its own.
      if (last !== undefined) writer.sql(` is ${spelt(last, 'nulls').text === 'first' ? 'not ' : ''}null)`);
      writer.sql(` ${way?.kind === 'text' ? way.text.toLowerCase() : 'asc'}`);
    });
  }
};

const raw =
  (into: 'orders' | 'groups' | 'columns'): Method =>
  ({ query }, [sql, bindings]) => {
    query[into].push((writer) => writeRaw(writer, rawOf(sql, bindings)));
  };

const withQuery =
  (how: '' | 'materialized ' | 'not materialized ', recursive = false): Method =>
  ({ query }, args) => {
    const [name, second] = args;
    const columns = args.length > 2 && second?.kind === 'list' ? second : null;
    const body = columns === null ? second : args[2];
    query.recursive ||= recursive;
    query.ctes.push((writer) => {
      writeIdentifier(writer, name, 'name');
      if (columns !== null) {
        writer.sql('(');
        writeIdentifier(writer, columns, 'column');
        writer.sql(')');
      }
      writer.sql(` as ${how}`);
      const isRaw = body?.kind === 'host' && body.host instanceof Raw;
      if (isRaw) writer.sql('(');
      writeOperand(writer, body);
      if (isRaw) writer.sql(')');
    });
  };

const union =
  (word: string): Method =>
  ({ query }, args) => {
    const last = args.at(-1);
    const wrap = last?.kind === 'primitive' && last.value === true;
    const queries = args.flatMap((arg) => (arg.kind === 'list' ? arg.items : [arg])).filter((arg) => arg.kind !== 'primitive');
    query.unions.push(...queries.map((each) => ({ word, query: each, wrap })));
  };

const lock =
  (how: string): Method =>
  ({ query }, args) => {
    const tables = args.flatMap((arg) => (arg.kind === 'list' ? arg.items : [arg])).filter(({ kind }) => kind === 'text');
    query.lock = ` ${how}${tables.length === 0 ? '' : ` of ${tables.map((table) => quoted(spelt(table, 'table').text)).join(', ')}`}`;
  };

const json: Method = ({ query }, args, property) => {
  const column = jsonColumn(property, args);
  if (column === null) return;
  query.columns.push(column);
  if (query.target === undefined) query.json = column;
};

function set(key: 'limit' | 'offset' | 'returns' | 'target' | 'from' | 'alias'): Method {
  return ({ query }, [value]) => {
    query[key] = value;
  };
}

const remove: Method = ({ query }, [returning]) => {
  query.kind = 'delete';
  if (returning !== undefined) query.returns = returning;
};

const resolve = (does: 'nothing' | 'update'): Method => ({ query }, [updates]) => {
  if (query.conflict !== null) query.conflict = { ...query.conflict, does, updates };
};

const only: Method = ({ query }, [table, options]) => {
  query.target = table;
  const flag = options?.kind === 'dictionary' ? options.properties.get('only')?.value : undefined;
  if (flag !== undefined) query.only = truthOf(flag) === true;
};

const clear =
  (...keys: ('columns' | 'groups' | 'orders' | 'ctes' | 'counters')[]): Method =>
  ({ query }) => {
    for (const key of keys) query[key].length = 0;
  };

const distinct = (write: (writer: SqlWriter, args: readonly Value[]) => void): Method => ({ query }, args) => {
  query.distinct = (writer) => write(writer, args);
};

/** What the calls of a chain do to its query. */
export const METHODS: Record<string, Method | undefined> = {
  from: only,
  into: only,
  table: only,
  withSchema: ({ query }, [schema]) => {
    query.schema = spelt(schema, 'schema').text;
  },
  fromRaw: ({ query, knex, site }, [sql, bindings]) => {
    query.target = { kind: 'host', host: new Raw(knex, rawOf(sql, bindings).sql, rawOf(sql, bindings).bindings, site) };
  },
  select: ({ query }, args) => select(query, args),
  column: ({ query }, args) => select(query, args),
  columns: ({ query }, args) => select(query, args),
  pluck: ({ query }, args) => select(query, args),
  distinct: (builder, args, property) => {
    distinct((writer) => writer.sql('distinct '))(builder, args, property);
    select(builder.query, args);
  },
  distinctOn: distinct((writer, args) => {
    writer.sql('distinct on (');
    writeIdentifier(writer, args[0]?.kind === 'list' ? args[0] : { kind: 'list', items: [...args] }, 'column');
    writer.sql(') ');
  }),
  first: ({ query }, args) => {
    select(query, args);
    query.limit = primitive(1);
  },
  insert: (builder, [rows, returning]) => {
    builder.insert(rows);
    if (returning !== undefined) builder.query.returns = returning;
  },
  update,
  del: remove,
  delete: remove,
  truncate: ({ query }) => {
    query.kind = 'truncate';
  },
  columnInfo: ({ query }) => {
    query.kind = 'info';
  },
  increment: count,
  decrement: count,
  returning: set('returns'),
  updateFrom: set('from'),
  using: ({ query }, [tables]) => {
    query.using = tables;
  },
  onConflict: ({ query }, [columns]) => {
    query.conflict = { columns };
  },
  ignore: resolve('nothing'),
  merge: resolve('update'),
  orderBy: order,
  orderByRaw: raw('orders'),
  groupBy: ({ query }, args) => {
    for (const arg of args) query.groups.push((writer) => writeIdentifier(writer, arg, 'column'));
  },
  groupByRaw: raw('groups'),
  joinRaw: ({ query }, [sql, bindings]) => {
    query.joins.push({ raw: (writer) => writeRaw(writer, rawOf(sql, bindings)) });
  },
  limit: set('limit'),
  offset: set('offset'),
  as: set('alias'),
  forUpdate: lock('for update'),
  forShare: lock('for share'),
  forNoKeyUpdate: lock('for no key update'),
  forKeyShare: lock('for key share'),
  skipLocked: ({ query }) => {
    query.wait = ' skip locked';
  },
  noWait: ({ query }) => {
    query.wait = ' nowait';
  },
  with: withQuery(''),
  withRecursive: withQuery('', true),
  withMaterialized: withQuery('materialized '),
  withNotMaterialized: withQuery('not materialized '),
  union: union('union'),
  unionAll: union('union all'),
  intersect: union('intersect'),
  except: union('except'),
  jsonExtract: json,
  jsonSet: json,
  jsonInsert: json,
  jsonRemove: json,
  clearSelect: clear('columns'),
  clearGroup: clear('groups'),
  clearOrder: clear('orders'),
  clearCounters: clear('counters'),
  clearWith: clear('ctes'),
  clearWhere: ({ query }) => query.where.clear(),
  clearHaving: ({ query }) => query.having.clear(),
  queryBuilder: () => undefined,
};

function join(word: string): Method {
  return ({ query, knex, site }, [table, ...on]) => {
    const clause = new JoinClause(knex);
    const [first] = on;
    if (first?.kind === 'callable') knex.callback(first, { kind: 'host', host: clause }, site);
    else if (first?.kind === 'host' && first.host instanceof Raw) clause.conditions.method('where', [first]);
    else if (on.length > 0) clause.conditions.columns('and', on);
    query.joins.push({ word, table, on: clause.conditions });
  };
}

export const JOINS: Record<string, Method | undefined> = {
  join: join('inner join'),
  innerJoin: join('inner join'),
  leftJoin: join('left join'),
  leftOuterJoin: join('left outer join'),
  rightJoin: join('right join'),
  rightOuterJoin: join('right outer join'),
  fullOuterJoin: join('full outer join'),
  outerJoin: join('outer join'),
  crossJoin: join('cross join'),
};

const aggregate: Method = ({ query }, [column, options], method) => {
  const name = method.replace('Distinct', '');
  const word = method.endsWith('Distinct') ? 'distinct ' : '';
  const as = options?.kind === 'dictionary' ? options.properties.get('as')?.value : undefined;
  const targets: [Value | undefined, string | undefined][] =
    column?.kind === 'dictionary' ? [...column.properties].map(([alias, { value }]) => [value, alias]) : [[column, as === undefined ? undefined : spelt(as, 'alias').text]];
  for (const [target, given] of targets) query.columns.push(aggregated(name, word, target, given));
};

function aggregated(name: string, word: string, target: Value | undefined, given: string | undefined): Write {
  const [, of = '*', alias] = target?.kind === 'text' ? (/^(.*?)(?:\s+as\s+(.*))?$/i.exec(target.text) ?? []) : [];
  return (writer) => {
    writer.sql(`${name}(${word}`);
    writeIdentifier(writer, target?.kind === 'text' || target === undefined ? textAt(of, null) : target, 'column');
    const as = given ?? alias;
    writer.sql(as === undefined ? ')' : `) as ${quoted(as)}`);
  };
}

export const AGGREGATES: ReadonlyMap<string, Method> = new Map(['count', 'min', 'max', 'sum', 'avg', 'countDistinct', 'sumDistinct', 'avgDistinct'].map((name) => [name, aggregate]));

/** Calls that leave the query as it is. */
export const PASSING: ReadonlySet<string> = new Set([
  'transacting', 'connection', 'timeout', 'debug', 'options', 'queryContext', 'on', 'once', 'skipUndefined', 'hintComment', 'comment', 'modify', 'clone',
]);

