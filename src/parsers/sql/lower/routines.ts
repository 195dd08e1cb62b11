import type { AlterPolicyStmt, CreateFunctionStmt, CreatePolicyStmt, CreateTrigStmt, FunctionParameter, Node, RuleStmt } from 'libpg-query';
import type { Argument, CreateFunction, CreatePolicy, CreateRule, CreateTrigger, QualifiedName } from '../../../operations/types.js';
import type { Range } from './constraints.js';
import type { Lower } from './lower.js';
import { readsOf } from './queries.js';
import { as, indexOf, isOn, option, optionText, qualified, relation, roles, strings, type Lowering } from './tree.js';
import { dataType } from './type-name.js';

const MODES: Readonly<Record<string, Argument['mode']>> = {
  FUNC_PARAM_IN: 'in',
  FUNC_PARAM_OUT: 'out',
  FUNC_PARAM_INOUT: 'inout',
  FUNC_PARAM_VARIADIC: 'variadic',
  FUNC_PARAM_TABLE: 'table',
};

function createFunction(s: Lowering, node: CreateFunctionStmt): void {
  let name = s.first + 1;
  while (!ROUTINE_WORDS.has(s.word(name)) && name < s.last) name++;
  name++;
  const open = s.afterName(name);
  s.emit(
    {
      kind: 'createFunction',
      routine: qualified(s, node.funcname),
      ...(node.is_procedure === true && { procedure: true as const }),
      ...(node.replace === true && { orReplace: true as const }),
      arguments: routineArguments(s, node.parameters, open),
      ...returns(s, node),
      ...routineOptions(node.options),
      ...body(s, node),
      text: s.whole(),
    },
    s.span(name, open),
  );
}

const ROUTINE_WORDS = new Set(['function', 'procedure']);

function returns(s: Lowering, node: CreateFunctionStmt): Pick<CreateFunction, 'returns' | 'returnsSet'> {
  if (node.returnType === undefined) return {};
  const isTable = (node.parameters ?? []).some((parameter) => as(parameter, 'FunctionParameter')?.mode === 'FUNC_PARAM_TABLE');
  const set = node.returnType.setof === true ? { returnsSet: true as const } : {};
  return isTable ? set : { returns: dataType(s, node.returnType), ...set };
}

/** RETURNS TABLE columns stand in the tree as arguments, in the text elsewhere. */
function routineArguments(s: Lowering, nodes: readonly Node[] | undefined, open: number): Argument[] {
  const ranges = s.list(open + 1, s.close(open));
  return (nodes ?? []).map((node, index) => {
    const parameter = as(node, 'FunctionParameter') ?? {};
    const range = parameter.mode === 'FUNC_PARAM_TABLE' ? undefined : ranges[index];
    return argument(s, parameter, range);
  });
}

function argument(s: Lowering, parameter: FunctionParameter, range: Range | undefined): Argument {
  const mode = MODES[parameter.mode ?? ''];
  const start = range === undefined || parameter.defexpr === undefined ? undefined : s.find(DEFAULT_WORDS, range.from, range.to);
  return {
    ...(mode !== undefined && { mode }),
    ...(parameter.name !== undefined && { name: s.name(parameter.name) }),
    type: dataType(s, parameter.argType),
    ...(start !== undefined && range !== undefined && { default: s.text(start + 1, range.to) }),
  };
}

const DEFAULT_WORDS = new Set(['default', '=', ':=']);
const VOLATILITIES = new Set<string>(['immutable', 'stable', 'volatile'] satisfies CreateFunction['volatility'][]);

type Options = Pick<CreateFunction, 'language' | 'volatility' | 'securityDefiner' | 'settings'>;

function routineOptions(nodes: readonly Node[] | undefined): Options {
  const result: Options = {};
  const language = optionText(option(nodes, 'language'));
  if (language !== undefined) result.language = language.toLowerCase();
  const volatility = optionText(option(nodes, 'volatility'));
  if (volatility !== undefined && VOLATILITIES.has(volatility)) result.volatility = volatility as NonNullable<Options['volatility']>;
  const security = option(nodes, 'security');
  if (security !== undefined && isOn(security)) result.securityDefiner = true;
  const settings = (nodes ?? [])
    .map((node) => as(node, 'DefElem'))
    .filter((element) => element?.defname === 'set')
    .map((element) => as(element?.arg, 'VariableSetStmt')?.name?.toLowerCase() ?? '');
  if (settings.length > 0) result.settings = settings;
  return result;
}

