import type { Operation, OperationKind } from '../../operations/types.js';
import type { Outcome } from '../outcome.js';
import type { Relation } from '../schema.js';

type Kind = Relation['kind'];

const MATERIALIZED: readonly Kind[] = ['materialized view'];
const VIEW: readonly Kind[] = ['view'];
const NEITHER: readonly Kind[] = [];

/** Which of views and materialised views a form of ALTER TABLE takes; a form that is not here takes both or is told elsewhere. */
const TAKEN: { readonly [K in OperationKind]?: readonly Kind[] } = {
  dropColumn: NEITHER,
  alterColumnType: NEITHER,
  setNotNull: NEITHER,
  dropNotNull: NEITHER,
  setDefault: VIEW,
  dropDefault: VIEW,
  setExpression: NEITHER,
  dropExpression: NEITHER,
  addIdentity: NEITHER,
  alterIdentity: VIEW,
  dropIdentity: VIEW,
  setStatistics: MATERIALIZED,
  setStorage: MATERIALIZED,
  setCompression: MATERIALIZED,
  setColumnOptions: MATERIALIZED,
  addConstraint: NEITHER,
  alterConstraint: NEITHER,
  validateConstraint: NEITHER,
  dropConstraint: NEITHER,
  setTablespace: MATERIALIZED,
  setLogged: NEITHER,
  setAccessMethod: MATERIALIZED,
  setClusterIndex: MATERIALIZED,
  setInherit: NEITHER,
  setTableType: NEITHER,
  setReplicaIdentity: MATERIALIZED,
  setRowSecurity: NEITHER,
  toggleTrigger: NEITHER,
  attachPartition: NEITHER,
  detachPartition: NEITHER,
};

/** 42809: the relation is a view, and the form of ALTER TABLE is for tables. */
export function refuseKind(operation: Operation, outcome: Outcome): void {
  const taken = TAKEN[operation.kind];
  if (taken === undefined || !('table' in operation) || operation.table === undefined) return;
  const kind = outcome.relation(operation.table)?.kind;
  if ((kind === 'view' || kind === 'materialized view') && !taken.includes(kind)) outcome.fail('42809', 'always');
}
