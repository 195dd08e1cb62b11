import { isFunction } from '../callbacks.js';
import { nodeModule } from '../evaluate/node-modules.js';
import { host, type HostObject, hostFunction, list, nothing, type Site, type TemplateParts, unknown, type Value } from '../evaluate/value.js';
import type { Run } from '../run.js';
import { formatted } from './format.js';
import { Interpolated, interpolated } from './interpolated.js';
import { names, type Part, partsOf, Query, query, queryOf } from './query.js';

/** Methods that send what they are given: pg, slonik, pg-promise, Prisma and their like. */
const SENDS =
  /^(?:\$?(?:query|execute)(?:Raw|RawUnsafe|Array|File)?|any|many|one|maybeOne|none|oneOrNone|manyOrNone|anyFirst|manyFirst|oneFirst|maybeOneFirst|exists|result|multi|multiResult|each|map|func|proc|stream|raw|exec|run|simple)$/;
/** What pg-promise writes values into itself. */
const FORMATS = /^(?:any|many|one|none|oneOrNone|manyOrNone|result|multi|multiResult|each|map)$/;
const TRANSACTIONS = /^(?:\$?transaction|begin|tx|txIf|withTransaction|inTransaction)$/;
const IDLE = new Set(['release', 'end', 'close', 'on', 'removeListener', '$disconnect', '$connect', 'destroy', 'listen', 'notify']);
const ITSELF = new Set(['sql', 'client', 'db', 'pool', 'connection', 'context', 'pg', 'postgres', 'prisma', 'tx', 'trx', 'transaction', 'queryRunner', 'conn']);

/** Whoever sends SQL: a pool, a connection, a transaction, or a tag that is all of them. */
export function client(run: Run, depth: { open: number }): Value {
  const self: Value = host({
    name: 'client',
    carrier: true,
    tag: (template, { span }) => host(lazy(run, partsOf(interpolated(template), span), span)),
    call: (args, site) => called(run, args, site),
    get: (property) => method(run, depth, self, property),
  });
  return self;
}

function method(run: Run, depth: { open: number }, self: Value, property: string): Value | undefined {
  if (property === 'savepoint') return hostFunction(property, (args, site) => transaction(run, depth, self, args, site, false));
  if (TRANSACTIONS.test(property)) return self.kind === 'host' ? transactionMethod(run, depth, self, property) : undefined;
  if (SENDS.test(property)) return sender(run, property);
  if (IDLE.has(property)) return hostFunction(property, () => nothing);
  if (/^(?:connect|task|taskIf|getClient|reserve)$/.test(property)) return connecting(run, self, property);
  return ofTag(run, property) ?? (ITSELF.has(property) ? self : undefined);
}

/** What the tag of postgres.js has beside itself. */
function ofTag(run: Run, property: string): Value | undefined {
  if (property === 'unsafe') return hostFunction('unsafe', ([sql], { span }) => (sql?.kind === 'text' ? host(lazy(run, [sql], span)) : host(lazy(run, [], span, sql))));
  if (property === 'file') return hostFunction('file', ([path], site) => file(run, path, site));
  if (property === 'identifier') return hostFunction(property, ([path], { span }) => query([names(path, '.', span)], span));
  return /^(?:jsonb?|array|typed)$/.test(property) ? hostFunction(property, (_, { span }) => query(['value'], span)) : undefined;
}

/** `transaction` may be destructured as the client itself: it is both. */
function transactionMethod(run: Run, depth: { open: number }, self: Extract<Value, { kind: 'host' }>, property: string): Value {
  const { host: object } = self;
  return host({ ...object, name: property, carrier: true, get: (name, at) => object.get?.(name, at), call: (args, site) => transaction(run, depth, self, args, site) });
}

/** postgres.js leaves its savepoints; every other library releases them. */
function transaction(run: Run, depth: { open: number }, self: Value, args: readonly Value[], site: Site, release = true): Value {
  const body = args.find(isFunction);
  const queries = args.find((arg) => arg.kind === 'list');
  if (body === undefined && queries === undefined) return self;
  const name = `s${depth.open}`;
  run.recorder.send(depth.open > 0 ? { kind: 'savepoint', name } : { kind: 'begin' }, site);
  depth.open += 1;
  const result = body === undefined ? nothing : run.call(body, [self], site);
  sendListed(run, body === undefined ? queries : result, site);
  depth.open -= 1;
  if (depth.open === 0) run.recorder.send({ kind: 'commit' }, site);
  else if (release) run.recorder.send({ kind: 'savepoint', name, release: true }, site);
  return result;
}

