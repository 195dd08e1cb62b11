import type { Outcome } from '../outcome.js';
import type { Relation } from '../schema.js';
import { lockRead, requireRead } from './dependants.js';
import type { Handlers } from './handler.js';

export const views: Handlers<'createView' | 'createMaterializedView' | 'refreshMaterializedView'> = {
  createView({ view, query, orReplace, temporary }, outcome) {
    const existing = temporary ? undefined : outcome.relation(view);
    if (existing !== undefined && (!orReplace || existing.kind !== 'view')) {
      return outcome.fail(orReplace ? '42809' : '42P07', 'always');
    }
    // A view is only analysed: what its query names is locked, not what the views among those read.
    requireRead(outcome, query.reads);
    outcome.lockAll(query.reads, 'ACCESS SHARE');
    if (orReplace && !temporary) {
      if (existing === undefined && outcome.schema.complete) return;
      if (existing !== undefined) outcome.lock(view, 'ACCESS EXCLUSIVE');
      else outcome.assume(`whether view "${view.name}" exists`);
    }
  },

  createMaterializedView({ view, query, guard }, outcome) {
    if (outcome.relation(view) !== undefined) {
      if (guard !== 'if not exists') outcome.fail('42P07', 'always');
      return outcome.lockAll(query.reads, 'ACCESS SHARE');
    }
    lockRead(outcome, query.reads);
  },

  refreshMaterializedView({ view, concurrently, withNoData }, outcome) {
    if (!outcome.mayExist(view)) return outcome.fail('42P01', 'always');
    const relation = outcome.relation(view);
    if (concurrently && withNoData) return outcome.fail('42601', 'always');
    if (relation !== undefined && !withNoData) lockRead(outcome, relation.reads.map((key) => outcome.nameOf(key)));
    outcome.lock(view, concurrently ? 'EXCLUSIVE' : 'ACCESS EXCLUSIVE');
    if (relation === undefined) outcome.assume(`what "${view.name}" reads`);
    if (concurrently) return requireUniqueIndex(relation, outcome);
    outcome.newFile(view);
    outcome.buildAll(view);
    if (relation !== undefined && relation.indexes.size > 0) outcome.scan(view);
    if (withNoData) outcome.lose('data', view);
  },
};

/** Rows are matched by a unique index over plain columns and all rows. */
function requireUniqueIndex(relation: Relation | undefined, outcome: Outcome): void {
  if (relation === undefined || !(relation.complete || outcome.schema.complete)) return;
  const usable = [...relation.indexes.values()].some(
    (index) => index.unique && index.where === null && index.keys.every((key) => key.column !== undefined),
  );
  if (!usable) outcome.fail('55000', 'always');
}
