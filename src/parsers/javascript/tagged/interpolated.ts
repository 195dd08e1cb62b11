import type { Span } from '../../../operations/types.js';
import { textAt } from '../evaluate/text.js';
import { host, type List, list, type TemplateParts, type Value } from '../evaluate/value.js';
import { names, type Part, Query } from './query.js';

type Form = 'names' | 'insert' | 'update' | 'values';

/** `sql(row)`, `sql(rows, …columns)`, `sql([…])` of postgres.js: what it becomes depends on the word before it. */
export class Interpolated extends Query {
  private readonly value: Value;
  private readonly columns: readonly Value[];

  constructor(value: Value, columns: readonly Value[], span: Span) {
    super(written(value, columns, isWords(value) ? 'names' : 'insert', span), span);
    this.value = value;
    this.columns = columns;
  }

  as(form: Form): Query {
    return new Query(written(this.value, this.columns, form, this.span), this.span);
  }
}

const WORDS = /(?:^|[\s(])(values|in|select|as|returning|update|insert|\()(?=$|[\s(])/gi;
const FORMS: Record<string, Form | undefined> = { values: 'values', in: 'values', update: 'update', insert: 'insert' };

/** A template's parts with every interpolation in the form that the text before it asks for. */
export function interpolated(template: TemplateParts): TemplateParts {
  const holes = template.holes.map((hole, index) => {
    if (hole.kind !== 'host' || !(hole.host instanceof Interpolated)) return hole;
    const before = template.quasis.slice(0, index + 1).map(({ text }) => text).join('x');
    const word = [...before.matchAll(WORDS)].at(-1)?.[1]?.toLowerCase() ?? '';
    return host(hole.host.as(FORMS[word] ?? 'names'));
  });
  return { ...template, holes };
}

function isWords(value: Value): boolean {
  return value.kind === 'list' && value.items.every(({ kind }) => kind === 'text');
}

function written(value: Value, columns: readonly Value[], form: Form, span: Span): Part[] {
  const rows = value.kind === 'list' ? value.items : [value];
  const chosen = columns.length > 0 ? list([...columns].flatMap((column) => (column.kind === 'list' ? column.items : [column]))) : keysOf(rows[0], span);
  if (form === 'names') return [names(isWords(value) ? value : chosen, ',', span)];
  if (form === 'values') return isFlat(rows) ? tuple(rows.length, span) : tuples(rows, chosen, span);
  if (form === 'update') return assignments(chosen, span);
  return [textAt('(', span), names(chosen, ',', span), textAt(')values', span), ...tuples(rows, chosen, span)];
}

function keysOf(row: Value | undefined, span: Span): List {
  return list(row?.kind === 'dictionary' ? [...row.properties.keys()].map((key) => textAt(key, span)) : row?.kind === 'list' ? row.items : []);
}

function isFlat(rows: readonly Value[]): boolean {
  return !rows.some(({ kind }) => kind === 'dictionary' || kind === 'list');
}

function tuples(rows: readonly Value[], chosen: List, span: Span): Part[] {
  return rows.flatMap((_, index) => (index === 0 ? tuple(chosen.items.length, span) : [textAt(',', span), ...tuple(chosen.items.length, span)]));
}

/** `($1,$2)`. */
function tuple(width: number, span: Span): Part[] {
  const cells = Array.from({ length: width }).flatMap((_, index): Part[] => (index === 0 ? ['value'] : [textAt(',', span), 'value']));
  return [textAt('(', span), ...cells, textAt(')', span)];
}

/** `"a"=$1,"b"=$2`. */
function assignments({ items }: List, span: Span): Part[] {
  return items.flatMap((item, index): Part[] => [...(index === 0 ? [] : [textAt(',', span)]), names(item, '.', span), textAt('=', span), 'value']);
}
