import { textAt } from './text.js';
import { host, type HostObject, hostFunction, primitive, unknown, type Value } from './value.js';

/** A moment that the code itself names. */
export class DateValue implements HostObject {
  readonly name = 'date';
  readonly date: Date;

  constructor(date: Date) {
    this.date = date;
  }

  get(property: string): Value | undefined {
    const { date } = this;
    if (property === 'toISOString' || property === 'toJSON') return hostFunction(property, (_, { span }) => textAt(date.toISOString(), span));
    if (property === 'getTime' || property === 'valueOf') return hostFunction(property, () => primitive(date.getTime()));
    return property === 'getFullYear' || property === 'getUTCFullYear' ? hostFunction(property, () => primitive(date.getUTCFullYear())) : undefined;
  }
}

/** The moment that `new Date(value)` is, or null; without a zone a text means the time of the machine. */
function momentOf(value: Value | undefined): Date | null {
  if (value?.kind === 'primitive' && typeof value.value === 'number') return new Date(value.value);
  if (value?.kind !== 'text' || value.holes.length > 0) return null;
  return /^\d{4}-\d\d-\d\d$|(?:Z|[+-]\d\d:\d\d)$/.test(value.text) ? new Date(value.text) : null;
}

/** `Date`: what is now, only the run knows. */
export const dates: HostObject = {
  name: 'Date',
  construct: (args) => {
    const known = args.length === 1 ? momentOf(args[0]) : null;
    return known === null || Number.isNaN(known.getTime()) ? unknown('date') : host(new DateValue(known));
  },
  get: (property) => (property === 'now' || property === 'UTC' || property === 'parse' ? hostFunction(`Date.${property}`, () => unknown('now')) : undefined),
};
