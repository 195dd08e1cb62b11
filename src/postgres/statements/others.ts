import type { Comment, CreateFunction, CreateTrigger, LockMode, ObjectKind, QualifiedName, RenameObject } from '../../operations/types.js';
import type { Token } from '../../sql/lexer.js';
import { parseName } from '../../sql/name.js';
import { columnsIn, tokensOf } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { objectKey, relationKey } from '../schema.js';
import { lockRead } from './dependants.js';
import { requireColumn, requireTable, type Handlers } from './handler.js';

type OtherKinds =
  | 'createSequence'
  | 'alterSequence'
  | 'createFunction'
  | 'createTrigger'
  | 'createPolicy'
  | 'alterPolicy'
  | 'createRule'
  | 'renameObject'
  | 'setObjectSchema'
  | 'setObjectOwner'
  | 'createPublication'
  | 'alterPublication'
  | 'createStatistics'
  | 'comment'
  | 'grant'
  | 'updateExtension'
  | 'createSchema'
  | 'createEnum'
  | 'createCompositeType'
  | 'createDomain'
  | 'utility'
  | 'call'
  | 'unread';

export const others: Handlers<OtherKinds> = {
  createSequence({ sequence, ownedBy, guard }, outcome) {
    if (outcome.relation(sequence) !== undefined) {
      if (guard !== 'if not exists') outcome.fail('42P07', 'always');
      return;
    }
    if (ownedBy !== undefined) outcome.lock(ownedBy.table, 'ACCESS SHARE');
  },
  alterSequence({ sequence, ownedBy }, outcome) {
    const owner = outcome.relation(sequence)?.ownedBy;
    const identity = owner ? outcome.schema.relations.get(owner.table)?.columns.get(owner.column)?.identity : null;
    if (ownedBy !== undefined && identity) return outcome.fail('0A000', 'always');
    if (ownedBy) outcome.lock(ownedBy.table, 'ACCESS SHARE');
  },

  createFunction,

  createTrigger(operation, outcome) {
    const { table, trigger, orReplace, forEachRow, from, function: routine } = operation;
    if (!requireTable({ table }, outcome)) return;
    if (orReplace && outcome.version < 14) return outcome.fail('42601', 'always');
    if (isNoPlaceForTrigger(operation, outcome)) return outcome.fail('42809', 'always');
    if (!orReplace && outcome.relation(table)?.triggers.has(trigger)) return outcome.fail('42710', 'always');
    if (isMissingRoutine(routine, outcome)) return outcome.fail('42883', 'always');
    outcome.lock(table, 'SHARE ROW EXCLUSIVE');
    if (forEachRow) outcome.lockAll(outcome.partitions(table), 'SHARE ROW EXCLUSIVE');
    if (from !== undefined) outcome.lock(from, 'ACCESS SHARE');
  },

  createPolicy({ table, policy, reads, using, withCheck }, outcome) {
    if (!requireTable({ table }, outcome)) return;
    if (outcome.refuseView(table)) return;
    if (outcome.relation(table)?.policies.has(policy)) return outcome.fail('42710', 'always');
    const whole = outcome.whole(table);
    const named = reads === undefined || reads.length === 0 ? columnsIn(`${using ?? ''} ${withCheck ?? ''}`) : [];
    if (whole !== undefined && named.some((column) => !whole.columns.has(column))) outcome.fail('42703', 'always');
    outcome.lock(table, 'ACCESS EXCLUSIVE');
    outcome.lockAll(reads ?? [], 'ACCESS SHARE');
  },
  alterPolicy({ table, reads }, outcome) {
    if (!requireTable({ table }, outcome)) return;
    outcome.lock(table, 'ACCESS EXCLUSIVE');
    outcome.lockAll(reads ?? [], 'ACCESS SHARE');
  },
  createRule({ table, text, rule, orReplace }, outcome) {
    if (!requireTable({ table }, outcome)) return;
    if (!orReplace && outcome.relation(table)?.rules.has(rule)) return outcome.fail('42710', 'always');
    const action = /\bdo\b([\s\S]*)$/i.exec(text)?.[1] ?? '';
    lockNamed(action, outcome);
    outcome.lock(table, 'ACCESS EXCLUSIVE');
  },

  renameObject(operation, outcome) {
    const { object, on } = operation;
    refuseMissing(operation, outcome);
    if (object === 'attribute') return renameAttribute(operation, outcome);
    if (on !== undefined && PART_OF_TABLE.has(object)) outcome.lock(on, 'ACCESS EXCLUSIVE');
  },
  setObjectSchema() {},
  setObjectOwner() {},

  createPublication({ tables, publication }, outcome) {
    if (outcome.schema.complete && outcome.schema.objects.has(objectKey('publication', { name: publication }))) outcome.fail('42710', 'always');
    for (const table of tables) publish(table, outcome);
  },
  alterPublication({ publication, tables, action }, outcome) {
    const published = outcome.schema.objects.get(objectKey('publication', { name: publication }));
    if (action === 'set') for (const key of published?.tables ?? []) publish(outcome.nameOf(key), outcome);
    if (action !== 'options') for (const table of tables) publish(table, outcome);
  },
  createStatistics({ table, statistics, guard, text }, outcome) {
    const there = statistics !== undefined && outcome.schema.complete && outcome.schema.objects.has(objectKey('statistics', statistics));
    if (there && guard !== 'if not exists') outcome.fail('42710', 'always');
    if (/\bon\s+[\w"]+\s+from\b/i.test(text)) outcome.fail('42P17', 'always');
    if (statistics === undefined && outcome.version < 16) return outcome.fail('42601', 'always');
    if (requireTable({ table }, outcome)) outcome.lock(table, 'SHARE UPDATE EXCLUSIVE');
  },

  comment,

  grant({ object, names, roles }, outcome) {
    // Up to 17 privileges change without a look at the relation.
    if (roles !== undefined || (object !== 'table' && object !== 'view' && object !== 'materialized view' && object !== 'column')) return;
    for (const table of names) {
      if (!requireTable({ table }, outcome)) return;
      if (outcome.version >= 18) outcome.lock(table, 'ACCESS SHARE');
    }
  },

  updateExtension({ extension }, outcome) {
    outcome.assume(`what the update of extension "${extension}" does`);
  },
  createSchema({ schema, guard }, outcome) {
    const there = schema !== undefined && (schema === 'public' || outcome.schema.objects.has(objectKey('schema', { name: schema })));
    if (there && outcome.schema.complete && guard !== 'if not exists') outcome.fail('42P06', 'always');
  },
  createEnum: refuseExistingType,
  createCompositeType: refuseExistingType,
  createDomain({ domain }, outcome) {
    refuseExistingType({ type: domain }, outcome);
  },

  utility({ command, text }, outcome) {
    if (OUTSIDE_TRANSACTION.has(command.toUpperCase())) outcome.outsideTransaction();
    if (ANALYSED.has(command.toUpperCase())) lockNamed(text, outcome);
    const oids = /^\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(\S+)[\s\S]*\bset\s+with(?:out)?\s+oids\b/i.exec(text);
    const table = oids === null ? null : parseName(oids[1] ?? '');
    if (table !== null && requireTable({ table }, outcome)) outcome.lock(table, 'ACCESS EXCLUSIVE');
  },
  call({ opaque, routine }, outcome) {
    if (opaque || routine !== undefined) outcome.assume(`what ${routine === undefined ? 'the block' : `"${routine.name}"`} executes`);
  },
  unread({ reason }, outcome) {
    outcome.assume(reason);
  },
};

const OUTSIDE_TRANSACTION: ReadonlySet<string> = new Set([
  'CREATE DATABASE',
  'DROP DATABASE',
  'ALTER SYSTEM',
  'CREATE TABLESPACE',
  'DROP TABLESPACE',
]);

/** Statements that hold another one, which is analysed and locks what it names. */
const ANALYSED: ReadonlySet<string> = new Set(['EXPLAIN', 'DECLARE', 'DECLARE CURSOR', 'PREPARE']);

function refuseExistingType({ type }: { type: QualifiedName }, outcome: Outcome): void {
  if (outcome.schema.types.has(relationKey(type))) outcome.fail('42710', 'always');
}

/** True when neither the system, an extension nor a migration has the routine. */
function isMissingRoutine(name: QualifiedName, { schema }: Outcome): boolean {
  if (!schema.complete || schema.routines.has(relationKey(name)) || name.schema === 'pg_catalog') return false;
  const system = /^(?:suppress_redundant_updates_trigger|tsvector_update_trigger|tsvector_update_trigger_column|lo_manage)$/;
  return !system.test(name.name) && ![...schema.objects.values()].some(({ kind }) => kind === 'extension');
}

function refuseMissing({ object, name, on }: RenameObject, outcome: Outcome): void {
  switch (object) {
    case 'trigger':
    case 'policy': {
      const table = on === undefined ? undefined : outcome.whole(on);
      const names = object === 'trigger' ? table?.triggers : table?.policies;
      if (names?.has(name.name) === false) outcome.fail('42704', 'always');
      break;
    }
    case 'function':
    case 'procedure':
    case 'routine':
      if (isMissingRoutine(name, outcome)) outcome.fail('42883', 'always');
      break;
    case 'schema':
      if (isMissingSchema(name, outcome)) outcome.fail('3F000', 'always');
      break;
    case 'domain constraint':
      if (lacksConstraint(on, name.name, outcome)) outcome.fail('42704', 'always');
      break;
    default:
  }
}

function isMissingSchema(name: QualifiedName, { schema }: Outcome): boolean {
  return schema.complete && name.name !== 'public' && !schema.objects.has(objectKey('schema', name));
}

function lacksConstraint(domain: QualifiedName | undefined, constraint: string, { schema }: Outcome): boolean {
  if (domain === undefined || !schema.complete) return false;
  const type = schema.types.get(relationKey(domain));
  return type?.kind === 'domain' && !type.constraints.some(({ name }) => name === constraint);
}

/** Tables made OF the type take the new name along, when CASCADE says so. */
function renameAttribute({ on, name, cascade }: RenameObject, outcome: Outcome): void {
  const key = relationKey(on ?? name);
  for (const relation of outcome.schema.relations.values()) {
    if (relation.ofType !== key) continue;
    if (!cascade) outcome.fail('2BP01', 'always');
    outcome.lock(relation.name, 'ACCESS EXCLUSIVE');
  }
}

/** Views take INSTEAD OF for each row and others for the statement, tables everything but INSTEAD OF. */
function isNoPlaceForTrigger({ table, timing, forEachRow, events }: CreateTrigger, outcome: Outcome): boolean {
  const kind = outcome.relation(table)?.kind;
  if (kind === 'materialized view') return true;
  if (kind === 'view') return (timing !== 'instead of' && forEachRow === true) || events.includes('truncate');
  return kind !== undefined && timing === 'instead of';
}

const PART_OF_TABLE: ReadonlySet<ObjectKind> = new Set<ObjectKind>(['trigger', 'policy', 'rule']);

/** A partition of the published table is not touched. */
function publish(table: QualifiedName, outcome: Outcome): void {
  if (!requireTable({ table }, outcome)) return;
  if (outcome.version < 13 && outcome.isPartitioned(table)) return outcome.fail('0A000', 'always');
  const { kind = 'table', persistence = 'permanent' } = outcome.relation(table) ?? {};
  if ((kind !== 'table' && kind !== 'partitioned table') || persistence !== 'permanent') return outcome.fail('22023', 'always');
  outcome.lock(table, 'SHARE UPDATE EXCLUSIVE');
  // Children of plain inheritance are published with their parent.
  if (!outcome.isPartitioned(table)) outcome.lockAll(outcome.below(table), 'SHARE UPDATE EXCLUSIVE');
}

/** A comment on a relation waits for schema changes of it, one on a part of it only looks the part up. */
function comment({ object, name, on }: Comment, outcome: Outcome): void {
  switch (object) {
    case 'table':
    case 'view':
    case 'materialized view':
    case 'foreign table':
      if (isOtherKind(object, name, outcome)) return outcome.fail('42809', 'always');
      if (requireTable({ table: name }, outcome)) outcome.lock(name, 'SHARE UPDATE EXCLUSIVE');
      break;
    case 'column':
      if (on === undefined || !requireTable({ table: on }, outcome)) return;
      if (requireColumn({ table: on, column: name.name }, outcome) === null) return;
      outcome.lock(on, 'SHARE UPDATE EXCLUSIVE');
      break;
    case 'constraint':
    case 'trigger':
    case 'policy':
    case 'rule':
      if (on !== undefined && requireTable({ table: on }, outcome)) outcome.lock(on, 'ACCESS SHARE');
      break;
    default:
  }
}

function isOtherKind(object: ObjectKind, name: QualifiedName, outcome: Outcome): boolean {
  const kind = outcome.relation(name)?.kind;
  const tables = kind === 'partitioned table' ? 'table' : kind;
  return kind !== undefined && outcome.schema.complete && tables !== object;
}

/** The body of an SQL function is analysed when it is created, that of any other language is not. */
function createFunction({ language, body, text }: CreateFunction, outcome: Outcome): void {
  if (language !== undefined && language.toLowerCase() !== 'sql') return;
  if (outcome.session.settings.get('check_function_bodies')?.value.toLowerCase() === 'off') return;
  lockNamed(body ?? text, outcome);
}

/** Locks the relations that an SQL text reads or writes, found by the words before their names. */
function lockNamed(text: string, outcome: Outcome): void {
  const tokens = tokensOf(text);
  for (const [index, token] of tokens.entries()) {
    const mode = token.kind === 'word' ? modeAfter(token.value, tokens[index - 1]?.value) : null;
    const name = mode === null ? null : nameAt(tokens, tokens[index + 1]?.value === 'only' ? index + 2 : index + 1);
    if (mode === null || name === null || !outcome.schema.relations.has(relationKey(name))) continue;
    if (mode === 'ACCESS SHARE') lockRead(outcome, [name]);
    else outcome.lock(name, mode);
  }
}

function modeAfter(word: string, before: string | undefined): LockMode | null {
  if (word === 'from') return before === 'delete' ? 'ROW EXCLUSIVE' : 'ACCESS SHARE';
  if (word === 'join') return 'ACCESS SHARE';
  return word === 'into' || word === 'update' ? 'ROW EXCLUSIVE' : null;
}

function nameAt(tokens: readonly Token[], at: number): QualifiedName | null {
  const first = tokens[at];
  if (first === undefined || (first.kind !== 'word' && first.kind !== 'quotedIdentifier')) return null;
  const second = tokens[at + 1]?.value === '.' ? tokens[at + 2] : undefined;
  return second === undefined ? { name: first.value } : { schema: first.value, name: second.value };
}
