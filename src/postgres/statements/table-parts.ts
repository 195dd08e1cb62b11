import type { AlterPolicy, CreatePolicy, CreateTrigger, DropObject, QualifiedName } from '../../operations/types.js';
import { columnsIn } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { relationKey, type Relation } from '../schema.js';
import { missingColumns, requireTable, type Handlers } from './handler.js';
import { lockNamed } from './named-relations.js';
import { isMissingRoutine } from './routines.js';

/** Triggers, policies and rules: parts of a table's definition. */
export const tableParts: Handlers<'createTrigger' | 'createPolicy' | 'alterPolicy' | 'createRule'> = {
  createTrigger(operation, outcome) {
    const { table, trigger, orReplace, forEachRow, from } = operation;
    if (!requireTable({ table }, outcome)) return;
    if (orReplace && outcome.version < 14) return outcome.fail('42601', 'always');
    if (isNoPlaceForTrigger(operation, outcome)) return outcome.fail('42809', 'always');
    if (!orReplace && outcome.relation(table)?.triggers.has(trigger)) return outcome.fail('42710', 'always');
    if (missingColumns(table, operation.columns ?? [], outcome)) return;
    refuseFunction(operation, outcome);
    outcome.lock(table, 'SHARE ROW EXCLUSIVE');
    if (forEachRow) outcome.lockAll(outcome.partitions(table), 'SHARE ROW EXCLUSIVE');
    if (from !== undefined) outcome.lock(from, 'ACCESS SHARE');
  },

  createPolicy(operation, outcome) {
    const { table, policy, reads } = operation;
    if (!requireTable({ table }, outcome)) return;
    if (outcome.refuseView(table)) return;
    refuseExpressions(operation, outcome);
    if (outcome.relation(table)?.policies.has(policy)) return outcome.fail('42710', 'always');
    missingColumns(table, columnsOf(operation), outcome);
    outcome.lock(table, 'ACCESS EXCLUSIVE');
    outcome.lockAll(reads ?? [], 'ACCESS SHARE');
  },
  alterPolicy(operation, outcome) {
    const { table, policy, reads } = operation;
    if (!requireTable({ table }, outcome)) return;
    if (outcome.whole(table)?.policies.has(policy) === false) return outcome.fail('42704', 'always');
    missingColumns(table, columnsOf(operation), outcome);
    outcome.lock(table, 'ACCESS EXCLUSIVE');
    outcome.lockAll(reads ?? [], 'ACCESS SHARE');
  },

  createRule({ table, text, rule, orReplace, event }, outcome) {
    if (!requireTable({ table }, outcome)) return;
    const relation = outcome.relation(table);
    // A table could be turned into a view by one while it was empty, until 16.
    if (event === 'select' && relation?.kind === 'table') return outcome.fail(outcome.version >= 16 ? '42809' : '55000', 'always');
    if (!orReplace && relation?.rules.has(rule)) return outcome.fail('42710', 'always');
    lockNamed(ruleAction(text), outcome);
    outcome.lock(table, 'ACCESS EXCLUSIVE');
  },
};

/** What a rule does, behind its DO. */
export function ruleAction(text: string): string {
  return /\bdo\b([\s\S]*)$/i.exec(text)?.[1] ?? '';
}

/** The columns of a policy's expressions, where nothing else in them could have columns. */
function columnsOf({ reads, using, withCheck }: CreatePolicy | AlterPolicy): string[] {
  return reads === undefined || reads.length === 0 ? columnsIn(`${using ?? ''} ${withCheck ?? ''}`) : [];
}

/** Rows that come are checked, rows that are there are looked at. */
function refuseExpressions({ command, using, withCheck }: CreatePolicy, outcome: Outcome): void {
  const noCheck = command === 'select' || command === 'delete';
  if ((noCheck && withCheck !== undefined) || (command === 'insert' && using !== undefined)) outcome.fail('42601', 'always');
}

function refuseFunction({ function: routine, events, forEachRow }: CreateTrigger, outcome: Outcome): void {
  if (events.includes('truncate') && forEachRow) outcome.fail('0A000', 'always');
  if (isMissingRoutine(routine, outcome)) return outcome.fail('42883', 'always');
  const overloads = outcome.schema.routines.get(relationKey(routine))?.overloads ?? [];
  const plain = overloads.find(({ types }) => types === '');
  if (overloads.length > 0 && plain === undefined) outcome.fail('42883', 'always');
  else if (plain?.returns && plain.returns !== 'trigger') outcome.fail('42P17', 'always');
}

/** The row trigger of a partitioned table has a copy on each partition, which follows it. */
export function isCopiedTrigger(table: QualifiedName, trigger: string, outcome: Outcome): boolean {
  const parent = outcome.relation(table)?.partitionOf?.parent;
  const above = parent === undefined ? undefined : outcome.schema.relations.get(parent);
  return /\bfor\s+each\s+row\b/i.test(above?.triggerTexts.get(trigger)?.text ?? '');
}

/** True where everything on the relation is known and this is not among it. */
export function isAbsent(relation: Relation | undefined, part: 'triggers' | 'policies' | 'rules', name: string): boolean {
  if (relation === undefined || name === '_RETURN') return false;
  const whole = relation.complete || relation.kind === 'view' || relation.kind === 'materialized view';
  return whole && !relation[part].has(name);
}

const PARTS = { trigger: 'triggers', policy: 'policies', rule: 'rules' } as const;

/** DROP TRIGGER, POLICY and RULE: readers rely on all three. */
export function dropTablePart(operation: DropObject, outcome: Outcome): void {
  const { on, object, name, guard } = operation;
  if (on === undefined || !requireTable({ table: on, ...(guard && { guard }) }, outcome)) return;
  const part = PARTS[object as keyof typeof PARTS];
  if (isAbsent(outcome.relation(on), part, name.name)) return guard === 'if exists' ? undefined : outcome.fail('42704', 'always');
  outcome.lock(on, 'ACCESS EXCLUSIVE');
  if (name.name === '_RETURN') outcome.fail('2BP01', 'always');
  if (object !== 'trigger') return;
  if (isCopiedTrigger(on, name.name, outcome)) return outcome.fail('2BP01', 'always');
  outcome.lockAll(outcome.partitions(on), 'ACCESS EXCLUSIVE');
  outcome.lose('integrity', on);
}

/** Views take INSTEAD OF for each row and others for the statement, tables everything but INSTEAD OF. */
function isNoPlaceForTrigger({ table, timing, forEachRow, events }: CreateTrigger, outcome: Outcome): boolean {
  const kind = outcome.relation(table)?.kind;
  if (kind === 'materialized view') return true;
  if (kind === 'view') return (timing !== 'instead of' && forEachRow === true) || events.includes('truncate');
  return kind !== undefined && timing === 'instead of';
}

