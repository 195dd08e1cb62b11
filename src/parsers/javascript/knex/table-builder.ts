import type { Span } from '../../../operations/types.js';
import { textAt } from '../evaluate/text.js';
import { type HostObject, hostFunction, nothing, primitive, type Site, truthOf, type Value } from '../evaluate/value.js';
import type { Knex } from './knex.js';
import { Raw } from './raw.js';

/** `t.foreign(…)` or a column's `.references(…)`, as its chain has filled it in. */
export interface ForeignKey {
  column: Value | undefined;
  name?: Value | undefined;
  references?: Value | undefined;
  inTable?: Value | undefined;
  onDelete?: Value | undefined;
  onUpdate?: Value | undefined;
  deferrable?: Value | undefined;
}

export interface Statement {
  method: string;
  args: readonly Value[];
  foreign?: ForeignKey;
  span: Span;
}

/** A column as its chain has described it. */
export interface ColumnCall {
  type: string;
  args: readonly Value[];
  modifiers: Map<string, { args: readonly Value[]; span: Span }>;
  alter: { nullable: boolean; type: boolean } | null;
  /** From the start of its chain to its end. */
  span: Span;
}

const ALIASES: Record<string, string> = { float: 'floating', enum: 'enu', boolean: 'bool', string: 'varchar', biginteger: 'bigint', datetime: 'timestamp' };

const COLUMN_TYPES = new Set([
  'tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'float', 'double', 'real', 'bit', 'boolean', 'serial', 'date', 'datetime', 'timestamp', 'time', 'year',
  'geometry', 'geography', 'point', 'char', 'varchar', 'tinytext', 'tinyText', 'text', 'mediumtext', 'mediumText', 'longtext', 'longText', 'binary', 'varbinary', 'tinyblob',
  'tinyBlob', 'mediumblob', 'mediumBlob', 'blob', 'longblob', 'longBlob', 'enum', 'set', 'bool', 'dateTime', 'increments', 'bigincrements', 'bigIncrements', 'integer',
  'biginteger', 'bigInteger', 'string', 'json', 'jsonb', 'uuid', 'enu', 'specificType',
]);

const MODIFIERS = new Set([
  'unsigned', 'nullable', 'first', 'after', 'comment', 'collate', 'check', 'checkPositive', 'checkNegative', 'checkIn', 'checkNotIn', 'checkBetween', 'checkLength', 'checkRegex',
  'defaultTo',
]);

/** Calls on the table that become statements of their own, in the order of the source. */
const STATEMENTS = new Set([
  'index', 'primary', 'unique', 'dropPrimary', 'dropPrimaryIfExists', 'dropUnique', 'dropUniqueIfExists', 'dropIndex', 'dropForeign', 'dropForeignIfExists',
]);
const ALTER_STATEMENTS = new Set(['renameColumn', 'setNullable', 'dropNullable', 'dropChecks', 'dropColumn', 'dropColumns', 'check']);

/** What the callback of `createTable` and `alterTable` is handed: it collects, the compiler orders. */
export class TableBuilder implements HostObject {
  readonly name = 'table';
  readonly carrier = true;
  readonly columns: ColumnCall[] = [];
  readonly statements: Statement[] = [];
  readonly checks: Statement[] = [];
  comment: { value: Value | undefined; span: Span } | null = null;
  inherits: Value | null = null;
  readonly knex: Knex;
  readonly alters: boolean;

  constructor(knex: Knex, alters: boolean) {
    this.knex = knex;
    this.alters = alters;
  }

  value(): Value {
    return { kind: 'host', host: this };
  }

  get(property: string): Value | undefined {
    if (COLUMN_TYPES.has(property)) return hostFunction(property, (args, site) => new ColumnBuilder(this, this.column(property, args, site)).value());
    if (STATEMENTS.has(property) || (this.alters && ALTER_STATEMENTS.has(property))) {
      return hostFunction(property, (args, { span }) => {
        this.statements.push({ method: property === 'dropColumns' ? 'dropColumn' : property, args, span });
        return this.value();
      });
    }
    const call = TABLE_CALLS[property];
    return call === undefined ? undefined : hostFunction(property, (args, site) => call(this, args, site));
  }

  column(method: string, args: readonly Value[], { span }: Site): ColumnCall {
    const lower = method.toLowerCase();
    const column: ColumnCall = { type: ALIASES[lower] ?? lower, args, modifiers: new Map(), alter: null, span };
    this.columns.push(column);
    return column;
  }

  foreign(column: Value | undefined, name: Value | undefined, span: Span): { key: ForeignKey; statement: Statement } {
    const key: ForeignKey = { column, name };
    const statement: Statement = { method: 'foreign', args: [], foreign: key, span };
    this.statements.push(statement);
    return { key, statement };
  }
}

