import type { CreateFunctionStatement, SetGlobalStatement, Statement } from 'pgsql-ast-parser';
import type { Argument, OperationDraft } from '../../../operations/types.js';
import { type parseType } from '../../../sql/type.js';
import { flag, ifNotExists, nameSpan, qualified, typeAt, type Located, type Range } from './located.js';
import { alterEnum, alterSequence, comment, createIndex, createView, drop, dropFunction, sequenceOptions, truncate } from './objects.js';
import { insert, remove, select, update } from './queries.js';
import { alterIndex, alterTable, createTable } from './tables.js';

type StatementType = Statement['type'];
type StatementOf<T extends StatementType> = Extract<Statement, { type: T }>;
/** False for what the tree does not say well enough to act on. */
type Lower<T extends StatementType> = (s: Located, node: StatementOf<T>) => boolean;

const whole = (draft: (s: Located) => OperationDraft) => (s: Located) => emit(s, draft(s));

function emit(s: Located, draft: OperationDraft): true {
  s.emit(draft, s.wholeSpan());
  return true;
}

const utility = whole((s) => ({ kind: 'utility', command: s.word(s.first).toUpperCase(), text: s.whole() }));

const STATEMENTS: { readonly [T in StatementType]?: Lower<T> } = {
  'create table': createTable,
  'alter table': alterTable,
  'alter index': alterIndex,
  'create index': createIndex,
  'drop table': drop,
  'drop index': drop,
  'drop sequence': drop,
  'drop type': drop,
  'drop function': dropFunction,
  'truncate table': truncate,
  'alter enum': alterEnum,
  comment,
  'create view': createView,
  'create materialized view': createView,
  'alter sequence': alterSequence,
  insert,
  update,
  delete: remove,
  select,
  values: select,
  union: select,
  'union all': select,
  with: select,
  'with recursive': select,
  'create function': createFunction,
  set: setParameter,
  'set timezone': whole((s) => ({ kind: 'setParameter', name: 'timezone', value: s.text(timezoneValue(s), s.last) })),
  prepare: utility,
  deallocate: utility,
  show: utility,
  commit: whole(() => ({ kind: 'commit' })),
  rollback: whole(() => ({ kind: 'rollback' })),
  begin: whole((s) => beginOf(s, ['transaction', 'work'])),
  'start transaction': whole((s) => beginOf(s, ['transaction'])),
  'create enum': (s, node) =>
    at(s, node.name, { kind: 'createEnum', type: qualified(s, node.name), values: node.values.map(({ value }) => value) }),
  'create schema': (s, node) => at(s, node.name, { kind: 'createSchema', schema: s.name(node.name.name), ...ifNotExists(node.ifNotExists) }),
  'create extension': (s, node) =>
    at(s, node.extension, {
      kind: 'createExtension',
      extension: s.name(node.extension.name),
      ...ifNotExists(node.ifNotExists),
      ...(node.schema !== undefined && { schema: s.name(node.schema.name) }),
      ...(node.version !== undefined && { version: node.version.value }),
    }),
  'create sequence': (s, node) => {
    const { ownedBy, ...options } = sequenceOptions(s, s.afterName(s.indexOf(node.name)));
    return at(s, node.name, {
      kind: 'createSequence',
      sequence: qualified(s, node.name),
      ...ifNotExists(node.ifNotExists),
      ...(node.temp === true && { persistence: 'temporary' as const }),
      ...options,
      ...(ownedBy != null && { ownedBy }),
    });
  },
  'refresh materialized view': (s, node) =>
    at(s, node.name, {
      kind: 'refreshMaterializedView',
      view: qualified(s, node.name),
      ...flag('concurrently', node.concurrently),
      ...flag('withNoData', node.withData === false),
    }),
  // Its body is no SQL to this engine.
  do: (s, node) => {
    const body = stringFrom(s, s.first);
    if (body === undefined) return false;
    s.emit({ kind: 'call', language: node.language?.name ?? 'plpgsql', text: body, opaque: true }, s.span(s.first));
    return true;
  },
};

/** Writes what a statement does into its reader; false, and nothing written, where it cannot tell. */
export function lower(s: Located, statement: Statement): boolean {
  return lowerOf(statement.type)?.(s, statement) ?? false;
}

