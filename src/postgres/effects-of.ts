import type { Operation, OperationKind } from '../operations/types.js';
import type { Effects, PostgresVersion } from './effects.js';
import { Outcome } from './outcome.js';
import type { Schema } from './schema.js';
import type { Session } from './session.js';
import { addColumn } from './statements/add-column.js';
import { comments } from './statements/comments.js';
import { columns } from './statements/columns.js';
import { constraints } from './statements/constraints.js';
import { data } from './statements/data.js';
import { drops } from './statements/drops.js';
import type { Handlers } from './statements/handler.js';
import { refuseNewLabels } from './statements/enum-labels.js';
import { indexes } from './statements/indexes.js';
import { maintenance } from './statements/maintenance.js';
import { newTables } from './statements/new-table.js';
import { notNull } from './statements/not-null.js';
import { others } from './statements/others.js';
import { publications } from './statements/publications.js';
import { renamesOfObjects } from './statements/rename-object.js';
import { routines } from './statements/routines.js';
import { tableParts } from './statements/table-parts.js';
import { partitions } from './statements/partitions.js';
import { refuseKind } from './statements/relation-kinds.js';
import { tables } from './statements/tables.js';
import { types } from './statements/types.js';
import { views } from './statements/views.js';

/** Savepoints are of the transaction that set them. */
function requireSavepoint(name: string, outcome: Outcome): void {
  const { savepoints } = outcome.session;
  if (savepoints !== undefined && !savepoints.includes(name)) outcome.fail('3B001', 'always');
}

/** New objects, and what concerns the session alone: no relation is touched. */
const nothing = (): void => {};

const HANDLERS: Handlers<OperationKind> = {
  ...tables,
  ...addColumn,
  ...columns,
  ...constraints,
  ...notNull,
  ...indexes,
  ...partitions,
  ...drops,
  ...types,
  ...views,
  ...maintenance,
  ...data,
  ...newTables,
  ...comments,
  ...publications,
  ...renamesOfObjects,
  ...routines,
  ...tableParts,
  ...others,
  setParameter: nothing,
  resetParameter({ discard }, outcome) {
    if (discard) outcome.outsideTransaction();
  },
  begin: nothing,
  commit: nothing,
  rollback({ to }, outcome) {
    if (to !== undefined) requireSavepoint(to, outcome);
  },
  savepoint({ name, release }, outcome) {
    if (release) requireSavepoint(name, outcome);
  },
};

/**
 * What PostgreSQL does for one operation: locks on every relation that was
 * there before, table rewrites and scans, index builds, failures.
 *
 * `schema` and `session` are those before the operation. `siblings` are all
 * operations of its statement where the caller has them: TRUNCATE and DROP of
 * several tables do not stand in each other's way.
 */
export function effectsOf(
  operation: Operation,
  schema: Schema,
  session: Session,
  version: PostgresVersion,
  siblings: readonly Operation[] = [operation],
): Effects {
  const outcome = new Outcome({ schema, session, version, siblings });
  refuseKind(operation, outcome);
  (HANDLERS[operation.kind] as (operation: Operation, outcome: Outcome) => void)(operation, outcome);
  refuseNewLabels(operation, outcome);
  return outcome.effects();
}