function body(s: Lowering, node: CreateFunctionStmt): { body?: string } {
  const source = as(option(node.options, 'as')?.arg, 'List')?.items;
  if (source !== undefined) return { body: as(source[0], 'String')?.sval ?? '' };
  if (node.sql_body === undefined) return {};
  const from = s.find(SQL_BODY, s.first);
  return from < s.last ? { body: s.text(from, s.last) } : {};
}

const SQL_BODY = new Set(['begin', 'return']);

/** Bits of a trigger's type, as pg_trigger.h has them. */
const BEFORE = 2;
const INSTEAD_OF = 64;
const EVENTS: readonly (readonly [bit: number, event: CreateTrigger['events'][number]])[] = [
  [4, 'insert'],
  [16, 'update'],
  [8, 'delete'],
  [32, 'truncate'],
];

function timingOf(bits: number): CreateTrigger['timing'] {
  if ((bits & INSTEAD_OF) !== 0) return 'instead of';
  return (bits & BEFORE) !== 0 ? 'before' : 'after';
}

function createTrigger(s: Lowering, node: CreateTrigStmt): void {
  const events = EVENTS.filter(([bit]) => ((node.events ?? 0) & bit) !== 0).map(([, event]) => event);
  s.emit(
    {
      kind: 'createTrigger',
      trigger: s.name(node.trigname ?? ''),
      table: relation(s, node.relation),
      ...(node.replace === true && { orReplace: true as const }),
      ...(node.isconstraint === true && { constraint: true as const }),
      timing: timingOf(node.timing ?? 0),
      events,
      ...(node.columns !== undefined && { columns: strings(s, node.columns) }),
      ...(node.row === true && { forEachRow: true as const }),
      function: qualified(s, node.funcname),
      ...(node.constrrel !== undefined && { from: relation(s, node.constrrel) }),
      text: s.whole(),
    },
    s.span(s.find('trigger') + 1),
  );
}

/** The expressions of a policy; both stand in parentheses. */
function policyParts(s: Lowering, node: AlterPolicyStmt): Pick<CreatePolicy, 'using' | 'withCheck' | 'reads'> {
  const from = s.afterName(indexOf(s, node.table?.location));
  const using = s.find('using', from);
  const check = s.find('check', from);
  const reads: QualifiedName[] = readsOf(s, [node.qual, node.with_check]);
  return {
    ...(node.qual !== undefined && { using: s.inside(using + 1) }),
    ...(node.with_check !== undefined && { withCheck: s.inside(check + 1) }),
    ...(reads.length > 0 && { reads }),
  };
}

function createPolicy(s: Lowering, node: CreatePolicyStmt): void {
  s.emit(
    {
      kind: 'createPolicy',
      policy: s.name(node.policy_name ?? ''),
      table: relation(s, node.table),
      permissive: node.permissive === true,
      command: (node.cmd_name ?? 'all') as CreatePolicy['command'],
      roles: roles(s, node.roles),
      ...policyParts(s, node),
    },
    s.span(s.first + 2),
  );
}

function alterPolicy(s: Lowering, node: AlterPolicyStmt): void {
  s.emit(
    {
      kind: 'alterPolicy',
      policy: s.name(node.policy_name ?? ''),
      table: relation(s, node.table),
      ...(node.roles !== undefined && { roles: roles(s, node.roles) }),
      ...policyParts(s, node),
    },
    s.span(s.first + 2),
  );
}

const RULE_EVENTS: Readonly<Record<string, CreateRule['event']>> = {
  CMD_SELECT: 'select',
  CMD_INSERT: 'insert',
  CMD_UPDATE: 'update',
  CMD_DELETE: 'delete',
};

function createRule(s: Lowering, node: RuleStmt): void {
  s.emit(
    {
      kind: 'createRule',
      rule: s.name(node.rulename ?? ''),
      table: relation(s, node.relation),
      ...(node.replace === true && { orReplace: true as const }),
      event: RULE_EVENTS[node.event ?? ''] ?? 'select',
      ...(node.instead === true && { instead: true as const }),
      text: s.whole(),
    },
    s.span(s.find('rule') + 1),
  );
}

export const ROUTINES = {
  CreateFunctionStmt: createFunction as Lower,
  CreateTrigStmt: createTrigger as Lower,
  CreatePolicyStmt: createPolicy as Lower,
  AlterPolicyStmt: alterPolicy as Lower,
  RuleStmt: createRule as Lower,
};
