import type { OperationKind, OperationOf, QualifiedName } from '../operations/types.js';
import { relationKey } from '../postgres/schema.js';
import type { RuleContext, Step } from '../rule.js';

type ByTable = ReadonlyMap<string, readonly Step[]>;

/** A file may hold hundreds of thousands of statements: to look through all of them for each would take minutes. */
const known = new WeakMap<readonly Step[], ByTable>();

function byTable(steps: readonly Step[]): ByTable {
  const found = known.get(steps);
  if (found !== undefined) return found;
  const tables = new Map<string, Step[]>();
  for (const step of steps) {
    const { operation } = step;
    if (!('table' in operation) || operation.table == null) continue;
    const key = `${operation.kind} ${relationKey(operation.table)}`;
    const list = tables.get(key);
    if (list === undefined) tables.set(key, [step]);
    else list.push(step);
  }
  known.set(steps, tables);
  return tables;
}

const NONE: readonly never[] = [];

/** The steps of this migration, in order, that do this to that table. */
export function stepsOn<K extends OperationKind>(context: RuleContext, kind: K, table: QualifiedName): readonly Step<OperationOf<K>>[] {
  return (byTable(context.steps).get(`${kind} ${relationKey(table)}`) as readonly Step<OperationOf<K>>[] | undefined) ?? NONE;
}