/** Queries in a list, given or handed back, go out one after the other. */
function sendListed(run: Run, value: Value | undefined, site: Site): void {
  if (value?.kind === 'list') for (const item of value.items) run.machine.settle(item, site);
}

function connecting(run: Run, self: Value, property: string): Value {
  return hostFunction(property, (args, site) => {
    const body = args.find(isFunction);
    return body === undefined ? self : run.call(body, [self], site);
  });
}

function sender(run: Run, property: string): Value {
  const send = (value: Value | undefined, site: Site): Value => {
    run.sql(value, site);
    return unknown(`${site.callee}()`, site.span);
  };
  const object: HostObject = {
    name: property,
    carrier: true,
    call: (args, site) => {
      const [first, values] = args;
      const result = send(FORMATS.test(property) && queryOf(first) === null ? formatted(first, values, site.span) : sqlOf(first), site);
      const last = args.at(-1);
      if (isFunction(last)) run.call(last, [{ kind: 'primitive', value: null }, result], site);
      return result;
    },
    // Prisma's `$executeRaw` is a tag.
    tag: (template: TemplateParts, site) => send(new Query(partsOf(template, site.span), site.span).text(), site),
  };
  return host(object);
}

/** A string, a query of a tag, or `{ text, values }`. */
function sqlOf(value: Value | undefined): Value | undefined {
  const made = queryOf(value);
  if (made !== null) return made.text();
  if (value?.kind === 'either') return { ...value, options: value.options.map((option) => sqlOf(option) as Value) };
  return value?.kind === 'dictionary' ? sqlOf((value.properties.get('text') ?? value.properties.get('sql') ?? value.properties.get('query'))?.value) : value;
}

/** A query that goes out when it is waited for; `unknownText` is the SQL when it cannot be read. */
function lazy(run: Run, parts: readonly Part[], span: Query['span'], unknownText?: Value): Query {
  let sent = false;
  const send = (made: Query, site: Site): Value => {
    if (!sent) run.sql(unknownText ?? made.text(), { span, callee: site.callee });
    sent = true;
    return unknown('rows', span);
  };
  const methods = (made: Query, property: string): Value | undefined => {
    if (property === 'execute') return hostFunction(property, (_, site) => send(made, site));
    return /^(?:simple|values|raw|describe|cursor|forEach|stream)$/.test(property) ? hostFunction(property, () => host(made)) : undefined;
  };
  return new Query(parts, span, { settle: send, methods });
}

/** `sql('t')`, `sql(['a', 'b'])`, `sql(row, …columns)` of postgres.js. */
function called(run: Run, [first, ...rest]: readonly Value[], { span, callee }: Site): Value {
  if (first?.kind === 'text') return /\s/.test(first.text) ? host(lazy(run, [first], span)) : query([dotted(first, span)], span);
  if (first?.kind === 'list' && first.items.every(({ kind }) => kind === 'text')) return host(new Interpolated(first, rest, span));
  if (first?.kind === 'dictionary' || first?.kind === 'list') return host(new Interpolated(first, rest, span));
  return unknown(`${callee}()`, span);
}

function dotted(name: Extract<Value, { kind: 'text' }>, span: Query['span']): Part {
  const parts = name.holes.length === 0 ? name.text.split('.') : [];
  return parts.length > 1 ? names(list(parts.map((text) => ({ ...name, text, segments: [], holes: [] }))), '.', span) : names(name, '.', span);
}

function file(run: Run, path: Value | undefined, site: Site): Value {
  const read = nodeModule(run.machine, 'fs', 'readFileSync');
  const text = read === undefined || path === undefined ? unknown('file') : run.machine.evaluateCall(read, [path], site);
  return host(text.kind === 'text' ? lazy(run, [text], site.span) : lazy(run, [], site.span, text));
}
