import type { Span } from '../../../operations/types.js';
import { compose, identifier, type Piece, wordsOf } from '../compose.js';
import { slice, type Text } from '../evaluate/text.js';
import type { Value } from '../evaluate/value.js';
import { literalText, names } from './query.js';

const VARIABLE = /\$(?:(\d+)(:\w+|~|\^|#)?|[{(/<]\s*([\w.]+)\s*(:\w+|~|\^|#)?\s*[})/>])/g;

/** pg-promise writes its values into the text: `$1`, `${name}`, `$1:name`, `${x:raw}`. */
export function formatted(sql: Value | undefined, values: Value | undefined, span: Span): Value | undefined {
  if (sql?.kind !== 'text' || values === undefined || values.kind === 'callable') return sql;
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of sql.text.matchAll(VARIABLE)) {
    const [whole, index, after, name, inside] = match;
    const modifier = inside ?? after ?? '';
    pieces.push(slice(sql, at, match.index), written(valueOf(values, index, name), modifier, span));
    at = match.index + whole.length;
  }
  return at === 0 ? sql : compose(sql.span ?? span, pieces, slice(sql, at, sql.text.length));
}

function valueOf(values: Value, index: string | undefined, name: string | undefined): Value | undefined {
  if (index !== undefined) return values.kind === 'list' ? values.items[Number(index) - 1] : index === '1' ? values : undefined;
  return values.kind === 'dictionary' ? values.properties.get(name ?? '')?.value : undefined;
}

function written(value: Value | undefined, modifier: string, span: Span): Text | Piece {
  if (/^(?::name|~)$/.test(modifier)) return value?.kind === 'list' ? names(value, ',', span) : identifier(wordsOf(value, 'name', span));
  if (/^(?::raw|\^|:value|#)$/.test(modifier)) return wordsOf(value, 'value', span);
  if (/^:(?:csv|list)$/.test(modifier) && value?.kind === 'list') {
    return value.items.flatMap((item, index): Piece[] => (index === 0 ? [literalText(item, span)] : [',', literalText(item, span)]));
  }
  return literalText(value, span);
}
