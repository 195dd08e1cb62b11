import type { DataType, Expression } from '../operations/types.js';

const NUMBERS = ['smallint', 'integer', 'bigint', 'numeric', 'real', 'double precision'];

/** A constant of the type that shows where the author's own value goes; NULL where none suggests itself. */
export function sampleValue(type: DataType | undefined): Expression {
  if (type === undefined || type.schema !== undefined) return 'NULL';
  if ((type.dimensions ?? 0) > 0) return `'{}'`;
  if (NUMBERS.includes(type.name)) return '0';
  if (type.name === 'boolean') return 'false';
  if (type.name.startsWith('character') || type.name === 'text') return `''`;
  if (type.name === 'json' || type.name === 'jsonb') return `'{}'`;
  if (type.name === 'date' || type.name.startsWith('timestamp')) return 'now()';
  return 'NULL';
}
