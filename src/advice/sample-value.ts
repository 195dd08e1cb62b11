import type { DataType, Expression } from '../operations/types.js';

const SAMPLES: Readonly<Record<string, Expression>> = {
  smallint: '0',
  integer: '0',
  bigint: '0',
  numeric: '0',
  real: '0',
  'double precision': '0',
  boolean: 'false',
  text: `''`,
  character: `''`,
  'character varying': `''`,
  json: `'{}'`,
  jsonb: `'{}'`,
  date: 'now()',
  'timestamp with time zone': 'now()',
  'timestamp without time zone': 'now()',
};

/** A constant of the type that shows where the author's own value goes; NULL where none suggests itself. */
export function sampleValue(type: DataType | undefined): Expression {
  if (type === undefined || type.schema !== undefined) return 'NULL';
  return (type.dimensions ?? 0) > 0 ? `'{}'` : (SAMPLES[type.name] ?? 'NULL');
}
