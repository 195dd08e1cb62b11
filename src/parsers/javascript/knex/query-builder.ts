import { type HostObject, hostFunction, type Site, unknown, type Value } from '../evaluate/value.js';
import { SqlWriter } from '../sql-writer.js';
import { Conditions } from './conditions.js';
import type { Knex } from './knex.js';
import { Query } from './query.js';
import { writeQuery } from './query-compiler.js';
import { AGGREGATES, JOINS, METHODS, PASSING } from './query-methods.js';
import { queryValue } from './query-text.js';

/** `knex('t')` and what is chained to it: a query, sent when it is waited for. */
export class QueryBuilder implements HostObject {
  readonly name = 'query builder';
  readonly knex: Knex;
  query: Query;
  private readonly started: Knex['conditions'];
  site: Site;

  constructor(knex: Knex, site: Site) {
    this.knex = knex;
    this.started = [...knex.conditions];
    this.site = site;
    this.query = new Query(new Conditions(knex), new Conditions(knex));
  }

  /** Calls that may stand right after `knex.`. */
  static starts(property: string): boolean {
    return property in METHODS || AGGREGATES.has(property) || PASSING.has(property) || property in JOINS || /^(where|having)/.test(property);
  }

  value(): Value {
    return { kind: 'host', host: this };
  }

  from(table: Value | undefined): this {
    this.query.target = table;
    return this;
  }

  insert(rows: Value | undefined): this {
    this.query.kind = 'insert';
    this.query.rows = rows;
    return this;
  }

  get(property: string): Value | undefined {
    if (property === 'then' || property === 'catch' || property === 'finally') return undefined;
    if (property === 'stream' || property === 'pipe' || property === 'asCallback') return hostFunction(property, () => this.settle());
    if (property === 'toString' || property === 'toQuery') return hostFunction(property, (_, { span }) => queryValue(this.value(), span));
    if (property === 'toSQL') return hostFunction(property, (_, { span }) => this.compiled(span));
    if (property === 'clone') return hostFunction(property, (_, site) => this.clone(site));
    if (property === 'modify') return hostFunction(property, ([callback, ...rest], site) => this.modified(callback, rest, site));
    return hostFunction(property, (args, site) => this.method(property, args, site));
  }

  method(property: string, args: readonly Value[], site: Site): Value {
    // What ends the chain is the whole query, as long as it grows by calls.
    if (site.span.start <= this.site.span.start && site.span.end >= this.site.span.end) this.site = site;
    // The first of a WHERE is a group of conditions, that of a join its ON.
    const grouped = /^(?:and|or)?(?:where|having)(?:not)?$/i.test(property) ? 1 : property in JOINS ? args.length : 0;
    const given = args.map((arg, index) => (index < grouped ? arg : this.subquery(arg)));
    const call = METHODS[property] ?? JOINS[property] ?? AGGREGATES.get(property);
    if (call !== undefined) call(this, given, property);
    else if (property.toLowerCase().includes('having')) this.unless(this.query.having.method(property, given));
    else this.unless(this.query.where.method(property, given) || PASSING.has(property));
    return this.value();
  }

  private unless(known: boolean): void {
    if (!known) this.query.partial = true;
  }

  /** A function that builds a query of its own is that query. */
  private subquery(value: Value): Value {
    if (value.kind === 'list' && value.items.some(({ kind }) => kind === 'callable')) return { ...value, items: value.items.map((item) => this.subquery(item)) };
    if (value.kind !== 'callable') return value;
    const inner = new QueryBuilder(this.knex, this.site);
    this.knex.callback(value, inner.value(), this.site);
    return inner.value();
  }

  private clone(site: Site): Value {
    const copy = new QueryBuilder(this.knex, site);
    copy.query = this.query.clone();
    return copy.value();
  }

  private modified(callback: Value | undefined, rest: readonly Value[], site: Site): Value {
    if (callback !== undefined) this.knex.machine.evaluateCall(callback, [this.value(), ...rest], site);
    return this.value();
  }

  /** `{ sql, bindings }`, the values in the text. */
  private compiled(span: Site['span']): Value {
    const properties = new Map<string, { value: Value }>([['sql', { value: queryValue(this.value(), span) }], ['bindings', { value: { kind: 'list', items: [] } }]]);
    const whole: Value = { kind: 'dictionary', properties };
    properties.set('toNative', { value: hostFunction('toNative', () => whole) });
    return whole;
  }

  settle(): Value {
    const { span } = this.site;
    if (this.query.kind === 'info') return unknown('columnInfo()', span);
    return this.knex.machine.under(this.started, () => {
      const writer = new SqlWriter(span);
      if (writeQuery(writer, this.query)) this.knex.sql({ ...writer.done(), span }, this.site);
      return unknown(`${this.site.callee}()`, span);
    });
  }
}
