import { nameOf, type CallValue, type Value } from '../evaluate/value.js';
import { INDEX_OPERATIONS } from './index-operations.js';
import { Given, SCHEMA_OPERATIONS, type SchemaOperation } from './operations.js';
import { argument } from './field-types.js';
import type { MigrationFile } from './project.js';
import type { ProjectState } from './state.js';

/** The operation of Django that a class is or derives from; null of any other. */
export function operationNamed(callee: Value): SchemaOperation | null {
  if (callee.type === 'class') return callee.members.has('database_forwards') ? null : (callee.bases.map(operationNamed).find((base) => base !== null) ?? null);
  const name = nameOf(callee);
  return SCHEMA_OPERATIONS[name] ?? INDEX_OPERATIONS[name] ?? null;
}

/** The state that one operation of the list leaves. */
export function stateAfterOperation(call: CallValue, app: string, state: ProjectState): ProjectState {
  if (nameOf(call.callee) === 'SeparateDatabaseAndState') {
    return callsOf(argument(call, 'state_operations', 1)).reduce((now, inner) => stateAfterOperation(inner, app, now), state);
  }
  if (/^Run(?:SQL|Python)$/.test(nameOf(call.callee))) {
    return callsOf(argument(call, 'state_operations', 2)).reduce((now, inner) => stateAfterOperation(inner, app, now), state);
  }
  const operation = operationNamed(call.callee);
  return operation === null ? state : operation.state(state, app, new Given(call, operation.parameters));
}

export function stateAfter(file: MigrationFile, state: ProjectState): ProjectState {
  return callsOf({ type: 'sequence', form: 'list', items: file.operations }).reduce((now, call) => stateAfterOperation(call, file.app, now), state);
}

export function callsOf(value: Value | undefined): CallValue[] {
  return value?.type === 'sequence' ? value.items.flatMap((item) => (item.type === 'call' ? [item] : [])) : [];
}
