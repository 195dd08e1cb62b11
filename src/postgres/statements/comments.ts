import type { Comment, ObjectKind, QualifiedName } from '../../operations/types.js';
import { columnsIn } from '../expression.js';
import type { Outcome } from '../outcome.js';
import { objectKey, relationKey, type Relation } from '../schema.js';
import { isMissingType } from '../type-change.js';
import { missingColumns, requireColumn, requireTable, type Handlers } from './handler.js';
import { requireRoutine } from './routines.js';

export const comments: Handlers<'comment' | 'grant'> = {
  comment,

  grant({ object, names, roles, text }, outcome) {
    const everyIn = /^all .* in schema$/.test(object ?? '');
    if (everyIn && names.some((name) => isMissingSchema(name, outcome))) return outcome.fail('3F000', 'always');
    // Up to 17 privileges change without a look at the relation.
    if (roles !== undefined || (object !== 'table' && object !== 'view' && object !== 'materialized view' && object !== 'column')) return;
    grantOn(names, text, outcome);
  },
};

function grantOn(names: readonly QualifiedName[], text: string, outcome: Outcome): void {
  const columns = [...(/^([\s\S]*?)\bon\b/i.exec(text)?.[1] ?? '').matchAll(/\(([^)]*)\)/g)].flatMap((match) => columnsIn(match[1] ?? ''));
  for (const table of names) {
    if (!requireTable({ table }, outcome)) return;
    missingColumns(table, columns, outcome);
    if (outcome.version >= 18) outcome.lock(table, 'ACCESS SHARE');
  }
}

/** A comment on a relation waits for schema changes of it, one on a part of it only looks the part up. */
function comment(operation: Comment, outcome: Outcome): void {
  const { object, name, on } = operation;
  switch (object) {
    case 'table':
    case 'view':
    case 'materialized view':
    case 'foreign table':
      commentRelation(object, name, outcome);
      break;
    case 'column':
      commentColumn(name, on, outcome);
      break;
    case 'constraint':
    case 'trigger':
    case 'policy':
    case 'rule':
      commentPart(object, name, on, outcome);
      break;
    case 'function':
    case 'procedure':
    case 'routine':
      requireRoutine(object, operation, outcome);
      break;
    case 'index':
      if (outcome.schema.complete && !outcome.schema.indexes.has(relationKey(name))) outcome.fail(isRelation(name, outcome) ? '42809' : '42P01', 'always');
      break;
    case 'schema':
      if (isMissingSchema(name, outcome)) outcome.fail('3F000', 'always');
      break;
    case 'type':
    case 'domain':
      if (isMissingType(name, outcome.schema)) outcome.fail('42704', 'always');
      break;
    default:
  }
}

/** Composite types have columns to speak of as well. */
function commentColumn(name: QualifiedName, on: QualifiedName | undefined, outcome: Outcome): void {
  if (on === undefined || outcome.schema.types.get(relationKey(on))?.kind === 'composite') return;
  if (!requireTable({ table: on }, outcome) || requireColumn({ table: on, column: name.name }, outcome) === null) return;
  outcome.lock(on, 'SHARE UPDATE EXCLUSIVE');
}

function lacks(relation: Relation | undefined, part: 'constraint' | 'trigger' | 'policy' | 'rule', name: string): boolean {
  if (relation === undefined) return false;
  const parts = { constraint: relation.constraints, trigger: relation.triggers, policy: relation.policies, rule: relation.rules };
  return !parts[part].has(name);
}

function isRelation(name: QualifiedName, outcome: Outcome): boolean {
  return outcome.relation(name) !== undefined;
}

function commentRelation(object: ObjectKind, name: QualifiedName, outcome: Outcome): void {
  if (isOtherKind(object, name, outcome)) return outcome.fail('42809', 'always');
  if (requireTable({ table: name }, outcome)) outcome.lock(name, 'SHARE UPDATE EXCLUSIVE');
}

function commentPart(part: 'constraint' | 'trigger' | 'policy' | 'rule', name: QualifiedName, on: QualifiedName | undefined, outcome: Outcome): void {
  if (on === undefined || !requireTable({ table: on }, outcome)) return;
  if (lacks(outcome.whole(on), part, name.name)) return outcome.fail('42704', 'always');
  outcome.lock(on, 'ACCESS SHARE');
}

export function isMissingSchema(name: QualifiedName, { schema }: Outcome): boolean {
  return schema.complete && name.name !== 'public' && !name.name.startsWith('pg_') && name.name !== 'information_schema' && !schema.objects.has(objectKey('schema', { name: name.name }));
}

function isOtherKind(object: ObjectKind, name: QualifiedName, outcome: Outcome): boolean {
  const kind = outcome.relation(name)?.kind;
  const tables = kind === 'partitioned table' ? 'table' : kind;
  return kind !== undefined && outcome.schema.complete && tables !== object;
}