function lowerOf<T extends StatementType>(type: T): ((s: Located, node: Statement) => boolean) | undefined {
  return STATEMENTS[type] as ((s: Located, node: Statement) => boolean) | undefined;
}

function at(s: Located, node: Parameters<typeof nameSpan>[1], draft: OperationDraft): true {
  s.emit(draft, nameSpan(s, node));
  return true;
}

/** The next string as its author wrote it: the library trims bodies. */
function stringFrom(s: Located, from: number): string | undefined {
  for (let index = from; index < s.last; index++) {
    const token = s.token(index);
    if (token?.kind === 'string') return token.value;
  }
  return undefined;
}

function beginOf(s: Located, optional: readonly string[]): OperationDraft {
  const from = optional.includes(s.word(s.first + 1)) ? s.first + 2 : s.first + 1;
  const modes = s.text(from, s.last);
  return { kind: 'begin', ...(modes !== '' && { modes }) };
}

function timezoneValue(s: Located): number {
  return s.find('zone') + 1;
}

const ASSIGNS = new Set(['=', 'to']);

function setParameter(s: Located, node: SetGlobalStatement): boolean {
  const assign = s.find(ASSIGNS);
  if (assign >= s.last) return false;
  return emit(s, {
    kind: 'setParameter',
    name: node.variable.name.toLowerCase(),
    value: node.set.type === 'default' ? 'DEFAULT' : s.text(assign + 1, s.last),
    ...flag('local', node.scope === 'local'),
  });
}

function createFunction(s: Located, node: CreateFunctionStatement): boolean {
  const open = s.afterName(s.indexOf(node.name));
  const ranges = s.list(open + 1, s.close(open));
  const args = [...node.arguments.map((argument, index) => argumentOf(s, argument, ranges[index])), ...tableArguments(s, node)];
  if (args.includes(undefined)) return false;
  return at(s, node.name, {
    kind: 'createFunction',
    routine: qualified(s, node.name),
    ...flag('orReplace', node.orReplace),
    arguments: args.filter((argument) => argument !== undefined),
    ...returns(s, node),
    ...(node.language !== undefined && { language: node.language.name }),
    ...(node.purity !== undefined && { volatility: node.purity }),
    ...(node.code !== undefined && { body: stringFrom(s, s.find('as', s.close(open) + 1)) ?? node.code }),
    text: s.whole(),
  });
}

function returns(s: Located, { returns: type }: CreateFunctionStatement): { returns?: NonNullable<ReturnType<typeof parseType>>; returnsSet?: true } {
  if (type === undefined) return {};
  if (type.kind === 'table') return { returnsSet: true };
  const from = s.indexOf(type);
  const written = typeAt(s, { from, to: s.find(FUNCTION_WORDS, from) });
  return written === undefined ? {} : { returns: written };
}

/** RETURNS TABLE (…) declares arguments too. */
function tableArguments(s: Located, { returns: type }: CreateFunctionStatement): (Argument | undefined)[] {
  if (type?.kind !== 'table') return [];
  const open = s.find('(', s.find('table'));
  return s.list(open + 1, s.close(open)).map((range, index): Argument | undefined => {
    const column = typeAt(s, { from: range.from + 1, to: range.to });
    return column && { mode: 'table', name: s.name(type.columns[index]?.name.name ?? ''), type: column };
  });
}

const FUNCTION_WORDS: ReadonlySet<string> = new Set(['as', 'language', 'immutable', 'stable', 'volatile', 'strict', 'called', 'returns', 'leakproof']);
const DEFAULT_WORDS: ReadonlySet<string> = new Set(['default', '=']);

function argumentOf(s: Located, node: CreateFunctionStatement['arguments'][number], range: Range | undefined): Argument | undefined {
  if (range === undefined) return undefined;
  const start = s.find(DEFAULT_WORDS, range.from, range.to);
  const type = typeAt(s, { from: s.indexOf(node.type), to: start });
  if (type === undefined) return undefined;
  return {
    ...(node.mode !== undefined && { mode: node.mode }),
    ...(node.name !== undefined && { name: s.name(node.name.name) }),
    type,
    ...(start < range.to && { default: s.text(start + 1, range.to) }),
  };
}
