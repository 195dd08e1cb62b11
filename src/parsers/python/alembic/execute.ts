import type { QualifiedName, Span } from '../../../operations/types.js';
import { formatPercent } from '../evaluate/format.js';
import { booleanOf, pathOf, stringOf, type Argument, type CallValue, type StringValue, type Value } from '../evaluate/value.js';
import { toString } from '../evaluate/text.js';
import { sendCore } from './core-statements.js';
import { send, sendUnread, type Lowering } from './context.js';
import { executeDriver } from './driver-sql.js';
import { indexDraft } from './indexes.js';
import { sendSql, withoutDoubledPercents, withParameters, type Parameters } from './raw-sql.js';
import { Arguments, Reading } from './reading.js';
import { calledName } from './symbols.js';
import { tableOf } from './table-value.js';
import { createTableOf } from './tables.js';

/** `op.execute(x)` and `connection.execute(x, parameters)`. */
export function execute(lowering: Lowering): void {
  const argument = lowering.call.positional[0] ?? firstKeyword(lowering.call, 'sqltext', 'statement', 'clause');
  if (argument === undefined) {
    sendUnread(lowering, 'dynamic', 'SQL known only at run time');
    return;
  }
  executeValue(lowering, argument, lowering.call.positional[1]?.value ?? lowering.call.keywords.get('params')?.value);
}

