import type { Span } from '../../../../operations/types.js';
import { wordsOf } from '../../compose.js';
import { isFunction } from '../../callbacks.js';
import { textAt } from '../../evaluate/text.js';
import { host, hostFunction, type Value } from '../../evaluate/value.js';
import { queryOf } from '../../tagged/query.js';
import { type Context, reference, type Sql } from './parts.js';

const DIRECTION = /^(.*?)\s+(asc|desc)$/is;

/** What `orderBy` takes: a column, a column and its direction, several of them. */
export function orderItem(context: Context, [first, second]: readonly Value[], span: Span): Sql[] {
  if (first?.kind === 'list') return first.items.flatMap((item) => orderItem(context, [item], span));
  const match = first?.kind === 'text' && first.holes.length === 0 ? DIRECTION.exec(first.text) : null;
  const column = match === null ? first : textAt(match[1] ?? '', first?.span ?? span);
  return [[reference(context, column, 'column', span), match === null ? direction(context, second, span) : ` ${match[2] ?? ''}`]];
}

function direction({ run }: Context, value: Value | undefined, span: Span): Sql {
  if (value === undefined) return null;
  const made = queryOf(value);
  if (made !== null) return [' ', made.inner];
  if (!isFunction(value)) return [' ', wordsOf(value, 'direction', span)];
  let words = '';
  const WORDS: Record<string, string | undefined> = { asc: ' asc', desc: ' desc', nullsFirst: ' nulls first', nullsLast: ' nulls last' };
  const self: Value = host({
    name: 'order',
    get: (property) =>
      hostFunction(property, () => {
        words += WORDS[property] ?? '';
        return self;
      }),
  });
  run.call(value, [self], { span, callee: 'orderBy' });
  return words;
}
