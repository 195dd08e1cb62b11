import type { ColumnDefinition } from '../../operations/types.js';
import { mismatchOfDefault } from '../default-value.js';
import type { Outcome } from '../outcome.js';
import { isMissingType } from '../type-change.js';
import { isMissingFunction } from './routines.js';

/** A type, a default and functions that there are. */
export function refuseColumn({ type, default: value }: ColumnDefinition, outcome: Outcome): void {
  if (type !== undefined && isMissingType(type, outcome.schema)) outcome.fail('42704', 'always');
  if (value === undefined) return;
  if (isMissingFunction(value, outcome)) outcome.fail('42883', 'always');
  const wrong = type === undefined ? null : mismatchOfDefault(value, type, outcome.schema);
  if (wrong !== null) outcome.fail(wrong, 'always');
}
