import type { OperationKind } from '../../src/operations/types.js';
import { data } from './data.js';
import { objects } from './objects.js';
import type { Arbitraries } from './parts.js';
import { columns, tables, tableSettings } from './tables.js';

/** Every kind there is: one without an arbitrary does not compile. */
export const OPERATIONS: Arbitraries<OperationKind> = { ...tables, ...columns, ...tableSettings, ...objects, ...data };
