import { textAt } from '../evaluate/text.js';
import { type HostObject, hostFunction, primitive, type Site, unknown, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { jsonOf, quoted, SqlWriter } from '../sql-writer.js';
import { Conditions, JoinClause, rawOf } from './conditions.js';
import type { Knex } from './knex.js';
import { METHODS } from './query-methods.js';
import { queryText } from './query-text.js';
import { Raw, writeIdentifier, writeRaw } from './raw.js';

type Write = (writer: SqlWriter) => void;

const JOINS: Record<string, string | undefined> = {
  join: 'inner join', innerJoin: 'inner join', leftJoin: 'left join', leftOuterJoin: 'left outer join', rightJoin: 'right join', rightOuterJoin: 'right outer join',
  fullOuterJoin: 'full outer join', outerJoin: 'outer join', crossJoin: 'cross join',
};
const AGGREGATES = new Set(['count', 'min', 'max', 'sum', 'avg', 'countDistinct', 'sumDistinct', 'avgDistinct']);
/** Calls that leave the query as it is. */
const PASSING = new Set(['transacting', 'connection', 'timeout', 'debug', 'options', 'queryContext', 'on', 'once', 'as', 'clone', 'modify', 'skipUndefined', 'hintComment', 'comment']);
const OTHERS = new Set([
  'from', 'into', 'table', 'withSchema', 'select', 'column', 'columns', 'distinct', 'pluck', 'first', 'insert', 'update', 'del', 'delete', 'truncate', 'increment', 'decrement', 'returning',
  'onConflict', 'ignore', 'merge', 'orderBy', 'orderByRaw', 'groupBy', 'groupByRaw', 'limit', 'offset', 'forUpdate', 'forShare', 'with', 'columnInfo', 'joinRaw', 'queryBuilder', 'updateFrom',
]);

/** `knex('t')` and what is chained to it: a query, sent when it is waited for. */
export class QueryBuilder implements HostObject {
  readonly name = 'query builder';
  readonly conditions: Conditions;
  private readonly knex: Knex;
  private readonly started: Knex['conditions'];
  private site: Site;
  private schema: string | undefined;
  private target: Value | undefined;
  private kind: 'select' | 'insert' | 'update' | 'delete' | 'truncate' | 'info' = 'select';
  private rows: Value | undefined;
  private readonly ctes: Write[] = [];
  private readonly columns: Write[] = [];
  private distinct = false;
  private readonly joins: Write[] = [];
  private readonly sets: Write[] = [];
  private readonly groups: Write[] = [];
  private readonly havings: Conditions;
  private readonly orders: Write[] = [];
  private limit: Value | undefined;
  private offset: Value | undefined;
  private lock = '';
  private returns: Value | undefined;
  private conflict: { columns: Value | undefined; does?: 'nothing' | 'update'; updates?: Value | undefined } | null = null;
  private partial = false;

  constructor(knex: Knex, site: Site) {
    this.knex = knex;
    this.started = [...knex.conditions];
    this.site = site;
    this.conditions = new Conditions(knex);
    this.havings = new Conditions(knex);
  }

  /** Calls that may stand right after `knex.`. */
  static starts(property: string): boolean {
    return OTHERS.has(property) || AGGREGATES.has(property) || PASSING.has(property) || property in JOINS || /^(where|having)/.test(property);
  }

  value(): Value {
    return { kind: 'host', host: this };
  }

  from(table: Value | undefined): this {
    this.target = table;
    return this;
  }

  insert(rows: Value | undefined): this {
    this.kind = 'insert';
    this.rows = rows;
    return this;
  }

  get(property: string): Value | undefined {
    if (property === 'then' || property === 'catch' || property === 'finally') return undefined;
    if (property === 'stream' || property === 'pipe' || property === 'asCallback') return hostFunction(property, () => this.settle());
    if (property === 'toString' || property === 'toQuery') return hostFunction(property, (_, { span }) => textAt(queryText(this.value(), span).sql, span));
    return hostFunction(property, (args, site) => this.method(property, args, site));
  }

  method(property: string, args: readonly Value[], site: Site): Value {
    // What ends the chain is the whole query, as long as it grows by calls.
    if (site.span.start <= this.site.span.start && site.span.end >= this.site.span.end) this.site = site;
    const call = METHODS[property];
    if (call !== undefined) call.call(this, args, property);
    else if (JOINS[property] !== undefined) this.join(JOINS[property], args);
    else if (AGGREGATES.has(property)) this.aggregate(property, args);
    else if (property.toLowerCase().includes('having')) this.partial = !this.havings.method(property, args) || this.partial;
    else if (!this.conditions.method(property, args) && !PASSING.has(property)) this.partial = true;
    return this.value();
  }

  readonly calls = {
    select: (args: readonly Value[]): void => {
      for (const arg of args) {
        if (arg.kind === 'list' && arg.items.length === 0) continue;
        this.columns.push((writer) => this.writeColumn(writer, arg));
      }
    },
    update: ([first, second]: readonly Value[]): void => {
      this.kind = 'update';
      if (first?.kind === 'dictionary') {
        for (const [name, { value }] of first.properties) if (!(value.kind === 'primitive' && value.value === undefined)) this.assign(name, value);
        if (first.open === true) this.partial = true;
      } else if (first?.kind === 'text' && second !== undefined) this.assign(first.text, second);
      else this.sets.push((writer) => writer.sql(quoted('__column')).sql(' = ').hole('value'));
    },
    delete: (): void => {
      this.kind = 'delete';
    },
    count: ([column, amount]: readonly Value[], property: string): void => {
      this.kind = 'update';
      const sign = property === 'increment' ? '+' : '-';
      const counters: [Value, Value][] =
        column?.kind === 'dictionary' ? [...column.properties].map(([name, { value }]) => [textAt(name, null), value]) : column === undefined ? [] : [[column, amount ?? primitive(1)]];
      for (const [name, by] of counters) {
        this.sets.push((writer) => {
          writeIdentifier(writer, name, 'column');
          writer.sql(' = ');
          writeIdentifier(writer, name, 'column');
          writer.sql(` ${sign} `).value(by);
        });
      }
    },
    table: ([table]: readonly Value[]): void => {
      this.target = table;
    },
    set: (key: 'limit' | 'offset' | 'returns' | 'target', value: Value | undefined): void => {
      this[key] = value;
    },
    kind: (kind: QueryBuilder['kind']): void => {
      this.kind = kind;
    },
    schema: ([schema]: readonly Value[]): void => {
      this.schema = spelt(schema, 'schema').text;
    },
    distinct: (args: readonly Value[]): void => {
      this.distinct = true;
      this.calls.select(args);
    },
    conflict: ([columns]: readonly Value[]): void => {
      this.conflict = { columns };
    },
    resolve: (does: 'nothing' | 'update', updates: Value | undefined): void => {
      if (this.conflict !== null) this.conflict = { ...this.conflict, does, updates };
    },
    order: ([column, direction]: readonly Value[]): void => this.order(column, direction),
    orderRaw: ([sql, bindings]: readonly Value[]): void => void this.orders.push((writer) => writeRaw(writer, ...rawOf(sql, bindings))),
    group: (args: readonly Value[]): void => {
      for (const arg of args) this.groups.push((writer) => writeIdentifier(writer, arg, 'column'));
    },
    groupRaw: ([sql, bindings]: readonly Value[]): void => void this.groups.push((writer) => writeRaw(writer, ...rawOf(sql, bindings))),
    joinRaw: ([sql, bindings]: readonly Value[]): void => void this.joins.push((writer) => writeRaw(writer, ...rawOf(sql, bindings))),
    lock: (how: string): void => {
      this.lock = ` ${how}`;
    },
    with: ([name, query]: readonly Value[]): void => {
      this.ctes.push((writer) => {
        writeIdentifier(writer, name, 'name');
        writer.sql(' as ');
        if (query?.kind === 'host' && query.host instanceof Raw) {
          writer.sql('(');
          this.conditions.operand(writer, query);
          writer.sql(')');
        } else this.conditions.operand(writer, query);
      });
    },
  };

  private assign(name: string, value: Value): void {
    this.sets.push((writer) => {
      writer.sql(name.split('.').map(quoted).join('.')).sql(' = ');
      this.conditions.operand(writer, value.kind === 'dictionary' ? textAt(jsonOf(value) ?? '{}', null) : value);
    });
  }

  private order(column: Value | undefined, direction: Value | undefined): void {
    for (const item of column?.kind === 'list' ? column.items : [column]) {
      const held = item?.kind === 'dictionary' ? item.properties : null;
      const by = held === null ? item : held.get('column')?.value;
      const way = held === null ? direction : held.get('order')?.value;
      this.orders.push((writer) => {
        writeIdentifier(writer, by, 'column');
        writer.sql(` ${way?.kind === 'text' ? way.text.toLowerCase() : 'asc'}`);
      });
    }
  }

  private join(word: string, [table, ...on]: readonly Value[]): void {
    const [first] = on;
    const clause = new JoinClause(this.knex);
    if (first?.kind === 'callable') this.knex.callback(first, { kind: 'host', host: clause }, this.site);
    else if (on.length > 0) clause.conditions.columns('and', on);
    this.joins.push((writer) => {
      writer.sql(`${word} `);
      this.writeTable(writer, table);
      if (clause.conditions.empty) return;
      writer.sql(' on ');
      clause.conditions.write(writer);
    });
  }

  private aggregate(method: string, args: readonly Value[]): void {
    const name = method.replace('Distinct', '');
    const distinct = method.endsWith('Distinct') ? 'distinct ' : '';
    const [column] = args;
    const targets: [Value | undefined, string | undefined][] =
      column?.kind === 'dictionary'
        ? [...column.properties].map(([alias, { value }]) => [value, alias])
        : [[column, undefined]];
    for (const [target, given] of targets) {
      const [, of = '*', alias] = target?.kind === 'text' ? (/^(.*?)(?:\s+as\s+(.*))?$/i.exec(target.text) ?? []) : [];
      this.columns.push((writer) => {
        writer.sql(`${name}(${distinct}`);
        writeIdentifier(writer, target?.kind === 'text' || target === undefined ? textAt(of, null) : target, 'column');
        const as = given ?? alias;
        writer.sql(as === undefined ? ')' : `) as ${quoted(as)}`);
      });
    }
  }

  private writeColumn(writer: SqlWriter, column: Value): void {
    if (column.kind === 'list') writer.list(column.items, (item) => this.writeColumn(writer, item));
    else if (column.kind === 'callable' || (column.kind === 'host' && column.host instanceof QueryBuilder)) this.conditions.operand(writer, column);
    else writeIdentifier(writer, column, 'column');
  }

  private writeTable(writer: SqlWriter, table: Value | undefined): void {
    if (this.schema !== undefined && table?.kind === 'text') writer.sql(`${quoted(this.schema)}.`);
    if (table?.kind === 'callable' || (table?.kind === 'host' && table.host instanceof QueryBuilder)) this.conditions.operand(writer, table);
    else writeIdentifier(writer, table, 'table');
  }

  writeSelect(writer: SqlWriter): void {
    if (this.partial) writer.partial = true;
    this.writeCtes(writer);
    writer.sql(this.distinct ? 'select distinct ' : 'select ');
    if (this.columns.length === 0) writer.sql('*');
    writer.list(this.columns, (write) => write(writer));
    if (this.target !== undefined) {
      writer.sql(' from ');
      this.writeTable(writer, this.target);
    }
    for (const join of this.joins) {
      writer.sql(' ');
      join(writer);
    }
    this.writeWhere(writer);
    this.clause(writer, ' group by ', this.groups);
    if (!this.havings.empty) {
      writer.sql(' having ');
      this.havings.write(writer);
    }
    this.clause(writer, ' order by ', this.orders);
    if (this.limit !== undefined) writer.sql(' limit ').value(this.limit);
    if (this.offset !== undefined) writer.sql(' offset ').value(this.offset);
    writer.sql(this.lock);
  }

  private clause(writer: SqlWriter, word: string, parts: readonly Write[]): void {
    if (parts.length === 0) return;
    writer.sql(word).list(parts, (write) => write(writer));
  }

  private writeCtes(writer: SqlWriter): void {
    this.clause(writer, 'with ', this.ctes);
    if (this.ctes.length > 0) writer.sql(' ');
  }

  writeWhere(writer: SqlWriter): void {
    if (this.conditions.empty) return;
    writer.sql(' where ');
    this.conditions.write(writer);
  }

  private write(writer: SqlWriter): boolean {
    if (this.kind === 'select') this.writeSelect(writer);
    else if (this.kind === 'truncate') {
      writer.sql('truncate ');
      this.writeTable(writer, this.target);
      writer.sql(' restart identity');
    } else {
      this.writeCtes(writer);
      if (this.kind === 'insert') return this.writeInsert(writer);
      writer.sql(this.kind === 'update' ? 'update ' : 'delete from ');
      this.writeTable(writer, this.target);
      this.clause(writer, ' set ', this.sets);
      this.writeWhere(writer);
      this.writeReturning(writer);
    }
    return true;
  }

  private writeReturning(writer: SqlWriter): void {
    if (this.returns === undefined) return;
    writer.sql(' returning ');
    writeIdentifier(writer, this.returns, 'column');
  }

  /** False when there is nothing to insert. */
  private writeInsert(writer: SqlWriter): boolean {
    const { rows } = this;
    const items = rows?.kind === 'list' ? rows.items : rows === undefined ? [] : [rows];
    writer.sql('insert into ');
    this.writeTable(writer, this.target);
    writer.sql(' ');
    const columns = this.writeRows(writer, rows, items);
    if (columns === null) return false;
    if (this.conflict?.does !== undefined) this.writeConflict(writer, columns);
    this.writeReturning(writer);
    return true;
  }

  private writeRows(writer: SqlWriter, rows: Value | undefined, items: readonly Value[]): readonly string[] | null {
    if (rows?.kind === 'list' && rows.open !== true && items.length === 0) return null;
    if (rows?.kind === 'callable' || rows?.kind === 'host') {
      if (rows.kind === 'host' && rows.host instanceof QueryBuilder) rows.host.writeSelect(writer);
      else this.conditions.operand(writer, rows);
      return [];
    }
    const held = items.filter((item) => item.kind === 'dictionary');
    if (held.length !== items.length || items.length === 0) {
      writer.sql('values ').hole('row');
      return [];
    }
    if (held.some(({ open }) => open === true)) writer.partial = true;
    const columns = columnsOf(held);
    if (columns.length === 0) {
      writer.sql('default values');
      return [];
    }
    writer.sql(`(${columns.map(quoted).join(', ')}) values `);
    writer.list(held, (row) => {
      writer.sql('(').list(columns, (column) => this.writeCell(writer, row.properties.get(column)?.value)).sql(')');
    });
    return columns;
  }

  private writeCell(writer: SqlWriter, value: Value | undefined): void {
    if (value === undefined || (value.kind === 'primitive' && value.value === undefined)) writer.sql('DEFAULT');
    else this.conditions.operand(writer, value);
  }

  private writeConflict(writer: SqlWriter, columns: readonly string[]): void {
    const { columns: keys, does, updates } = this.conflict ?? { columns: undefined };
    writer.sql(' on conflict ');
    if (keys !== undefined) {
      const raw = keys.kind === 'host';
      writer.sql(raw ? '' : '(');
      writeIdentifier(writer, keys, 'column');
      writer.sql(raw ? ' ' : ') ');
    }
    if (does === 'nothing') {
      writer.sql('do nothing');
      return;
    }
    writer.sql('do update set ');
    const excluded = (name: string): void => void writer.sql(`${quoted(name)} = excluded.${quoted(name)}`);
    if (updates?.kind === 'dictionary') {
      writer.list([...updates.properties], ([name, { value }]) => {
        writer.sql(`${quoted(name)} = `);
        this.conditions.operand(writer, value);
      });
    } else if (updates?.kind === 'list') writer.list(updates.items.map((item) => spelt(item, 'column').text), excluded);
    else writer.list(columns, excluded);
    this.writeWhere(writer);
  }

  settle(): Value {
    const { span } = this.site;
    if (this.kind === 'info') return unknown('columnInfo()', span);
    return this.knex.machine.under(this.started, () => {
      const writer = new SqlWriter(span);
      if (this.write(writer)) this.knex.sql({ ...writer.done(), span }, this.site);
      return unknown(`${this.site.callee}()`, span);
    });
  }
}

/** Columns of all rows, in the order in which Knex sorts them together. */
function columnsOf(rows: readonly Extract<Value, { kind: 'dictionary' }>[]): string[] {
  const columns: string[] = [];
  for (const { properties } of rows) {
    for (const name of [...properties.keys()].sort()) {
      const value = properties.get(name)?.value;
      if (value?.kind === 'primitive' && value.value === undefined && rows.length === 1) continue;
      if (columns.includes(name)) continue;
      columns.push(name);
    }
  }
  return columns;
}
