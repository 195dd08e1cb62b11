import type { ColumnDefinition, DataType } from '../../../operations/types.js';
import { escapeColons } from './write-calls.js';
import { pythonString } from './write-python.js';

const NAMES: Record<string, string> = {
  integer: 'sa.Integer()',
  bigint: 'sa.BigInteger()',
  smallint: 'sa.SmallInteger()',
  'double precision': 'sa.Double()',
  real: 'sa.REAL()',
  text: 'sa.Text()',
  boolean: 'sa.Boolean()',
  date: 'sa.Date()',
  bytea: 'sa.LargeBinary()',
  json: 'sa.JSON()',
  uuid: 'sa.Uuid()',
  jsonb: 'postgresql.JSONB()',
  inet: 'postgresql.INET()',
  cidr: 'postgresql.CIDR()',
  citext: 'postgresql.CITEXT()',
  tsvector: 'postgresql.TSVECTOR()',
  hstore: 'postgresql.HSTORE()',
};

/** A SQLAlchemy type; null where only SQL can say it. */
export function pythonType(type: DataType): string | null {
  if (type.dimensions !== undefined) {
    const { dimensions, ...item } = type;
    const inner = pythonType(item);
    if (inner === null) return null;
    return dimensions === 1 ? `sa.ARRAY(${inner})` : `sa.ARRAY(${inner}, dimensions=${dimensions})`;
  }
  if (type.schema !== undefined || type.modifiers !== undefined || type.fields !== undefined) return null;
  return MODIFIED[type.name]?.(type) ?? NAMES[type.name] ?? null;
}

/** Types that take a length or a precision. */
const MODIFIED: Record<string, (type: DataType) => string> = {
  'character varying': ({ length }) => (length === undefined ? 'sa.String()' : `sa.String(length=${length})`),
  character: ({ length }) => `sa.CHAR(length=${length ?? 1})`,
  numeric,
  'timestamp with time zone': ({ precision }) =>
    precision === undefined ? 'sa.DateTime(timezone=True)' : `postgresql.TIMESTAMP(timezone=True, precision=${precision})`,
  'timestamp without time zone': ({ precision }) =>
    precision === undefined ? 'sa.DateTime()' : `postgresql.TIMESTAMP(precision=${precision})`,
};

function numeric(type: DataType): string {
  if (type.precision === undefined) return 'sa.Numeric()';
  return type.scale === undefined ? `sa.Numeric(precision=${type.precision})` : `sa.Numeric(precision=${type.precision}, scale=${type.scale})`;
}

/** Facts that a plain `sa.Column` does not say. */
const SPECIAL = ['identity', 'generated', 'collation', 'storage', 'compression', 'notNullName'] as const;

/** `sa.Column(…)` of a plain column; null where only SQL can say it. */
export function pythonColumn(column: ColumnDefinition): string | null {
  const type = column.type === undefined ? null : pythonType(column.type);
  const special = SPECIAL.some((fact) => column[fact] !== undefined) || (column.constraints?.length ?? 0) > 0;
  if (type === null || special) return null;
  const parts = [
    pythonString(column.name),
    type,
    ...(column.default === undefined ? [] : [`server_default=sa.text(${pythonString(escapeColons(column.default))})`]),
    `nullable=${column.notNull === true ? 'False' : 'True'}`,
  ];
  return `sa.Column(${parts.join(', ')})`;
}
