import type { Span } from '../../../operations/types.js';
import { around, compose, identifier, type Piece, separated, wordsOf } from '../compose.js';
import { isFunction } from '../callbacks.js';
import { textAt } from '../evaluate/text.js';
import { host, hostFunction, type Site, unknown, type Value } from '../evaluate/value.js';
import type { Run } from '../run.js';
import { alteration, column, ConstraintBuilder, constraintFrom, hasClause } from './columns.js';
import { Query } from '../tagged/query.js';
import { constantQuery, expression, immediate, path, several } from './sql.js';
import { queryContext } from './query/index.js';
import { resolved } from './query/parts.js';

/** What a chain of calls has put together so far. */
interface Chain {
  head: Piece;
  target: Piece;
  flags: Record<string, Piece>;
  columns: readonly Piece[];
  constraints: readonly Piece[];
  /** A constraint the chain itself goes on describing. */
  open?: { before: Piece; after: Piece; builder: ConstraintBuilder } | undefined;
}

interface Context {
  run: Run;
  schema: Value | undefined;
}

type Step = (chain: Chain, args: readonly Value[], span: Span, context: Context) => Chain;
type Print = (chain: Chain) => Piece;

interface Kind {
  steps: Record<string, Step | undefined>;
  print: Print;
}

const flag =
  (key: string, text: string): Step =>
  (chain) => ({ ...chain, flags: { ...chain.flags, [key]: text } });

const setting =
  (key: string, write: (value: Value | undefined, span: Span, context: Context, args: readonly Value[]) => Piece): Step =>
  (chain, args, span, context) => ({ ...chain, flags: { ...chain.flags, [key]: write(args[0], span, context, args) } });

const ifExists = flag('ifExists', 'if exists ');
const ifNotExists = flag('ifNotExists', 'if not exists ');
const cascade = flag('cascade', ' cascade');

const of = ({ flags }: Chain, key: string): Piece => flags[key] ?? null;

const names = (value: Value | undefined, span: Span): Piece => separated(several(value).map((name) => path(name, 'column', span)));
const constraintName = (value: Value | undefined, span: Span): Piece =>
  value === undefined || (value.kind === 'primitive' && value.value == null) ? null : ['constraint ', identifier(wordsOf(value, 'constraint', span)), ' '];

interface Constraint {
  before: Piece;
  after: Piece;
  builder: ConstraintBuilder;
}

type ConstraintWriter = (args: readonly Value[], span: Span, context: Context) => Constraint;

const CONSTRAINTS: Record<string, ConstraintWriter | undefined> = {
  addPrimaryKeyConstraint: ([name, columns, build], span, { run }) => ({ before: [constraintName(name, span), 'primary key'], after: [' (', names(columns, span), ')'], builder: constraintFrom(run, build, span) }),
  addUniqueConstraint: ([name, columns, build], span, { run }) => ({ before: [constraintName(name, span), 'unique'], after: [' (', names(columns, span), ')'], builder: constraintFrom(run, build, span) }),
  addCheckConstraint: ([name, check], span) => ({ before: [constraintName(name, span), 'check ('], after: [expression(check, 'check', span), ')'], builder: new ConstraintBuilder() }),
  addForeignKeyConstraint: ([name, columns, table, targets, build], span, { run, schema }) => ({
    before: [constraintName(name, span), 'foreign key'],
    after: [' (', names(columns, span), ') references ', path(table, 'table', span, schema), ' (', names(targets, span), ')'],
    builder: constraintFrom(run, build, span),
  }),
};

function printed({ before, after, builder }: Constraint): Piece {
  return [before, builder.clauses['nulls'] ?? null, after, builder.tail()];
}

function placeIn(args: readonly Value[], call: Span): Span {
  const start = args[0]?.span?.start ?? call.start;
  return start >= call.start && start < call.end ? { start, end: call.end } : call;
}

const createTable: Kind = {
  steps: {
    addColumn: (chain, [name, type, build], span, { run, schema }) => ({ ...chain, columns: [...chain.columns, column(run, { name, type, build }, span, schema)] }),
    ...Object.fromEntries(
      Object.entries(CONSTRAINTS).map(([key, write]): [string, Step] => [
        key,
        (chain, args, span, context) => (write === undefined ? chain : { ...chain, constraints: [...chain.constraints, compose(span, printed(write(args, span, context)))] }),
      ]),
    ),
    ifNotExists,
    temporary: flag('temporary', 'temporary '),
    onCommit: setting('onCommit', (value, span) => [' on commit ', wordsOf(value, 'action', span)]),
    modifyFront: (chain, [value], span) => ({ ...chain, flags: { ...chain.flags, front: [of(chain, 'front'), expression(value, 'modifier', span), ' '] } }),
    modifyEnd: (chain, [value], span) => ({ ...chain, flags: { ...chain.flags, end: [of(chain, 'end'), ' ', expression(value, 'modifier', span)] } }),
    as: setting('as', (value, span) => [' as ', expression(value, 'query', span)]),
  },
  print: (chain) => [
    'create ', of(chain, 'front'), of(chain, 'temporary'), 'table ', of(chain, 'ifNotExists'), chain.target,
    chain.flags['as'] === undefined ? [' (', separated([...chain.columns, ...chain.constraints]), ')'] : null, of(chain, 'onCommit'), of(chain, 'end'), of(chain, 'as'),
  ],
};