function firstKeyword(call: CallValue, ...names: string[]): Argument | undefined {
  for (const name of names) {
    const found = call.keywords.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function executeValue(lowering: Lowering, argument: Argument, parameters: Value | undefined): void {
  const { value, span } = argument;
  if (value.type === 'string') {
    // A plain string on a connection, before SQLAlchemy 2, is the driver's.
    if (isDriverSql(lowering, value)) executeDriver({ ...lowering, call: { ...lowering.call, positional: lowering.call.positional.slice(0, 2) } });
    else sendSql(lowering, withParameters(value.text, bound(parameters)), span);
    return;
  }
  const text = textClause(value);
  if (text !== null) {
    const merged = new Map([...text.parameters, ...bound(parameters)]);
    if (text.source.type === 'string') sendSql(lowering, withParameters(text.source.text, merged), span);
    else sendUnread(lowering, 'dynamic', 'SQL known only at run time');
    return;
  }
  if (sendElement(lowering, value, span)) return;
  if (sendCore(lowering, value, span, parameters)) return;
  if (value.type === 'sequence' && value.open !== true) {
    for (const item of value.items) executeValue(lowering, { ...argument, value: item }, parameters);
    return;
  }
  sendUnread(lowering, 'dynamic', 'SQL known only at run time');
}

function isDriverSql({ call }: Lowering, { text }: StringValue): boolean {
  return pathOf(call.callee)?.startsWith('migration.') === true && /%(?:\(\w+\))?s/.test(toString(text));
}

/** The values of a dictionary of parameters, or of the first of several. */
function bound(parameters: Value | undefined): Parameters {
  const found = new Map<string, Value>();
  const row = parameters?.type === 'sequence' ? parameters.items[0] : parameters;
  // Many rows are many executions: what differs between them is not known.
  const several = parameters?.type === 'sequence' && parameters.items.length > 1;
  if (row?.type !== 'dictionary' || several) return found;
  for (const entry of row.entries) found.set(new Reading().name(entry.key), entry.value);
  return found;
}

/** `sa.text("…").bindparams(a=1)`, with whatever else is chained. */
function textClause(value: Value): { source: Value; parameters: Parameters } | null {
  if (value.type !== 'call') return null;
  if (calledName(value) === 'text') {
    return { source: value.positional[0]?.value ?? value.keywords.get('text')?.value ?? { type: 'unknown', name: 'sql' }, parameters: new Map() };
  }
  if (value.callee.type !== 'attribute') return null;
  const inner = textClause(value.callee.object);
  if (inner === null || value.callee.name !== 'bindparams') return inner;
  return { source: inner.source, parameters: new Map([...inner.parameters, ...bindings(value)]) };
}

/** `bindparams(a=1)` and `bindparams(sa.bindparam("a", 1))`. */
function bindings(call: CallValue): [string, Value][] {
  const named = [...call.keywords].map(([name, argument]): [string, Value] => [name, argument.value]);
  const built = call.positional.flatMap(({ value }): [string, Value][] => {
    if (value.type !== 'call' || calledName(value) !== 'bindparam') return [];
    const args = new Arguments(value, ['key', 'value']);
    const given = args.value('value');
    return given === undefined ? [] : [[new Reading().name(args.value('key')), given]];
  });
  return [...named, ...built];
}

type Element = (lowering: Lowering, args: Arguments, reading: Reading, span: Span) => void;

/** DDL elements of SQLAlchemy: `CreateSequence(Sequence("s"))`. False when `value` is none. */
function sendElement(lowering: Lowering, value: Value, span: Span): boolean {
  const name = calledName(value);
  const element = name === null ? undefined : ELEMENTS[name];
  if (element === undefined || value.type !== 'call') return false;
  element(lowering, new Arguments(value, ['element']), new Reading(), span);
  return true;
}

const ELEMENTS: Record<string, Element> = {
  DDL: (lowering, args, _reading, span) => {
    const text = args.value('element') ?? args.value('statement');
    const context = args.value('context');
    if (text?.type === 'string') sendSql(lowering, context?.type === 'dictionary' ? formatPercent(text.text, context) : withoutDoubledPercents(text.text), span);
    else sendUnread(lowering, 'dynamic', 'SQL known only at run time');
  },
  CreateSequence: (lowering, args, reading, span) => {
    const sequence = args.value('element');
    const options = sequence?.type === 'call' ? sequenceOptions(sequence) : '';
    send(
      lowering,
      {
        kind: 'createSequence',
        sequence: elementName(sequence, reading),
        ...(options === '' ? {} : { options }),
        ...(args.flag('if_not_exists') ? { guard: 'if not exists' as const } : {}),
      },
      span,
      reading,
    );
  },
  DropSequence: (lowering, args, reading, span) => {
    const guard = args.flag('if_exists') ? { guard: 'if exists' as const } : {};
    send(lowering, { kind: 'dropObject', object: 'sequence', name: elementName(args.value('element'), reading), ...guard }, span, reading);
  },
  CreateSchema: (lowering, args, reading, span) => {
    const guard = args.flag('if_not_exists') ? { guard: 'if not exists' as const } : {};
    send(lowering, { kind: 'createSchema', schema: reading.name(args.value('element') ?? args.value('name')), ...guard }, span, reading);
  },
  DropSchema: (lowering, args, reading, span) => {
    const guard = args.flag('if_exists') ? { guard: 'if exists' as const } : {};
    const cascade = args.flag('cascade') ? { cascade: true as const } : {};
    const name = { name: reading.name(args.value('element') ?? args.value('name')) };
    send(lowering, { kind: 'dropObject', object: 'schema', name, ...guard, ...cascade }, span, reading);
  },
  SetTableComment: (lowering, args, reading, span) => {
    const table = args.value('element');
    const comment = table?.type === 'call' ? stringOf(table.keywords.get('comment')?.value) : null;
    send(lowering, { kind: 'comment', object: 'table', name: elementName(table, reading), comment }, span, reading);
  },
  DropTableComment: (lowering, args, reading, span) => {
    send(lowering, { kind: 'comment', object: 'table', name: elementName(args.value('element'), reading), comment: null }, span, reading);
  },
  CreateTable: (lowering, args, reading) => {
    const element = args.value('element');
    const guard = args.flag('if_not_exists') ? { guard: 'if not exists' as const } : {};
    if (element?.type !== 'call') sendUnread(lowering, 'dynamic', 'table known only at run time');
    else createTableElement(lowering, element, reading, guard);
  },
  DropTable: (lowering, args, reading, span) => {
    const guard = args.flag('if_exists') ? { guard: 'if exists' as const } : {};
    send(lowering, { kind: 'dropTable', table: elementName(args.value('element'), reading), ...guard }, span, reading);
  },
  CreateIndex: (lowering, args, reading, span) => {
    const element = args.value('element');
    if (element?.type !== 'call') {
      sendUnread(lowering, 'dynamic', 'index known only at run time');
      return;
    }
    const [name, ...keys] = element.positional.map((argument) => argument.value);
    const table = keys.map((key) => tableOfColumn(key, reading)).find((found) => found !== null);
    if (table === undefined || table === null) reading.partial = true;
    const draft = indexDraft(new Arguments(element, ['name']), name, table ?? { name: reading.name(undefined) }, keys, reading);
    if (args.flag('if_not_exists')) draft.guard = 'if not exists';
    send(lowering, draft, span, reading);
  },
  DropIndex: (lowering, args, reading, span) => {
    const guard = args.flag('if_exists') ? { guard: 'if exists' as const } : {};
    const element = args.value('element');
    const concurrently =
      element?.type === 'call' && booleanOf(new Arguments(element, []).postgres('concurrently')) === true ? { concurrently: true as const } : {};
    send(lowering, { kind: 'dropIndex', index: elementName(element, reading), ...concurrently, ...guard }, span, reading);
  },
};

/** `sa.Table("t", metadata, …).create(bind)` and `CreateTable(sa.Table(…))`. */
export function createTableElement(
  lowering: Lowering,
  table: CallValue,
  reading: Reading,
  guard: { guard?: 'if not exists' },
): void {
  const args = new Arguments(table, ['table_name']);
  const name = tableOf(table, reading) ?? { name: reading.name(args.value('table_name')) };
  const elements = table.positional.slice(2).map((argument) => argument.value);
  createTableOf(lowering, name, elements, args, reading, guard);
}

function tableOfColumn(value: Value, reading: Reading): QualifiedName | null {
  if (value.type !== 'attribute') return null;
  const holder = value.object.type === 'attribute' ? value.object.object : value.object;
  return tableOf(holder, reading);
}

function elementName(value: Value | undefined, reading: Reading): QualifiedName {
  const table = tableOf(value, reading);
  if (table !== null) return table;
  if (calledName(value) === 'Index' && value?.type === 'call') {
    const schema = value.positional.slice(1).map((argument) => tableOfColumn(argument.value, reading)).find((found) => found !== null)?.schema;
    const name = reading.name(value.positional[0]?.value);
    return schema === undefined ? { name } : { schema, name };
  }
  if (value?.type === 'call') return reading.qualified(value.positional[0]?.value, value.keywords.get('schema')?.value);
  return { name: reading.name(value) };
}

function sequenceOptions(call: CallValue): string {
  const words: [string, string][] = [
    ['increment', 'INCREMENT BY'],
    ['start', 'START WITH'],
    ['minvalue', 'MINVALUE'],
    ['maxvalue', 'MAXVALUE'],
    ['cache', 'CACHE'],
  ];
  const args = new Arguments(call, ['name', 'start', 'increment', 'minvalue', 'maxvalue']);
  const parts = words.flatMap(([keyword, sql]) => {
    const value = args.number(keyword);
    return value === undefined ? [] : [`${sql} ${value}`];
  });
  if (args.flag('nominvalue')) parts.push('NO MINVALUE');
  if (args.flag('nomaxvalue')) parts.push('NO MAXVALUE');
  const cycle = booleanOf(args.value('cycle'));
  if (cycle !== null) parts.push(cycle ? 'CYCLE' : 'NO CYCLE');
  return parts.join(' ');
}

