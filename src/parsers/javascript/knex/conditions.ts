import { type HostObject, hostFunction, nothing, primitive, type Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import type { SqlWriter } from '../sql-writer.js';
import type { Knex } from './knex.js';
import { writeOperand } from './operand.js';
import { QueryBuilder } from './query-builder.js';
import { Raw, writeIdentifier, writeRaw } from './raw.js';

type Bool = 'and' | 'or';

/** One part of a WHERE, HAVING or ON. */
interface Part {
  bool: Bool;
  not: boolean;
  write: (writer: SqlWriter) => void;
}

/** What stands after WHERE, in the order of the calls. */
export class Conditions {
  readonly parts: Part[] = [];
  /** A call was met that is not known. */
  partial = false;
  readonly knex: Knex;

  constructor(knex: Knex) {
    this.knex = knex;
  }

  get empty(): boolean {
    return this.parts.length === 0;
  }

  clone(): Conditions {
    const copy = new Conditions(this.knex);
    copy.parts.push(...this.parts);
    copy.partial = this.partial;
    return copy;
  }

  clear(): void {
    this.parts.length = 0;
    this.partial = false;
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

  add(bool: Bool, not: boolean, write: Part['write']): void {
    this.parts.push({ bool, not, write });
  }

  private special(bool: Bool, not: boolean, rest: string, args: readonly Value[]): void {
    const kind = SPECIAL[rest];
    if (kind !== undefined) {
      kind(this, { bool, not, args, word: not ? 'not ' : '' });
      return;
    }
    this.partial = true;
    this.add(bool, not, (writer) => writer.hole(rest));
  }

  /** A condition that begins with a column. */
  about(bool: Bool, column: Value | undefined, write: Part['write'], not = false): void {
    this.add(bool, not, (writer) => {
      writeIdentifier(writer, column, 'column');
      write(writer);
    });
  }

  within(bool: Bool, not: boolean, column: Value | undefined, values: Value | undefined): void {
    if (values?.kind === 'list' && values.items.length === 0 && values.open !== true) {
      this.add(bool, false, (writer) => writer.sql('1 = ').value(primitive(not)));
      return;
    }
    this.add(bool, false, (writer) => {
      if (column?.kind === 'list') writer.sql('(');
      writeIdentifier(writer, column, 'column');
      if (column?.kind === 'list') writer.sql(')');
      writer.sql(not ? ' not in ' : ' in ');
      writeSet(writer, values);
    });
  }

  /** `whereColumn(a, b)`, `on(a, operator, b)`. */
  columns(bool: Bool, args: readonly Value[]): void {
    const [left] = args;
    if (left?.kind === 'dictionary') {
      for (const [name, { value }] of left.properties) this.columns(bool, [{ kind: 'text', text: name, segments: [], holes: [] }, value]);
      return;
    }
    const [operator, right] = args.length > 2 ? [spelt(args[1], 'operator').text, args[2]] : ['=', args[1]];
    this.about(bool, left, (writer) => {
      writer.sql(` ${operator} `);
      writeIdentifier(writer, right, 'column');
    });
  }

  private where(bool: Bool, not: boolean, args: readonly Value[]): void {
    const [first, second, third] = args;
    if (args.length === 1 && first !== undefined && this.single(bool, not, first)) return;
    if (first?.kind === 'callable') return this.group(bool, not, first);
    if (args.length < 2) {
      this.partial = true;
      return this.add(bool, not, (writer) => writer.hole('where'));
    }
    return args.length === 2 ? this.compare(bool, not, first, '=', second) : this.compare(bool, not, first, spelt(second, 'operator').text, third);
  }

  /** A condition given whole: raw SQL, an object, a truth value; false when it is none of these. */
  private single(bool: Bool, not: boolean, value: Value): boolean {
    if (value.kind === 'host' && value.host instanceof Raw) {
      const { host } = value;
      this.add(bool, not, (writer) => writeRaw(writer, host));
      return true;
    }
    if (value.kind === 'dictionary') {
      this.object(bool, not, value);
      return true;
    }
    if (value.kind !== 'primitive' || typeof value.value !== 'boolean') return false;
    this.add(bool, not, (writer) => writer.sql('1 = ').value(primitive(value.value === true ? 1 : 0)));
    return true;
  }

  private compare(bool: Bool, not: boolean, column: Value | undefined, operator: string, value: Value | undefined): void {
    const word = operator.toLowerCase();
    if (value?.kind === 'primitive' && value.value == null) return this.special(bool, not !== ['is not', '!=', '<>'].includes(word), 'null', [column ?? nothing]);
    if (word === 'in' || word === 'not in') return this.within(bool, not !== (word === 'not in'), column, value);
    if (word === 'between' || word === 'not between') return this.special(bool, not !== (word === 'not between'), 'between', [column ?? nothing, value ?? nothing]);
    return this.about(bool, column, (writer) => {
      writer.sql(` ${word} `);
      writeOperand(writer, value);
    }, not);
  }

  private object(bool: Bool, not: boolean, object: Extract<Value, { kind: 'dictionary' }>): void {
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

  private group(bool: Bool, not: boolean, callback: Value): void {
    const site = { span: callback.span ?? { start: 0, end: 0 }, callee: 'where' };
    const inner = new QueryBuilder(this.knex, site);
    this.knex.callback(callback, inner.value(), site);
    const { where, having } = inner.query;
    const conditions = where.empty ? having : where;
    if (conditions.empty) return;
    this.add(bool, not, (writer) => {
      writer.sql('(');
      conditions.write(writer);
      writer.sql(')');
    });
  }
}

function writeSet(writer: SqlWriter, values: Value | undefined): void {
  // One list or another, or one that only the run knows: some values in parentheses.
  if (values?.kind === 'unknown' || (values?.kind === 'either' && values.options.every(({ kind }) => kind === 'list' || kind === 'unknown'))) writer.sql('(').value(values).sql(')');
  else if (values?.kind !== 'list') writeOperand(writer, values);
  else writer.sql('(').list(values.items, (item) => writeItem(writer, item)).sql(')');
}

function writeItem(writer: SqlWriter, item: Value): void {
  if (item.kind === 'list') writer.sql('(').list(item.items, (value) => writeOperand(writer, value)).sql(')');
  else writeOperand(writer, item);
}

interface Call {
  bool: Bool;
  not: boolean;
  args: readonly Value[];
  /** `not ` where the call says so. */
  word: string;
}

type Special = (conditions: Conditions, call: Call) => void;

const like = (word: string): Special => (conditions, { bool, not, args: [column, value] }) =>
  conditions.about(bool, column, (writer) => writer.sql(` ${not ? 'not ' : ''}${word} `).value(value));

/** `@>` and `<@` of JSON. */
const contains = (operator: string, negated = false): Special => (conditions, { bool, not, args: [column, value] }) =>
  conditions.about(bool, column, (writer) => {
    writer.sql(` ${operator} `);
    writeOperand(writer, value);
  }, not || negated);

const jsonPath: Special = (conditions, { bool, args }) => {
  const [column, path] = args;
  const [operator, value] = args.length > 3 ? [spelt(args[2], 'operator').text, args[3]] : ['=', args[2]];
  conditions.add(bool, false, (writer) => {
    writer.sql('jsonb_path_query_first(');
    writeIdentifier(writer, column, 'column');
    writer.sql(', ').value(path).sql(`)${castFor(value)} ${operator} `);
    writeOperand(writer, value);
  });
};

/** JSON is compared as what the other side looks like. */
function castFor(value: Value | undefined): string {
  const held = value?.kind === 'primitive' ? Number(value.value) : value?.kind === 'text' ? Number(value.text) : Number.NaN;
  if (Number.isNaN(held)) return " #>> '{}'";
  if (Math.trunc(held) !== 0) return '::int';
  return held === 0 ? " #>> '{}'" : '::float';
}

/** What may follow `where`, by its lower-case name. */
const SPECIAL: Record<string, Special | undefined> = {
  raw: (conditions, { bool, not, args: [sql, bindings] }) => conditions.add(bool, not, (writer) => writeRaw(writer, rawOf(sql, bindings))),
  null: (conditions, { bool, not, args: [column] }) => conditions.about(bool, column, (writer) => writer.sql(not ? ' is not null' : ' is null')),
  in: (conditions, { bool, not, args: [column, values] }) => conditions.within(bool, not, column, values),
  between: (conditions, { bool, word, args: [column, value] }) =>
    conditions.about(bool, column, (writer) => {
      const [low, high] = value?.kind === 'list' ? value.items : [];
      writer.sql(` ${word}between `);
      writeOperand(writer, low);
      writer.sql(' and ');
      writeOperand(writer, high);
    }),
  like: like('like'),
  ilike: like('ilike'),
  exists: (conditions, { bool, word, args: [query] }) =>
    conditions.add(bool, false, (writer) => {
      writer.sql(`${word}exists `);
      writeOperand(writer, query);
    }),
  column: (conditions, { bool, args }) => conditions.columns(bool, args),
  jsonpath: jsonPath,
  jsonsupersetof: contains('@>'),
  jsonnotsupersetof: contains('@>', true),
  jsonsubsetof: contains('<@'),
  jsonnotsubsetof: contains('<@', true),
  jsonobject: (conditions, { bool, not, args: [column, value] }) =>
    conditions.about(bool, column, (writer) => {
      writer.sql(not ? ' != ' : ' = ');
      writeOperand(writer, value);
    }),
};

/** Raw SQL given as a string with bindings or as a raw query. */
export function rawOf(value: Value | undefined, bindings: Value | undefined): Pick<Raw, 'sql' | 'bindings'> & { around?: Raw['around'] } {
  return value?.kind === 'host' && value.host instanceof Raw ? value.host : { sql: value, bindings };
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
      this.method(property, args);
      return { kind: 'host', host: this };
    });
  }

  private method(property: string, args: readonly Value[]): void {
    const match = /^(and|or)?on(.*)$/i.exec(property);
    if (match === null) this.conditions.partial = !this.conditions.method(property, args) || this.conditions.partial;
    else this.on(match[1]?.toLowerCase() === 'or' ? 'or' : 'and', (match[2] ?? '').toLowerCase(), args);
  }

  /** `on(a, b)`, `on(function)`, `onVal(…)`, `onIn(…)` and the like. */
  private on(bool: Bool, rest: string, args: readonly Value[]): void {
    const [first] = args;
    if (rest !== '') this.conditions.method(`${bool}Where${rest === 'val' ? '' : rest}`, args);
    else if (first?.kind === 'host' && args.length === 1) this.conditions.method(`${bool}Where`, args);
    else if (first?.kind === 'callable') this.group(bool, first);
    else this.conditions.columns(bool, args);
  }

  private group(bool: Bool, callback: Value): void {
    const inner = new JoinClause(this.conditions.knex);
    this.conditions.knex.callback(callback, { kind: 'host', host: inner }, { span: callback.span ?? { start: 0, end: 0 }, callee: 'on' });
    this.conditions.add(bool, false, (writer) => {
      writer.sql('(');
      inner.conditions.write(writer);
      writer.sql(')');
    });
  }
}
