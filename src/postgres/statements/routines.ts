import type { CreateFunction, QualifiedName } from '../../operations/types.js';
import type { Outcome } from '../outcome.js';
import { argumentTypes, returnType, signatureOf } from '../routine-signature.js';
import { relationKey, type Overload } from '../schema.js';
import { parseName } from '../../sql/name.js';
import { volatilityOf } from '../volatility.js';
import type { Handlers } from './handler.js';
import { lockNamed, namedIn } from './named-relations.js';

export const routines: Handlers<'createFunction'> = {
  createFunction(operation, outcome) {
    refuseExisting(operation, outcome);
    if (isMissingLanguage(operation.language, outcome)) return outcome.fail('42704', 'always');
    analyseBody(operation, outcome);
  },
};

/** A function keeps what it returns, and a procedure stays one. */
function refuseExisting(operation: CreateFunction, outcome: Outcome): void {
  const types = argumentTypes(operation.arguments);
  const existing = outcome.schema.routines.get(relationKey(operation.routine))?.overloads.find((overload) => overload.types === types);
  if (existing === undefined) return;
  if (!operation.orReplace) return outcome.fail('42723', 'always');
  if (existing.procedure !== (operation.procedure === true)) return outcome.fail('42809', 'always');
  const returns = returnType(operation);
  if (existing.returns !== null && returns !== null && existing.returns !== returns) outcome.fail('42P13', 'always');
}

const LANGUAGES = new Set(['sql', 'plpgsql', 'c', 'internal']);

function isMissingLanguage(language: string | undefined, { schema }: Outcome): boolean {
  if (language === undefined || !schema.complete || LANGUAGES.has(language.toLowerCase())) return false;
  return ![...schema.objects.values()].some(({ kind }) => kind === 'extension' || kind === 'language');
}

/** The body of an SQL function is analysed when it is created, that of any other language is not. */
function analyseBody({ language, body, text }: CreateFunction, outcome: Outcome): void {
  if (language !== undefined && language.toLowerCase() !== 'sql') return;
  if (outcome.session.settings.get('check_function_bodies')?.value.toLowerCase() === 'off') return;
  const unknown = namedIn(body ?? '').some(({ name }) => isAbsent(name, outcome));
  if (unknown) return outcome.fail('42P01', 'always');
  lockNamed(body ?? text, outcome);
}

/** A function may stand where a relation does, and the server has relations of its own. */
function isAbsent(name: QualifiedName, outcome: Outcome): boolean {
  if (outcome.mayExist(name) || name.schema === 'pg_catalog' || name.schema === 'information_schema' || name.name.startsWith('pg_')) return false;
  return !outcome.schema.routines.has(relationKey(name)) && outcome.session.settings.get('search_path') === undefined && !isSystemFunction(name.name);
}

const isSystemFunction = (name: string): boolean => /^(?:generate_|unnest|json|regexp_|string_|xml|lateral|rows|ts_|new$|old$|current_|now$|select$)/.test(name);

type RoutineObject = 'function' | 'procedure' | 'routine';

/** The overloads that a statement without CREATE can mean; null where nobody told which there are. */
export function overloadsMeant(object: RoutineObject, name: QualifiedName, signature: string | undefined, outcome: Outcome): readonly Overload[] | null {
  const routine = outcome.schema.routines.get(relationKey(name));
  if (routine === undefined) return null;
  const kind = routine.overloads.filter(({ procedure }) => object === 'routine' || procedure === (object === 'procedure'));
  if (signature === undefined) return kind;
  const types = signatureOf(signature);
  return types === null ? null : kind.filter((overload) => overload.types === types);
}

/** False where the routine is known not to be there, or its name not to say which of several is meant. */
export function requireRoutine(object: RoutineObject, { name, signature, guard }: { name: QualifiedName; signature?: string; guard?: string }, outcome: Outcome): boolean {
  const meant = overloadsMeant(object, name, signature, outcome);
  const missing = meant === null ? isMissingRoutine(name, outcome) : meant.length === 0;
  if (missing && guard !== 'if exists') outcome.fail('42883', 'always');
  if (meant !== null && meant.length > 1) outcome.fail('42725', 'always');
  return !missing && !outcome.refused;
}

/** True when neither the system, an extension nor a migration has the routine. */
export function isMissingRoutine(name: QualifiedName, { schema }: Outcome): boolean {
  if (!schema.complete || schema.routines.has(relationKey(name)) || name.schema === 'pg_catalog') return false;
  const system = /^(?:suppress_redundant_updates_trigger|tsvector_update_trigger|tsvector_update_trigger_column|lo_manage)$/;
  return !system.test(name.name) && ![...schema.objects.values()].some(({ kind }) => kind === 'extension');
}


/** True when an expression calls what neither the server nor the schema has. */
export function isMissingFunction(expression: string, outcome: Outcome): boolean {
  if (!outcome.schema.complete) return false;
  return volatilityOf(expression, outcome.schema).unknown.some((name) => {
    const parsed = parseName(name);
    return parsed !== null && isMissingRoutine(parsed, outcome);
  });
}
