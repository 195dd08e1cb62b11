import { type HostObject, hostFunction, nothing, primitive, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import type { SqlWriter } from '../sql-writer.js';
import type { Knex } from './knex.js';
import { QueryBuilder } from './query-builder.js';
import { Raw, writeIdentifier, writeRaw } from './raw.js';

/** One part of a WHERE, HAVING or ON. */
interface Part {
  bool: 'and' | 'or';
  not: boolean;
  write: (writer: SqlWriter) => void;
}

/** What stands after WHERE, in the order of the calls. */
export class Conditions {
  readonly parts: Part[] = [];
  /** A call was met that is not known. */
  partial = false;
  private readonly knex: Knex;

  constructor(knex: Knex) {
    this.knex = knex;
  }

  get empty(): boolean {
    return this.parts.length === 0;
  }

  write(writer: SqlWriter): void {
    if (this.partial) writer.partial = true;
    for (const [index, { bool, not, write }] of this.parts.entries()) {
      if (index > 0) writer.sql(` ${bool} `);
      if (not) writer.sql('not ');
      write(writer);
    }
  }

  /** `where…`, `andWhere…`, `orWhere…`, `having…`; false when it is no such call. */
  method(property: string, args: readonly Value[]): boolean {
    const match = /^(and|or)?(?:where|having)(not)?(.*)$/i.exec(property);
    if (match === null) return false;
    const bool = match[1]?.toLowerCase() === 'or' ? 'or' : 'and';
    const not = match[2] !== undefined;
    const rest = (match[3] ?? '').toLowerCase();
    if (rest === '') this.where(bool, not, args);
    else this.special(bool, not, rest, args);
    return true;
  }

  private add(bool: 'and' | 'or', not: boolean, write: Part['write']): void {
    this.parts.push({ bool, not, write });
  }

  private special(bool: 'and' | 'or', not: boolean, rest: string, args: readonly Value[]): void {
    const [column, value] = args;
    const word = not ? 'not ' : '';
    const about = (write: Part['write']): void =>
      this.add(bool, false, (writer) => {
        writeIdentifier(writer, column, 'column');
        write(writer);
      });
    switch (rest) {
      case 'raw':
        return this.add(bool, not, (writer) => writeRaw(writer, ...rawOf(column, value)));
      case 'null':
        return about((writer) => writer.sql(not ? ' is not null' : ' is null'));
      case 'in':
        return this.within(bool, not, column, value);
      case 'between':
        return about((writer) => {
          const [low, high] = value?.kind === 'list' ? value.items : [];
          writer.sql(` ${word}between `).value(low).sql(' and ').value(high);
        });
      case 'like':
      case 'ilike':
        return about((writer) => writer.sql(` ${word}${rest} `).value(value));
      case 'exists':
        return this.add(bool, false, (writer) => {
          writer.sql(`${word}exists `);
          this.operand(writer, column);
        });
      case 'column':
        return this.columns(bool, args);
      default:
        this.partial = true;
        return this.add(bool, not, (writer) => writer.hole(rest));
    }
  }

  private within(bool: 'and' | 'or', not: boolean, column: Value | undefined, values: Value | undefined): void {
    if (values?.kind === 'list' && values.items.length === 0 && values.open !== true) {
      this.add(bool, false, (writer) => writer.sql('1 = ').value(primitive(not)));
      return;
    }
    this.add(bool, false, (writer) => {
      if (column?.kind === 'list') writer.sql('(');
      writeIdentifier(writer, column, 'column');
      if (column?.kind === 'list') writer.sql(')');
      writer.sql(not ? ' not in ' : ' in ');
      if (values?.kind === 'unknown') writer.sql('(').value(values).sql(')');
      else if (values?.kind !== 'list') this.operand(writer, values);
      else writer.sql('(').list(values.items, (item) => this.item(writer, item)).sql(')');
    });
  }

  private item(writer: SqlWriter, item: Value): void {
    if (item.kind === 'list') writer.sql('(').list(item.items, (value) => this.operand(writer, value)).sql(')');
    else this.operand(writer, item);
  }

  /** `whereColumn(a, b)`, `on(a, operator, b)`. */
  columns(bool: 'and' | 'or', args: readonly Value[]): void {
    const [left] = args;
    if (left?.kind === 'dictionary') {
      for (const [name, { value }] of left.properties) this.columns(bool, [{ kind: 'text', text: name, segments: [], holes: [] }, value]);
      return;
    }
    const [operator, right] = args.length > 2 ? [spelt(args[1], 'operator').text, args[2]] : ['=', args[1]];
    this.add(bool, false, (writer) => {
      writeIdentifier(writer, left, 'column');
      writer.sql(` ${operator} `);
      writeIdentifier(writer, right, 'column');
    });
  }

  private where(bool: 'and' | 'or', not: boolean, args: readonly Value[]): void {
    const [first, second, third] = args;
    if (first?.kind === 'host' && first.host instanceof Raw && args.length === 1) return this.add(bool, not, (writer) => writeRaw(writer, ...rawOf(first, undefined)));
    if (first?.kind === 'callable') return this.group(bool, not, first);
    if (first?.kind === 'dictionary') return this.object(bool, not, first);
    if (first?.kind === 'primitive' && typeof first.value === 'boolean') return this.add(bool, not, (writer) => writer.sql('1 = ').value(primitive(first.value === true ? 1 : 0)));
    if (args.length < 2) {
      this.partial = true;
      return this.add(bool, not, (writer) => writer.hole('where'));
    }
    return args.length === 2 ? this.compare(bool, not, first, '=', second) : this.compare(bool, not, first, spelt(second, 'operator').text, third);
  }

  private compare(bool: 'and' | 'or', not: boolean, column: Value | undefined, operator: string, value: Value | undefined): void {
    const word = operator.toLowerCase();
    if (value?.kind === 'primitive' && value.value == null) return this.special(bool, not !== (word === 'is not' || word === '!=' || word === '<>'), 'null', [column ?? nothing]);
    if (word === 'in' || word === 'not in') return this.within(bool, not !== (word === 'not in'), column, value);
    if (word === 'between' || word === 'not between') return this.special(bool, not !== (word === 'not between'), 'between', [column ?? nothing, value ?? nothing]);
    return this.add(bool, not, (writer) => {
      writeIdentifier(writer, column, 'column');
      writer.sql(` ${word} `);
      this.operand(writer, value);
    });
  }

  private object(bool: 'and' | 'or', not: boolean, object: Extract<Value, { kind: 'dictionary' }>): void {
    if (object.open === true) this.partial = true;
    const into = bool === 'or' ? new Conditions(this.knex) : this;
    for (const [name, { value, span }] of object.properties) {
      into.compare('and', not, { kind: 'text', text: name, segments: [], holes: [], ...(span !== undefined && { span }) }, '=', value);
    }
    if (into !== this) this.add('or', false, (writer) => {
      writer.sql('(');
      into.write(writer);
      writer.sql(')');
    });
  }

  private group(bool: 'and' | 'or', not: boolean, callback: Value): void {
    const inner = new QueryBuilder(this.knex, { span: callback.span ?? { start: 0, end: 0 }, callee: 'where' });
    this.knex.callback(callback, inner.value(), { span: callback.span ?? { start: 0, end: 0 }, callee: 'where' });
    if (inner.conditions.empty) return;
    this.add(bool, not, (writer) => {
      writer.sql('(');
      inner.conditions.write(writer);
      writer.sql(')');
    });
  }

  /** The right side: a value, raw SQL, or a query in parentheses. */
  operand(writer: SqlWriter, value: Value | undefined): void {
    if (value?.kind === 'host' && value.host instanceof Raw) writeRaw(writer, value.host.sql, value.host.bindings);
    else if (value?.kind === 'host' && value.host instanceof QueryBuilder) {
      writer.sql('(');
      value.host.writeSelect(writer);
      writer.sql(')');
    } else if (value?.kind === 'callable') {
      const inner = new QueryBuilder(this.knex, { span: writer.span, callee: 'query' });
      this.knex.callback(value, inner.value(), { span: writer.span, callee: 'query' });
      writer.sql('(');
      inner.writeSelect(writer);
      writer.sql(')');
    } else writer.value(value);
  }
}

/** Raw SQL given as a string with bindings or as a raw query. */
export function rawOf(value: Value | undefined, bindings: Value | undefined): [Value | undefined, Value | undefined] {
  return value?.kind === 'host' && value.host instanceof Raw ? [value.host.sql, value.host.bindings] : [value, bindings];
}

/** What the callback of a join is handed. */
export class JoinClause implements HostObject {
  readonly name = 'join';
  readonly conditions: Conditions;

  constructor(knex: Knex) {
    this.conditions = new Conditions(knex);
  }

  get(property: string): Value | undefined {
    return hostFunction(property, (args) => {
      const match = /^(and|or)?on(val)?$/i.exec(property);
      if (match === null) this.conditions.partial = true;
      else if (match[2] === undefined) this.conditions.columns(match[1]?.toLowerCase() === 'or' ? 'or' : 'and', args);
      else this.conditions.method(match[1]?.toLowerCase() === 'or' ? 'orWhere' : 'where', args);
      return { kind: 'host', host: this };
    });
  }
}
