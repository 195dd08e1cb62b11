import type { CallStmt, DiscardStmt, DoStmt, TransactionStmt, VariableSetStmt } from 'libpg-query';
import type { OperationDraft } from '../../../operations/types.js';
import { doBlock } from './do-block.js';
import type { Lower } from './lower.js';
import { as, qualified, type Lowering } from './tree.js';
import { command } from './utility.js';

const UTILITY = (s: Lowering): void => s.emit({ kind: 'utility', command: command(s), text: s.whole() }, s.wholeSpan());

function begin(s: Lowering): OperationDraft {
  let at = s.first + 1;
  if (s.word(at) === 'transaction' || s.word(at) === 'work') at++;
  const modes = s.text(at, s.last);
  return { kind: 'begin', ...(modes !== '' && { modes }) };
}

const TRANSACTIONS: Readonly<Record<string, (s: Lowering, node: TransactionStmt) => OperationDraft>> = {
  TRANS_STMT_BEGIN: begin,
  TRANS_STMT_START: begin,
  TRANS_STMT_COMMIT: (_s, node) => ({ kind: 'commit', ...chained(node) }),
  TRANS_STMT_ROLLBACK: (_s, node) => ({ kind: 'rollback', ...chained(node) }),
  TRANS_STMT_ROLLBACK_TO: (s, node) => ({ kind: 'rollback', to: s.name(node.savepoint_name ?? '') }),
  TRANS_STMT_SAVEPOINT: (s, node) => ({ kind: 'savepoint', name: s.name(node.savepoint_name ?? '') }),
  TRANS_STMT_RELEASE: (s, node) => ({ kind: 'savepoint', name: s.name(node.savepoint_name ?? ''), release: true }),
};

function chained(node: TransactionStmt): { chain?: true } {
  return node.chain === true ? { chain: true } : {};
}

function transaction(s: Lowering, node: TransactionStmt): void {
  const draft = TRANSACTIONS[node.kind ?? '']?.(s, node);
  if (draft === undefined) UTILITY(s);
  else s.emit(draft, s.wholeSpan());
}

/** SET spelt with other words than `name TO value`: the parameter each of them sets. */
const SPECIAL_NAMES: readonly (readonly [words: readonly string[], name: string])[] = [
  [['time', 'zone'], 'timezone'],
  [['session', 'authorization'], 'session authorization'],
  [['role'], 'role'],
  [['schema'], 'search_path'],
  [['names'], 'client_encoding'],
  [['catalog'], 'catalog'],
];

function setting(s: Lowering, node: VariableSetStmt): void {
  if (node.kind === 'VAR_RESET_ALL') {
    s.emit({ kind: 'resetParameter', name: 'all' }, s.wholeSpan());
    return;
  }
  if (node.kind === 'VAR_RESET') {
    s.emit({ kind: 'resetParameter', name: resetName(node.name) }, s.wholeSpan());
    return;
  }
  // SET TRANSACTION and SET SESSION CHARACTERISTICS are modes, no parameters.
  if (node.kind === 'VAR_SET_MULTI') {
    UTILITY(s);
    return;
  }
  const { name, value } = parameter(s, node);
  s.emit({ kind: 'setParameter', name, value, ...(node.is_local === true && { local: true as const }) }, s.wholeSpan());
}

function resetName(name: string | undefined): string {
  return name === 'session_authorization' ? 'session authorization' : (name ?? '').toLowerCase();
}

function parameter(s: Lowering, node: VariableSetStmt): { name: string; value: string } {
  let at = s.first + 1;
  // SESSION AUTHORIZATION begins with the word that else means "for the session".
  if (s.word(at) === 'local' || (s.word(at) === 'session' && s.word(at + 1) !== 'authorization')) at++;
  const special = SPECIAL_NAMES.find(([words]) => s.has(at, ...words) && !['to', '='].includes(s.word(at + words.length)));
  const from = special === undefined ? s.afterName(at) + 1 : at + special[0].length;
  const value = node.kind === 'VAR_SET_DEFAULT' ? 'DEFAULT' : s.text(from, s.last);
  return { name: special?.[1] ?? (node.name ?? '').toLowerCase(), value };
}

function discard(s: Lowering, node: DiscardStmt): void {
  if (node.target === 'DISCARD_ALL') s.emit({ kind: 'resetParameter', name: 'all', discard: true }, s.wholeSpan());
  else UTILITY(s);
}

function call(s: Lowering, node: CallStmt): void {
  const open = s.find('(');
  s.emit(
    { kind: 'call', routine: qualified(s, node.funccall?.funcname), text: s.inside(open) },
    s.span(s.first + 1, open),
  );
}

function block(s: Lowering, node: DoStmt): void {
  const options = (node.args ?? []).map((arg) => as(arg, 'DefElem'));
  const language = as(options.find((option) => option?.defname === 'language')?.arg, 'String')?.sval;
  doBlock(s, language);
}

export const SESSION = {
  TransactionStmt: transaction as Lower,
  VariableSetStmt: setting as Lower,
  DiscardStmt: discard as Lower,
  CallStmt: call as Lower,
  DoStmt: block as Lower,
};
