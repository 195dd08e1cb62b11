import type { Operation, Span } from '../../../operations/types.js';
import type { Interpreter } from '../evaluate/interpreter.js';
import { place, splice, toString, type Edit, type Text } from '../evaluate/text.js';
import { booleanOf, isNone, pathOf, type Argument, type CallValue, type FunctionValue, type Value } from '../evaluate/value.js';
import { sendUnread, type Lowering } from '../alembic/context.js';
import { literal, sendSql, withoutDoubledPercents } from '../alembic/raw-sql.js';
import type { Recorder } from '../alembic/recorder.js';
import { argument } from './field-types.js';
import type { DjangoLibrary } from './library.js';
import type { ProjectState } from './state.js';

export interface Special {
  call: CallValue;
  recorder: Recorder;
  interpreter: Interpreter;
  library: DjangoLibrary;
  backwards: boolean;
  /** The models before it. */
  state: ProjectState;
  /** The migration runs in a transaction. */
  atomic: boolean;
}

function lowering({ call, recorder, interpreter }: Special): Lowering {
  return { call, recorder, interpreter, circumstance: { conditional: false, guard: null }, batch: null };
}

/** `RunSQL(sql, reverse_sql)`: a string, or a list of strings and of pairs with parameters. */
export function runSql(special: Special): void {
  const { call, backwards } = special;
  const place = backwards ? 1 : 0;
  const given = call.keywords.get(backwards ? 'reverse_sql' : 'sql') ?? call.positional[place];
  if (given === undefined || isNone(given.value) || isNoop(given.value)) return;
  const { value } = given;
  if (value.type === 'sequence') for (const item of value.items) runItem(special, item, given);
  else sendText(special, value, given.span, null);
}

function isNoop(value: Value): boolean {
  return /\bRun(?:SQL|Python)\.noop$/.test(pathOf(value) ?? '');
}

function runItem(special: Special, item: Value, given: Argument): void {
  if (item.type !== 'sequence') {
    sendText(special, item, given.span, null);
    return;
  }
  const [sql, parameters] = item.items;
  if (sql !== undefined) sendText(special, sql, given.span, parameters === undefined || isNone(parameters) ? null : parameters);
}

function sendText(special: Special, value: Value, span: Span, parameters: Value | null): void {
  if (value.type !== 'string') {
    sendUnread(lowering(special), 'dynamic', 'SQL known only at run time');
    return;
  }
  if (toString(value.text).trim() === '') return;
  sendSql(lowering(special), parameters === null ? value.text : withParameters(value.text, parameters), span);
}

/** `%s` is a value of the driver's, `%%` a percent sign. */
function withParameters(text: Text, parameters: Value): Text {
  const values = parameters.type === 'sequence' && parameters.open !== true ? [...parameters.items] : [];
  const whole = toString(text);
  const edits: Edit[] = [...whole.matchAll(/%s/g)].map((match) => {
    const shown = literal(values.shift(), whole.slice(0, match.index)) ?? '$1';
    const span = place(text, match.index, match.index + 2);
    return { start: match.index, end: match.index + 2, with: [span === null ? { text: shown } : { text: shown, span }] };
  });
  return withoutDoubledPercents(splice(text, edits));
}

/**
 * `RunPython(code, reverse_code)`: what the function sends is read, as SQL and
 * through models.
 */
export function runPython(special: Special): void {
  const { call, backwards, recorder } = special;
  const value = argument(call, backwards ? 'reverse_code' : 'code', backwards ? 1 : 0);
  if (value === undefined || isNone(value) || isNoop(value)) return;
  const own = booleanOf(argument(call, 'atomic', 2)) === true && !special.atomic;
  const circumstance = { conditional: false, guard: null };
  if (own) recorder.add({ kind: 'begin', implied: true }, call.span, recorder.statement(call.span), circumstance);
  if (value.type === 'function') runFunction(special, value);
  else sendOpaque(special, pathOf(value)?.split('.').at(-1) ?? 'code');
  if (own) recorder.add({ kind: 'commit', implied: true }, call.span, recorder.statement(call.span), circumstance);
}

function runFunction(special: Special, code: FunctionValue): void {
  const { call, recorder, library, interpreter, state } = special;
  const operations = library.follow(state, () => follow(code, call, interpreter));
  for (const operation of operations) recorder.push(replaced(operation, recorder), { conditional: false, guard: null });
}

/** The operation among the statements of the migration. */
function replaced(operation: Operation, recorder: Recorder): Operation {
  return { ...operation, statement: { ...operation.statement, id: recorder.nextStatement(), call: recorder.nextCall() } };
}

function follow(code: FunctionValue, call: CallValue, interpreter: Interpreter): void {
  const editor = { value: { type: 'symbol', path: 'migration.database' } as Value, span: call.span, whole: call.span };
  const apps = { value: { type: 'symbol', path: 'django.apps' } as Value, span: call.span, whole: call.span };
  interpreter.conditional = 0;
  interpreter.guard = null;
  interpreter.invoke(code, { ...call, callee: code, positional: [apps, editor], keywords: new Map(), open: false });
}

/** A callable that is no function of the project's files. */
function sendOpaque(special: Special, name: string): void {
  sendUnread(lowering(special), 'unknown-call', `${name} of RunPython could not be read`);
}