const action =
  (write: (args: readonly Value[], span: Span, context: Context) => Piece): Step =>
  (chain, args, span, context) => ({ ...chain, columns: [...chain.columns, write(args, span, context)], open: undefined });

const alterTable: Kind = {
  steps: {
    addColumn: action(([name, type, build], span, { run, schema }) => ['add column ', column(run, { name, type, build }, span, schema)]),
    modifyColumn: action(([name, type, build], span, { run, schema }) => ['modify column ', column(run, { name, type, build }, span, schema)]),
    dropColumn: action(([name], span) => ['drop column ', identifier(wordsOf(name, 'column', span))]),
    renameColumn: action(([from, to], span) => ['rename column ', identifier(wordsOf(from, 'column', span)), ' to ', identifier(wordsOf(to, 'name', span))]),
    alterColumn: action(([name, build], span, { run }) => alteration(run, name, build, span)),
    renameTo: action(([to], span) => ['rename to ', path(to, 'name', span)]),
    setSchema: action(([to], span) => ['set schema ', identifier(wordsOf(to, 'schema', span))]),
    renameConstraint: action(([from, to], span) => ['rename constraint ', identifier(wordsOf(from, 'constraint', span)), ' to ', identifier(wordsOf(to, 'name', span))]),
    dropConstraint: (chain, [name], span) => ({ ...chain, flags: { ...chain.flags, drop: identifier(wordsOf(name, 'constraint', span)) } }),
    ifExists,
    cascade,
    restrict: flag('cascade', ' restrict'),
    ...Object.fromEntries(
      Object.entries(CONSTRAINTS).map(([key, write]): [string, Step] => [key, (chain, args, span, context) => (write === undefined ? chain : { ...chain, open: write(args, span, context) })]),
    ),
  },
  print: (chain) => {
    const dropped = chain.flags['drop'] === undefined ? null : ['drop constraint ', of(chain, 'ifExists'), of(chain, 'drop'), of(chain, 'cascade')];
    return ['alter table ', chain.target, ' ', separated([...chain.columns, around('add ', chain.open === undefined ? null : printed(chain.open)), dropped])];
  },
};

const ORDER = /^(.*?)\s+(asc|desc)$/i;

/** `'a desc'` is a column and its order. */
function indexKey(value: Value, span: Span): Piece {
  const ordered = value.kind === 'text' && value.holes.length === 0 ? ORDER.exec(value.text) : null;
  if (ordered === null) return value.kind === 'host' ? expression(value, 'expression', span) : path(value, 'column', span);
  return [identifier(textAt(ordered[1] ?? '', value.span ?? span)), ' ', ordered[2] ?? ''];
}

const keys = (chain: Chain, added: readonly Piece[]): Chain => ({ ...chain, columns: [...chain.columns, ...added] });

/** Values of a condition on an index stand in the statement. */
function condition(args: readonly Value[], span: Span, { run, schema }: Context): Piece {
  const [left, operator, right] = args;
  if (operator === undefined) return constantQuery(resolved(queryContext(run, schema), left, span), span);
  const side = right?.kind === 'list' ? ['(', separated(right.items.map((item) => immediate(item, span))), ')'] : immediate(right, span);
  return [left?.kind === 'host' ? expression(left, 'column', span) : path(left, 'column', span), ' ', wordsOf(operator, 'operator', span), ' ', side];
}

const createIndex: Kind = {
  steps: {
    on: setting('on', (table, span, { schema }) => [' on ', path(table, 'table', span, schema)]),
    column: (chain, [name], span) => keys(chain, name === undefined ? [] : [indexKey(name, span)]),
    columns: (chain, [list], span) => keys(chain, several(list).map((name) => indexKey(name, span))),
    expression: (chain, [value], span, { run, schema }) => keys(chain, [expression(resolved(queryContext(run, schema), value, span), 'expression', span)]),
    unique: flag('unique', 'unique '),
    ifNotExists,
    nullsNotDistinct: flag('nulls', ' nulls not distinct'),
    using: setting('using', (method, span) => [' using ', wordsOf(method, 'method', span)]),
    where: (chain, args, span, context) => ({ ...chain, flags: { ...chain.flags, where: separated([of(chain, 'where'), condition(args, span, context)], ' and ') } }),
  },
  print: (chain) => [
    'create ', of(chain, 'unique'), 'index ', of(chain, 'ifNotExists'), chain.target, of(chain, 'on'), of(chain, 'using'), around(' (', separated(chain.columns), ')'),
    of(chain, 'nulls'), around(' where ', of(chain, 'where')),
  ],
};

