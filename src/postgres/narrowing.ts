import type { DataType } from '../operations/types.js';

const INTEGERS = ['smallint', 'integer', 'bigint'];
const FRACTIONS = ['numeric', 'real', 'double precision'];
const TEXTS = ['text', 'character varying', 'character'];
const OF_SERIAL: Readonly<Record<string, string>> = { serial: 'integer', bigserial: 'bigint', smallserial: 'smallint' };

/**
 * Why some values of `from` may not fit into `to`: they are refused, cut or
 * rounded by the cast. Null when every value fits, or when the two types are
 * not of kinds that can be compared.
 */
export function narrowing(from: DataType, to: DataType): string | null {
  const was = OF_SERIAL[from.name] ?? from.name;
  const becomes = OF_SERIAL[to.name] ?? to.name;
  if ((from.dimensions ?? 0) !== (to.dimensions ?? 0)) return null;
  return (
    shorterText(from, to) ??
    smallerInteger(was, becomes) ??
    fewerDigits(from, to, was, becomes) ??
    textToOther(was, becomes) ??
    lessTime(from, to)
  );
}

function shorterText(from: DataType, to: DataType): string | null {
  if (!TEXTS.includes(from.name) || !TEXTS.includes(to.name) || to.length === undefined) return null;
  if (from.length !== undefined && from.length <= to.length) return null;
  return `values longer than ${to.length} characters are refused`;
}

function smallerInteger(was: string, becomes: string): string | null {
  const before = INTEGERS.indexOf(was);
  const after = INTEGERS.indexOf(becomes);
  return before > after && after >= 0 ? `values beyond the range of ${becomes} are refused` : null;
}

function fewerDigits(from: DataType, to: DataType, was: string, becomes: string): string | null {
  if (FRACTIONS.includes(was) && INTEGERS.includes(becomes)) return 'fractions are rounded away';
  if (was === 'double precision' && becomes === 'real') return 'digits beyond the sixth are lost';
  return was === 'numeric' && becomes === 'numeric' ? smallerNumeric(from, to) : null;
}

function smallerNumeric(from: DataType, to: DataType): string | null {
  if (to.precision === undefined) return null;
  if (from.precision === undefined) return 'larger values are refused and further digits rounded away';
  if ((to.scale ?? 0) < (from.scale ?? 0)) return 'further digits are rounded away';
  const whole = (type: DataType): number => (type.precision ?? 0) - (type.scale ?? 0);
  return whole(to) < whole(from) ? 'larger values are refused' : null;
}

function textToOther(was: string, becomes: string): string | null {
  if (!TEXTS.includes(was) || TEXTS.includes(becomes)) return null;
  const strict = [...INTEGERS, ...FRACTIONS, 'boolean', 'uuid', 'date', 'jsonb', 'json', 'inet'];
  return strict.includes(becomes) || becomes.startsWith('timestamp') ? `text that is no ${becomes} is refused` : null;
}

function lessTime(from: DataType, to: DataType): string | null {
  if (from.name.startsWith('timestamp') && to.name === 'date') return 'the time of day is lost';
  if (from.name.startsWith('timestamp') && to.name.startsWith('time ')) return 'the date is lost';
  const kind = (type: DataType): string => type.name.split(' ')[0] as string;
  if (!['timestamp', 'time', 'interval'].includes(kind(from)) || kind(from) !== kind(to)) return null;
  if (to.precision === undefined || to.precision >= (from.precision ?? 6)) return null;
  return 'fractions of a second are rounded away';
}
