import { place, splice, toString, type Edit, type Part, type Text } from '../evaluate/text.js';
import { display } from '../evaluate/format.js';
import { isNone, NONE, pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { quoteIdentifier } from '../../../sql/name.js';
import { sendUnread, type Lowering } from './context.js';
import { literal, sendSql, withoutDoubledPercents } from './raw-sql.js';
import { Arguments } from './reading.js';

// SQL as drivers take it, past SQLAlchemy: `%s` and `%(name)s` of psycopg, `$1`
// of asyncpg, and the composed SQL of `psycopg.sql`.

/** `exec_driver_sql(s, parameters)`: the driver reads `%%` as one percent sign. */
export function executeDriver(lowering: Lowering): void {
  const { call } = lowering;
  const text = sqlOf(call.positional[0]?.value ?? call.keywords.get('statement')?.value);
  const parameters = call.positional[1]?.value ?? call.keywords.get('parameters')?.value;
  if (text === null) sendUnread(lowering, 'dynamic', 'SQL known only at run time');
  else for (const row of rowsOf(parameters)) sendSql(lowering, withDriverParameters(text, row), spanOf(call));
}

/** `cursor.execute(s, parameters)` and `cursor.executemany(s, rows)`: without parameters nothing is replaced. */
export function executeCursor(lowering: Lowering, many: boolean): void {
  const { call } = lowering;
  const args = new Arguments(call, ['query', many ? 'vars_list' : 'vars']);
  const text = sqlOf(args.value('query'));
  const given = args.value('vars') ?? args.value('vars_list') ?? args.value('params');
  if (text === null) sendUnread(lowering, 'dynamic', 'SQL known only at run time');
  else if (given === undefined || isNone(given)) sendSql(lowering, text, spanOf(call));
  else for (const row of many ? itemsOf(given) : [given]) sendSql(lowering, withDriverParameters(text, row), spanOf(call));
}

/** A list that nobody knows is some rows: one stands for all of them. */
function itemsOf(rows: Value): (Value | undefined)[] {
  return rows.type === 'sequence' && rows.open !== true ? rows.items : [undefined];
}

function spanOf(call: CallValue): CallValue['span'] {
  return call.positional[0]?.span ?? call.span;
}

/** A list of dictionaries or tuples is many executions. */
function rowsOf(parameters: Value | undefined): (Value | undefined)[] {
  if (parameters?.type !== 'sequence' || parameters.form !== 'list' || parameters.open === true) return [parameters];
  const several = parameters.items.every((item) => item.type === 'dictionary' || item.type === 'sequence');
  return several && parameters.items.length > 0 ? parameters.items : [parameters];
}

/** `%s`, `%(name)s`, `$1` filled in where their values are known, `%%` made one percent sign. */
function withDriverParameters(text: Text, values: Value | undefined): readonly Part[] {
  const items = values?.type === 'sequence' ? values.items : [];
  const named = new Map((values?.type === 'dictionary' ? values.entries : []).map((entry) => [stringOf(entry.key) ?? '', entry.value]));
  const whole = toString(text);
  const edits: Edit[] = [];
  let count = 0;
  for (const match of whole.matchAll(/%%|%(?:\((\w+)\))?[sbt]/g)) {
    if (match[0] === '%%') continue;
    const value = match[1] === undefined ? items[count] : named.get(match[1]);
    const shown = driverLiteral(value, whole.slice(0, match.index)) ?? `$${count + 1}`;
    count++;
    const end = match.index + match[0].length;
    const span = place(text, match.index, end);
    edits.push({ start: match.index, end, with: [span === null ? { text: shown } : { text: shown, span }] });
  }
  return withoutDoubledPercents(edits.length === 0 ? text : splice(text, edits));
}

/** A list is an array to psycopg, a tuple the list of an IN. */
function driverLiteral(value: Value | undefined, before: string): string | null {
  if (value?.type === 'sequence' && value.form === 'list' && value.open !== true) {
    return `ARRAY[${value.items.map((item) => literal(item, '') ?? 'NULL').join(', ')}]`;
  }
  return literal(value, before);
}

/** The text of a string, or of what `psycopg.sql` composes; null where it is not known. */
function sqlOf(value: Value | undefined): Text | null {
  if (value?.type === 'string') return value.text;
  if (value?.type === 'operator' && value.operator === '+' && value.left !== null) return joined([sqlOf(value.left), sqlOf(value.right)]);
  return value?.type === 'call' ? composed(value) : null;
}

const COMPOSED = /^psycopg[23]?\.sql\.(\w+)$/;

function composed(call: CallValue): Text | null {
  const kind = COMPOSED.exec(pathOf(call.callee) ?? '')?.[1] ?? '';
  const part = PARTS[kind];
  if (part !== undefined) return part(call.positional[0]?.value, call);
  return call.callee.type === 'attribute' ? method(call.callee.object, call.callee.name, call) : null;
}

const PARTS: Record<string, (first: Value | undefined, call: CallValue) => Text | null> = {
  SQL: (first) => (first?.type === 'string' ? first.text : null),
  Identifier: (_first, call) => {
    const names = call.positional.map((argument) => stringOf(argument.value));
    return names.includes(null) ? display(call) : [{ text: names.map((name) => quoteIdentifier(name ?? '')).join('.') }];
  },
  Literal: (first) => [{ text: driverLiteral(first, '') ?? '$1' }],
  Placeholder: (first) => [{ text: first?.type === 'string' ? `%(${toString(first.text)})s` : '%s' }],
  Composed: (first) => (first?.type === 'sequence' ? joined(first.items.map(sqlOf)) : null),
};

function method(object: Value, name: string, call: CallValue): Text | null {
  const text = sqlOf(object);
  if (text === null || (object.type === 'string' && name !== 'format')) return null;
  if (name === 'format') return formatted(text, call);
  if (name !== 'join') return null;
  const items = call.positional[0]?.value;
  if (items?.type !== 'sequence' || items.open === true) return null;
  return joined(items.items.flatMap((item, index) => (index === 0 ? [sqlOf(item)] : [text, sqlOf(item)])));
}

/** `SQL("… {} … {name} …").format(a, name=b)`. */
function formatted(text: Text, call: CallValue): Text | null {
  const edits: Edit[] = [];
  let count = 0;
  for (const match of toString(text).matchAll(/\{\{|\}\}|\{(\w*)\}/g)) {
    const word = match[1];
    const end = match.index + match[0].length;
    if (word === undefined) {
      edits.push({ start: match.index, end, with: [{ text: match[0].slice(1) }] });
      continue;
    }
    const given = /^\d*$/.test(word) ? call.positional[word === '' ? count++ : Number(word)]?.value : call.keywords.get(word)?.value;
    edits.push({ start: match.index, end, with: sqlOf(given) ?? display(given ?? NONE) });
  }
  return splice(text, edits);
}

function joined(parts: readonly (Text | null)[]): Text | null {
  return parts.includes(null) ? null : (parts as Text[]).flat();
}
