import { printName, quoteIdentifier } from '../../sql/name.js';
import type { Draft, Printers } from './draft.js';
import { when, words } from './draft.js';

type SessionKind = 'setParameter' | 'resetParameter' | 'begin' | 'commit' | 'rollback' | 'savepoint' | 'call';

export const session: Printers<SessionKind> = {
  setParameter: (set) => words('SET', when(set.local, 'LOCAL'), assignment(set)),
  resetParameter: (reset) => reset.discard ? 'DISCARD ALL' : `RESET ${PARAMETER_WORDS[reset.name] ?? parameterName(reset.name)}`,
  begin: (begin) => words('BEGIN', begin.modes),
  commit: (commit) => words('COMMIT', when(commit.chain, 'AND CHAIN')),
  rollback: (rollback) =>
    words(
      'ROLLBACK',
      when(rollback.chain, 'AND CHAIN'),
      rollback.to !== undefined && `TO SAVEPOINT ${quoteIdentifier(rollback.to)}`,
    ),
  savepoint: (savepoint) => words(when(savepoint.release, 'RELEASE'), 'SAVEPOINT', quoteIdentifier(savepoint.name)),
  call: (call) =>
    call.routine === undefined
      ? words('DO', call.language !== undefined && `LANGUAGE ${quoteIdentifier(call.language)}`, dollarQuote(call.text))
      : `CALL ${printName(call.routine)}(${call.text})`,
};

/** Parameters with a syntax of their own, by the name the server keeps them under. */
const PARAMETER_WORDS: Readonly<Record<string, string>> = {
  all: 'ALL',
  role: 'ROLE',
  'session authorization': 'SESSION AUTHORIZATION',
  session_authorization: 'SESSION AUTHORIZATION',
  transaction: 'TRANSACTION',
  'session characteristics': 'SESSION CHARACTERISTICS AS TRANSACTION',
};

function assignment({ name, value }: Draft<'setParameter'>): string {
  const own = PARAMETER_WORDS[name];
  // SET ROLE DEFAULT would name a role; only the general form resets.
  if (own === undefined || (name === 'role' && value.toUpperCase() === 'DEFAULT')) return `${parameterName(name)} = ${value}`;
  return `${own} ${value}`;
}

/** `app.user_id`: an extension's or the author's own parameter has two parts. */
function parameterName(name: string): string {
  return name.split('.').map(quoteIdentifier).join('.');
}

/** A body in the shortest dollar quotes that do not occur in it. */
function dollarQuote(body: string): string {
  let tag = '$$';
  for (let suffix = 0; body.includes(tag) || body.endsWith('$'); suffix++) {
    tag = suffix === 0 ? '$do$' : `$do${suffix}$`;
    if (!body.includes(tag)) break;
  }
  return `${tag}${body}${tag}`;
}
