import type { AlterSequence, QualifiedName } from '../../operations/types.js';
import { parseName } from '../../sql/name.js';
import { columnsIn } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { objectKey, relationKey } from '../schema.js';
import { missingColumns, requireTable, type Handlers } from './handler.js';
import { lockNamed } from './named-relations.js';
import { requireRoutine } from './routines.js';

type OtherKinds =
  | 'createSequence'
  | 'alterSequence'
  | 'createStatistics'
  | 'createExtension'
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
    if (ownedBy !== undefined) own(ownedBy, outcome);
  },
  alterSequence(operation, outcome) {
    const { sequence, ownedBy } = operation;
    if (refuseSequence(operation, outcome)) return;
    const owner = outcome.relation(sequence)?.ownedBy;
    const identity = owner ? outcome.schema.relations.get(owner.table)?.columns.get(owner.column)?.identity : null;
    if (ownedBy !== undefined && identity) return outcome.fail('0A000', 'always');
    if (ownedBy) own(ownedBy, outcome);
  },

  createStatistics({ table, statistics, guard, text }, outcome) {
    const there = statistics !== undefined && hasStatistics(statistics, outcome);
    if (there && guard !== 'if not exists') outcome.fail('42710', 'always');
    const items = /\bon\b([\s\S]*)\bfrom\b/i.exec(text)?.[1] ?? '';
    if (/^\s*[\w"]+\s*$/.test(items)) outcome.fail('42P17', 'always');
    if (statistics === undefined && outcome.version < 16) return outcome.fail('42601', 'always');
    if (!requireTable({ table }, outcome)) return;
    if (outcome.relation(table)?.kind === 'view') return outcome.fail('42809', 'always');
    missingColumns(table, columnsIn(items), outcome);
    outcome.lock(table, 'SHARE UPDATE EXCLUSIVE');
  },

  createExtension({ extension, guard }, outcome) {
    const there = isInstalled(extension, outcome);
    if (there && guard !== 'if not exists') outcome.fail('42710', 'always');
  },
  updateExtension({ extension }, outcome) {
    outcome.assume(`what the update of extension "${extension}" does`);
  },
  createSchema({ schema, guard }, outcome) {
    const there = schema !== undefined && (schema === 'public' || outcome.schema.objects.has(objectKey('schema', { name: schema })));
    if (schema?.startsWith('pg_')) outcome.fail('42939', 'always');
    if (there && outcome.schema.complete && guard !== 'if not exists') outcome.fail('42P06', 'always');
  },
  createEnum: refuseExistingType,
  createCompositeType: refuseExistingType,
  createDomain({ domain }, outcome) {
    refuseExistingType({ type: domain }, outcome);
  },

  utility({ command, text }, outcome) {
    const name = command.toUpperCase();
    if (OUTSIDE_TRANSACTION.has(name) || refusesTransaction(text)) outcome.outsideTransaction();
    if (ANALYSED.has(name)) lockNamed(text, outcome);
    for (const [form, act] of FORMS) {
      const match = form.exec(text);
      if (match !== null) act(match, outcome);
    }
  },
  call({ opaque, routine }, outcome) {
    if (opaque || routine !== undefined) outcome.assume(`what ${routine === undefined ? 'the block' : `"${routine.name}"`} executes`);
  },
  unread({ reason }, outcome) {
    outcome.assume(reason);
  },
};

function hasStatistics(name: QualifiedName, { schema }: Outcome): boolean {
  return schema.complete && schema.objects.has(objectKey('statistics', name));
}

/** The procedural language is there from the start. */
export function isInstalled(extension: string, { schema }: Outcome): boolean {
  return schema.objects.has(objectKey('extension', { name: extension })) || (schema.complete && extension === 'plpgsql');
}

/** The owner is looked at, and has the column. */
function own({ table, column }: { table: QualifiedName; column: string }, outcome: Outcome): void {
  if (!requireTable({ table }, outcome) || missingColumns(table, [column], outcome)) return;
  outcome.lock(table, 'ACCESS SHARE');
}

function refuseSequence({ sequence, guard }: AlterSequence, outcome: Outcome): boolean {
  const kind = outcome.relation(sequence)?.kind;
  if (kind !== undefined && kind !== 'sequence') outcome.fail('42809', 'always');
  return !requireTable({ table: sequence, ...(guard && { guard }) }, outcome) || outcome.refused;
}

const OUTSIDE_TRANSACTION: ReadonlySet<string> = new Set([
  'CREATE DATABASE',
  'DROP DATABASE',
  'ALTER SYSTEM',
  'CREATE TABLESPACE',
  'DROP TABLESPACE',
]);

/** A subscription makes a slot on another server, which no rollback takes away; without it, it may. */
function refusesTransaction(text: string): boolean {
  if (/^\s*create\s+subscription\b/i.test(text)) return !/\b(?:connect|create_slot)\s*=\s*'?(?:false|off|0|no)\b/i.test(text);
  return /^\s*alter\s+subscription\b[\s\S]*\brefresh\s+publication\b/i.test(text) || /^\s*alter\s+database\b[\s\S]*\bset\s+tablespace\b/i.test(text);
}

/** Statements that hold another one, which is analysed and locks what it names. */
const ANALYSED: ReadonlySet<string> = new Set(['EXPLAIN', 'DECLARE', 'DECLARE CURSOR', 'PREPARE']);

type Form = readonly [form: RegExp, act: (match: RegExpExecArray, outcome: Outcome) => void];

/** The events of event triggers, the last one since 17. */
const EVENTS = /^(?:ddl_command_start|ddl_command_end|sql_drop|table_rewrite|login)$/i;

/** Statements without a kind of their own that speak of something known. */
const FORMS: readonly Form[] = [
  [
    /^\s*create\s+event\s+trigger\s+[\w"$]+\s+on\s+"?(\w+)[\s\S]*\bexecute\s+(?:function|procedure)\s+([\w".$]+)\s*\(/i,
    (match, outcome) => {
      const event = (match[1] ?? '').toLowerCase();
      if (!EVENTS.test(event) || (event === 'login' && outcome.version < 17)) return outcome.fail('42601', 'always');
      const name = parseName(match[2] ?? '');
      const plain = name === null ? undefined : outcome.schema.routines.get(relationKey(name))?.overloads.find(({ types }) => types === '');
      if (plain?.returns && plain.returns !== 'event_trigger') outcome.fail('42P17', 'always');
    },
  ],
  [
    /^\s*set\s+constraints\s+(?!all\b)([\w\s,".$]+?)\s+(deferred|immediate)\s*$/i,
    (match, outcome) => {
      const names = (match[1] ?? '').split(',').map((name) => parseName(name.trim()));
      const known = [...outcome.schema.relations.values()].flatMap(({ constraints }) => [...constraints.values()]);
      for (const name of names) {
        const found = known.filter((constraint) => constraint.name === name?.name);
        if (name !== null && outcome.schema.complete && found.length === 0) outcome.fail('42704', 'always');
        else if (match[2]?.toLowerCase() === 'deferred' && found.length > 0 && found.every(({ definition }) => definition.deferrable !== true)) outcome.fail('42809', 'always');
      }
    },
  ],
  [
    /^\s*alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(\S+)[\s\S]*\bset\s+with(?:out)?\s+oids\b/i,
    (match, outcome) => {
      const table = parseName(match[1] ?? '');
      if (table !== null && requireTable({ table }, outcome)) outcome.lock(table, 'ACCESS EXCLUSIVE');
    },
  ],
  [
    /^\s*alter\s+(function|procedure|routine)\s+([\w".]+)\s*(\([^)]*\))?/i,
    (match, outcome) => {
      const name = parseName(match[2] ?? '');
      const object = (match[1] ?? '').toLowerCase() as 'function' | 'procedure' | 'routine';
      if (name !== null) requireRoutine(object, { name, ...(match[3] !== undefined && { signature: match[3] }) }, outcome);
    },
  ],
  [
    /^\s*alter\s+trigger\s+[\w"]+\s+on\s+([\w".]+)\s+(?:no\s+)?depends\b/i,
    (match, outcome) => {
      const table = parseName(match[1] ?? '');
      if (table !== null && requireTable({ table }, outcome)) outcome.lock(table, 'ACCESS SHARE');
    },
  ],
  [
    /^\s*alter\s+statistics\s+(if\s+exists\s+)?([\w".]+)\s+set\s+statistics\b/i,
    (match, outcome) => {
      const name = parseName(match[2] ?? '');
      const missing = name !== null && outcome.schema.complete && !outcome.schema.objects.has(objectKey('statistics', name));
      if (missing && match[1] === undefined) outcome.fail('42704', 'always');
    },
  ],
];

/** Types and the row types of relations share their names. */
function refuseExistingType({ type }: { type: QualifiedName }, outcome: Outcome): void {
  const key = relationKey(type);
  if (outcome.schema.types.has(key) || outcome.relation(type) !== undefined) outcome.fail('42710', 'always');
}
