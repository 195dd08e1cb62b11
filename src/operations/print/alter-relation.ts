import { printName } from '../../sql/name.js';
import type { QualifiedName, RelationKind } from '../types.js';
import { when, words } from './draft.js';
import { relationWords } from './parts.js';

/** `ALTER TABLE [IF EXISTS] [ONLY] name`, and the same for the other relations. */
export function alterRelation(
  action: { table: QualifiedName; only?: true; relation?: RelationKind; guard?: 'if exists' | 'if not exists'; tableGuard?: 'if exists' },
  guarded = true,
): string {
  return words(
    'ALTER',
    relationWords(action.relation),
    when(action.tableGuard !== undefined || (guarded && action.guard === 'if exists'), 'IF EXISTS'),
    when(action.only, 'ONLY'),
    printName(action.table),
  );
}