const dropping = (object: string): Kind => ({
  steps: { ifExists, cascade, on: (chain) => chain, materialized: flag('materialized', 'materialized ') },
  print: (chain) => ['drop ', of(chain, 'materialized'), `${object} `, of(chain, 'ifExists'), chain.target, of(chain, 'cascade')],
});

const createView: Kind = {
  steps: {
    orReplace: flag('orReplace', 'or replace '),
    materialized: flag('materialized', 'materialized '),
    temporary: flag('temporary', 'temporary '),
    ifNotExists,
    columns: setting('columns', (list, span) => [' (', separated(several(list).map((name) => path(name, 'column', span))), ')']),
    as: setting('as', (query, span) => [' as ', constantQuery(query, span)]),
  },
  print: (chain) => ['create ', of(chain, 'orReplace'), of(chain, 'materialized'), of(chain, 'temporary'), 'view ', of(chain, 'ifNotExists'), chain.target, of(chain, 'columns'), of(chain, 'as')],
};

const KINDS: Record<string, Kind | undefined> = {
  createTable,
  alterTable,
  dropTable: dropping('table'),
  createIndex,
  dropIndex: dropping('index'),
  createType: {
    steps: { asEnum: setting('as', (values, span) => [' as enum (', separated(several(values).map((value) => immediate(value, span))), ')']) },
    print: (chain) => ['create type ', chain.target, of(chain, 'as')],
  },
  dropType: dropping('type'),
  createSchema: { steps: { ifNotExists }, print: (chain) => ['create schema ', of(chain, 'ifNotExists'), chain.target] },
  dropSchema: dropping('schema'),
  createView,
  dropView: dropping('view'),
  refreshMaterializedView: {
    steps: { concurrently: flag('concurrently', 'concurrently '), withNoData: flag('data', ' with no data'), withData: flag('data', ' with data') },
    print: (chain) => ['refresh materialized view ', of(chain, 'concurrently'), chain.target, of(chain, 'data')],
  },
};

/** What takes no schema in front of its own name. */
const UNQUALIFIED = new Set(['createIndex', 'createSchema', 'dropSchema']);

/** Names that Kysely leaves in one piece, dots and all. */
const WHOLE = new Set(['createView', 'dropView', 'refreshMaterializedView', 'dropIndex', 'createIndex', 'createSchema', 'dropSchema']);

function targetOf(property: string, name: Value | undefined, span: Span, schema: Value | undefined): Piece {
  const own = UNQUALIFIED.has(property) ? undefined : schema;
  if (!WHOLE.has(property)) return path(name, 'name', span, own);
  const whole = identifier(wordsOf(name, 'name', span));
  return own === undefined ? whole : [identifier(wordsOf(own, 'schema', span)), '.', whole];
}

/** `db.schema`. */
export function schemaBuilder(run: Run, schema: Value | undefined): Value {
  const context: Context = { run, schema };
  return host({
    name: 'schema',
    carrier: true,
    get: (property) => {
      if (property === 'withSchema') return hostFunction(property, ([name]) => schemaBuilder(run, name));
      if (property === 'withPlugin' || property === 'withoutPlugins') return hostFunction(property, () => schemaBuilder(run, schema));
      const kind = Object.hasOwn(KINDS, property) ? KINDS[property] : undefined;
      if (kind === undefined) return undefined;
      return hostFunction(property, ([name], { span }) => {
        const target = targetOf(property, name, span, schema);
        return building(kind, { head: null, target, flags: {}, columns: [], constraints: [] }, context);
      });
    },
  });
}

/** A builder; only `execute` sends anything. */
function building(kind: Kind, chain: Chain, context: Context): Value {
  const next = (changed: Chain): Value => building(kind, changed, context);
  return host({
    name: 'builder',
    carrier: true,
    get: (property) => {
      if (property === 'execute') return hostFunction(property, (_, site) => executed(kind, chain, context, site));
      if (property === 'compile') return hostFunction(property, (_, { span }) => host(new Query([compose(span, kind.print(chain))], span)));
      if (property === '$call') return hostFunction(property, ([callback], site) => (isFunction(callback) ? context.run.call(callback, [next(chain)], site) : next(chain)));
      if (chain.open !== undefined && hasClause(property)) {
        const { open } = chain;
        return hostFunction(property, (args, { span }) => next({ ...chain, open: { ...open, builder: open.builder.with(property, args, placeIn(args, span)) } }));
      }
      const step = Object.hasOwn(kind.steps, property) ? kind.steps[property] : undefined;
      return step === undefined ? undefined : hostFunction(property, (args, { span }) => next(step(chain, args, placeIn(args, span), context)));
    },
  });
}

function executed(kind: Kind, chain: Chain, { run }: Context, site: Site): Value {
  run.sql(compose(site.span, kind.print(chain)), site);
  return unknown(`${site.callee}()`);
}