const TABLE_CALLS: Record<string, ((table: TableBuilder, args: readonly Value[], site: Site) => Value) | undefined> = {
  timestamps,
  dropTimestamps: (table, [camel], { span }) => {
    const names = camel !== undefined && truthOf(camel) === true ? ['createdAt', 'updatedAt'] : ['created_at', 'updated_at'];
    table.statements.push({ method: 'dropColumn', args: [{ kind: 'list', items: names.map((name) => textAt(name, span)) }], span });
    return table.value();
  },
  comment: (table, [value], { span }) => {
    table.comment = { value, span };
    return nothing;
  },
  inherits: (table, [parent]) => {
    table.inherits = parent ?? null;
    return nothing;
  },
  check: (table, args, { span }) => {
    table.checks.push({ method: 'check', args, span });
    return table.value();
  },
  foreign: (table, [column, name], site) => {
    const { key, statement } = table.foreign(column, name, site.span);
    return foreignChain(key, statement);
  },
  queryContext: (table) => table.value(),
};

/** `timestamps(useTimestamps, defaultToNow, useCamelCase)`; both kinds are timestamptz here. */
function timestamps(table: TableBuilder, args: readonly Value[], site: Site): Value {
  const [first] = args;
  const named = first?.kind === 'dictionary' ? first : null;
  const flag = (index: number, name: string): boolean => {
    const value = named === null ? args[index] : named.properties.get(name)?.value;
    return value !== undefined && truthOf(value) === true;
  };
  const now = new Raw(table.knex, textAt('CURRENT_TIMESTAMP', null), undefined, site);
  for (const name of flag(2, 'useCamelCase') ? ['createdAt', 'updatedAt'] : ['created_at', 'updated_at']) {
    const column = table.column('timestamp', [textAt(name, site.span)], site);
    if (!flag(1, 'defaultToNow')) continue;
    column.modifiers.set('nullable', { args: [primitive(false)], span: site.span });
    column.modifiers.set('defaultTo', { args: [{ kind: 'host', host: now }], span: site.span });
  }
  return nothing;
}

const FOREIGN_PARTS: Record<string, keyof ForeignKey> = { on: 'inTable', inTable: 'inTable', withKeyName: 'name', onDelete: 'onDelete', onUpdate: 'onUpdate', deferrable: 'deferrable' };

function fill(key: ForeignKey, property: string, [value]: readonly Value[]): boolean {
  if (property === 'references') {
    key.references = value;
    // `references('table.column')`
    if (value?.kind === 'text' && value.text.includes('.')) {
      const [table = '', column = ''] = value.text.split('.');
      key.inTable = { ...textAt(table, value.span ?? null), holes: value.holes.filter(({ at }) => at < table.length) };
      key.references = { ...textAt(column, value.span ?? null), holes: value.holes.filter(({ at }) => at > table.length).map((hole) => ({ ...hole, at: hole.at - table.length - 1 })) };
    }
    return true;
  }
  const part = FOREIGN_PARTS[property];
  if (part === undefined) return false;
  key[part] = value;
  return true;
}

function foreignChain(key: ForeignKey, statement: Statement): Value {
  const self: HostObject = {
    name: 'foreign',
    get: (property) =>
      hostFunction(property, (args, { span }) => {
        if (fill(key, property, args)) statement.span = span;
        return { kind: 'host', host: self };
      }),
  };
  return { kind: 'host', host: self };
}

/** One column's chain. */
class ColumnBuilder implements HostObject {
  readonly name = 'column';
  private readonly table: TableBuilder;
  private readonly column: ColumnCall;
  private key: { key: ForeignKey; statement: Statement } | null = null;

  constructor(table: TableBuilder, column: ColumnCall) {
    this.table = table;
    this.column = column;
  }

  value(): Value {
    return { kind: 'host', host: this };
  }

  get(property: string): Value | undefined {
    return hostFunction(property, (args, site) => {
      // The whole chain is the column, as far as it is one expression.
      if (site.span.start === this.column.span.start) this.column.span = site.span;
      this.apply(property, args, site);
      return this.value();
    });
  }

  private apply(property: string, args: readonly Value[], { span }: Site): void {
    const { column, table } = this;
    const from = this.key?.statement.span ?? span;
    if (property === 'references') {
      this.key = table.foreign(column.args[0], undefined, span);
      fill(this.key.key, property, args);
    } else if (this.key !== null && fill(this.key.key, property, args)) {
      this.key.statement.span = { start: from.start, end: span.end };
    } else if (property === 'index' || property === 'primary' || property === 'unique') {
      if (!column.type.includes('increments')) table.statements.push({ method: property, args: [column.args[0] ?? nothing, ...args], span });
    } else if (property === 'alter') this.alter(args);
    else this.modify(property, args, span);
  }

  private alter([options]: readonly Value[]): void {
    const flag = (name: string): boolean => {
      const value = options?.kind === 'dictionary' ? options.properties.get(name)?.value : undefined;
      return value === undefined || truthOf(value) !== false;
    };
    this.column.alter = { nullable: flag('alterNullable'), type: flag('alterType') };
  }

  private modify(property: string, args: readonly Value[], span: Span): void {
    if (property === 'notNull' || property === 'notNullable') this.column.modifiers.set('nullable', { args: [primitive(false)], span });
    else {
      const name = property === 'default' || property === 'defaultsTo' ? 'defaultTo' : property;
      if (MODIFIERS.has(name)) this.column.modifiers.set(name, { args, span });
    }
  }
}
