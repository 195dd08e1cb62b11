import type { Target } from './alter-table.js';

/** The target of an action that has a guard of its own: that of the table stands beside it. */
export function ownGuarded({ guard, ...target }: Target): Omit<Target, 'guard'> & { tableGuard?: 'if exists' } {
  return guard === undefined ? target : { ...target, tableGuard: guard };
}
