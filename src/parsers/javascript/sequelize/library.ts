import { textAt } from '../evaluate/text.js';
import { type HostObject, hostFunction, unknown, type Value } from '../evaluate/value.js';
import { Options, spelt } from '../options.js';

/** A Sequelize data type: `DataTypes.STRING`, `STRING(40)`, `ARRAY(STRING)`. */
export class TypeValue implements HostObject {
  readonly name: string;
  readonly args: readonly Value[];
  private readonly binary: boolean;

  constructor(name: string, args: readonly Value[] = [], binary = false) {
    this.name = name;
    this.args = args;
    this.binary = binary;
  }

  call(args: Value[]): Value {
    return { kind: 'host', host: new TypeValue(this.name, args) };
  }

  construct(args: Value[]): Value {
    return this.call(args);
  }

  get(property: string): Value | undefined {
    if (property === 'BINARY') return { kind: 'host', host: new TypeValue(this.name, this.args, true) };
    return ['UNSIGNED', 'ZEROFILL'].includes(property) ? { kind: 'host', host: this } : undefined;
  }

  /** The type's SQL on PostgreSQL; an enum's is the table's affair. */
  sql(): string {
    const [first, second] = this.args;
    const word = (value: Value | undefined, otherwise: string): string => (value === undefined ? otherwise : spelt(value, 'length').text);
    const options = first?.kind === 'dictionary' ? new Options(first) : null;
    switch (this.name) {
      case 'STRING':
        return this.binary ? 'BYTEA' : `VARCHAR(${options?.text('length') ?? word(first, '255')})`;
      case 'CHAR':
        return this.binary ? 'BYTEA' : `CHAR(${options?.text('length') ?? word(first, '255')})`;
      case 'DECIMAL':
      case 'NUMERIC': {
        const precision = options === null ? first : options.get('precision');
        const scale = options === null ? second : options.get('scale');
        if (precision === undefined) return 'DECIMAL';
        return scale === undefined ? `DECIMAL(${word(precision, '')})` : `DECIMAL(${word(precision, '')},${word(scale, '')})`;
      }
      case 'FLOAT':
        return first === undefined || second !== undefined ? 'FLOAT' : `FLOAT(${word(first, '')})`;
      case 'ARRAY':
        return `${typeSql(options?.get('type') ?? first)}[]`;
      case 'RANGE':
        return RANGES[typeSql(first)] ?? 'int4range';
      case 'GEOMETRY':
      case 'GEOGRAPHY':
        return first === undefined ? this.name : `${this.name}(${[first, second].filter((value) => value !== undefined).map((value) => word(value, '')).join(',')})`;
      default:
        return NAMES[this.name] ?? this.name;
    }
  }
}

const RANGES: Record<string, string | undefined> = {
  INTEGER: 'int4range', BIGINT: 'int8range', DECIMAL: 'numrange', 'TIMESTAMP WITH TIME ZONE': 'tstzrange', DATE: 'daterange',
};

const NAMES: Record<string, string | undefined> = {
  DOUBLE: 'DOUBLE PRECISION', DATE: 'TIMESTAMP WITH TIME ZONE', DATEONLY: 'DATE', BLOB: 'BYTEA', MEDIUMINT: 'INTEGER', NOW: 'TIMESTAMP WITH TIME ZONE', UUIDV1: 'UUID', UUIDV4: 'UUID',
};

/** SQL of a type given as a data type or as the author's own text. */
export function typeSql(type: Value | undefined): string {
  if (type?.kind === 'host' && type.host instanceof TypeValue) return type.host.sql();
  return spelt(type, 'type').text;
}

/** Values of an ENUM type, or of an array of one; null when it is none. */
export function enumOf(type: Value | undefined): { values: readonly Value[]; array: boolean } | null {
  if (type?.kind !== 'host' || !(type.host instanceof TypeValue)) return null;
  const { name, args } = type.host;
  const [first] = args;
  if (name === 'ARRAY') {
    const inner = enumOf(first?.kind === 'dictionary' ? first.properties.get('type')?.value : first);
    return inner === null ? null : { ...inner, array: true };
  }
  if (name !== 'ENUM') return null;
  const list = first?.kind === 'dictionary' ? first.properties.get('values')?.value : first;
  return { values: list?.kind === 'list' ? list.items : args, array: false };
}

/** `Sequelize.literal(sql)`, `Sequelize.fn(name, …)`, `Sequelize.col(name)`: SQL of the author's own. */
export class Expression implements HostObject {
  readonly name: 'literal' | 'fn' | 'col' | 'cast' | 'where' | 'json';
  readonly args: readonly Value[];

  constructor(name: Expression['name'], args: readonly Value[]) {
    this.name = name;
    this.args = args;
  }
}

const TYPES = new Set([
  'STRING', 'CHAR', 'TEXT', 'CITEXT', 'INTEGER', 'BIGINT', 'SMALLINT', 'TINYINT', 'MEDIUMINT', 'FLOAT', 'DOUBLE', 'REAL', 'DECIMAL', 'NUMERIC', 'BOOLEAN', 'DATE', 'DATEONLY', 'TIME', 'UUID',
  'UUIDV1', 'UUIDV4', 'NOW', 'JSON', 'JSONB', 'BLOB', 'ARRAY', 'RANGE', 'ENUM', 'GEOMETRY', 'GEOGRAPHY', 'HSTORE', 'INET', 'CIDR', 'MACADDR', 'TSVECTOR', 'VIRTUAL', 'NUMBER',
]);

const text = (value: string): Value => textAt(value, null);

/** What `sequelize` exports, as far as migrations use it. */
export function sequelizeMember(property: string): Value | undefined {
  if (property === 'DataTypes' || property === 'Sequelize' || property === 'default') return sequelizeLibrary;
  if (TYPES.has(property)) return { kind: 'host', host: new TypeValue(property) };
  if (['literal', 'fn', 'col', 'cast', 'where', 'json'].includes(property)) {
    return hostFunction(property, (args, { span }) => ({ kind: 'host', host: new Expression(property as Expression['name'], args), span }));
  }
  if (property === 'Op') return { kind: 'host', host: { name: 'Op', get: (name) => text(`Op.${name}`) } };
  if (property === 'QueryTypes') return { kind: 'host', host: { name: property, get: text } };
  if (property === 'Deferrable') return { kind: 'host', host: { name: property, get: (name) => text(name) } };
  if (property === 'Transaction' || property === 'ISOLATION_LEVELS' || property === 'TYPES') return { kind: 'host', host: { name: property, get: (name) => sequelizeMember(name) ?? text(name) } };
  return undefined;
}

/** The second argument of `up`. */
export const sequelizeLibrary: Value = { kind: 'host', host: { name: 'Sequelize', get: (property) => sequelizeMember(property), construct: () => unknown('sequelize') } };
