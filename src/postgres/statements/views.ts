import type { Outcome } from '../outcome.js';
import type { Column, Relation } from '../schema.js';
import type { Query, RefreshMaterializedView } from '../../operations/types.js';
import { RESERVED } from '../../sql/keywords.js';
import { outputColumns, outputItems } from '../expression.js';
import { viewColumns } from '../view-columns.js';
import { sameType } from '../../sql/type.js';
import { lockRead, requireRead } from './dependants.js';
import type { Handlers } from './handler.js';

export const views: Handlers<'createView' | 'createMaterializedView' | 'refreshMaterializedView'> = {
  createView({ view, columns, query, orReplace, temporary }, outcome) {
    const existing = temporary ? undefined : outcome.relation(view);
    if (existing !== undefined && (!orReplace || existing.kind !== 'view')) {
      return outcome.fail(orReplace ? '42809' : '42P07', 'always');
    }
    // A view is only analysed: what its query names is locked, not what the views among those read.
    requireRead(outcome, query.reads);
    refuseMissingColumns(query, outcome);
    outcome.lockAll(query.reads, 'ACCESS SHARE');
    if (existing !== undefined) replaceView(existing, query, columns, outcome);
    else if (orReplace && !temporary && !outcome.schema.complete) outcome.assume(`whether view "${view.name}" exists`);
  },

  createMaterializedView({ view, query, guard }, outcome) {
    if (outcome.relation(view) !== undefined) {
      if (guard !== 'if not exists') outcome.fail('42P07', 'always');
      return outcome.lockAll(query.reads, 'ACCESS SHARE');
    }
    refuseMissingColumns(query, outcome);
    lockRead(outcome, query.reads);
  },

  refreshMaterializedView(operation, outcome) {
    if (refuseRefresh(operation, outcome)) return;
    const { view, concurrently, withNoData } = operation;
    const relation = outcome.relation(view);
    outcome.lock(view, concurrently ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE');
    if (relation === undefined) outcome.assume(`what "${view.name}" reads`);
    else if (!withNoData) lockRead(outcome, relation.reads.map((key) => outcome.nameOf(key)));
    if (concurrently) return requireMatchable(relation, outcome);
    outcome.newFile(view);
    outcome.buildAll(view);
    if (relation?.indexes.size) outcome.scan(view);
    if (withNoData) outcome.lose('data', view);
  },
};

function replaceView(existing: Relation, query: Query, columns: readonly string[] | undefined, outcome: Outcome): void {
  outcome.lock(existing.name, 'ACCESS EXCLUSIVE');
  refuseOtherColumns(existing, columns ?? outputColumns(query.text), outcome);
  const now = viewColumns(query, columns, outcome.schema);
  if (now !== null) refuseOtherTypes(existing, now, outcome);
}

/** True when there is nothing to refresh under the name. */
function refuseRefresh({ view, concurrently, withNoData }: RefreshMaterializedView, outcome: Outcome): boolean {
  const relation = outcome.relation(view);
  if (!outcome.mayExist(view)) outcome.fail('42P01', 'always');
  else if (concurrently && withNoData) outcome.fail('42601', 'always');
  else if (relation?.kind === 'view') outcome.fail('42809', 'always');
  else if (relation?.complete && relation.kind !== 'materialized view') outcome.fail('0A000', 'always');
  return outcome.refused;
}

/** 42703: a plain column of the list that the one relation read is known not to have. */
function refuseMissingColumns(query: Query, outcome: Outcome): void {
  const [read, ...others] = query.reads;
  const relation = read === undefined || others.length > 0 ? undefined : outcome.relation(read);
  if (relation === undefined || relation.columns.size === 0 || !(relation.complete || relation.query !== null)) return;
  const missing = (outputItems(query.text) ?? []).some(({ column }) => column !== null && column !== '*' && !relation.columns.has(column) && !RESERVED.has(column));
  if (missing) outcome.fail('42703', 'always');
}

/** A view may only grow: its columns keep their names and their order. */
function refuseOtherColumns(view: Relation, columns: readonly (string | null)[] | null, outcome: Outcome): void {
  const before = view.columns.size > 0 ? [...view.columns.keys()] : outputColumns(view.query ?? '');
  if (before === null || columns === null) return;
  const kept = before.every((name, index) => index < columns.length && (name === null || columns[index] === null || columns[index] === name));
  if (!kept) outcome.fail('42P16', 'always');
}

/** Nor do they change their types. */
function refuseOtherTypes(view: Relation, now: ReadonlyMap<string, Column>, outcome: Outcome): void {
  for (const { name, type } of view.columns.values()) {
    const other = now.get(name)?.type;
    if (type && other && !sameType(type, other)) outcome.fail('42P16', 'always');
  }
}

/** Old rows and new are matched by a unique index over plain columns and all rows. */
function requireMatchable(relation: Relation | undefined, outcome: Outcome): void {
  if (relation?.populated === false) return outcome.fail('0A000', 'always');
  // Of a view whose CREATE was seen every index was seen too.
  if (relation === undefined || !(relation.complete || relation.query !== null || outcome.schema.complete)) return;
  const usable = [...relation.indexes.values()].some(
    (index) => index.unique && index.where === null && index.keys.every((key) => key.column !== undefined),
  );
  if (!usable) outcome.fail('55000', 'always');
}
