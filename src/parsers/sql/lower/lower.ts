import type { Node } from 'libpg-query';
import { alterTable } from './alter-table.js';
import { createCompositeType } from './composite-types.js';
import { createTable } from './create-table.js';
import { insert, merge, remove, select, update } from './data.js';
import { drop } from './drop.js';
import { createIndex } from './index-statements.js';
import type { Range } from './constraints.js';
import { MAINTENANCE } from './maintenance.js';
import { OBJECTS } from './objects.js';
import { ROUTINES } from './routines.js';
import { SESSION } from './session.js';
import { as, tagOf, type Lowering, type Tag } from './tree.js';
import { TYPES } from './types.js';
import { command } from './utility.js';
import { VIEWS } from './views.js';

/** Writes a statement's operations into its reader. */
export type Lower = (s: Lowering, node: never) => void;

/** Data statements are told where they stand, as they also stand in CTEs. */
function whole<N>(lower: (s: Lowering, node: N, range: Range) => void): Lower {
  return (s: Lowering, node: never) => lower(s, node, { from: s.first, to: s.last });
}

/** Every statement of the grammar that is more than a `utility`. */
const STATEMENTS: { readonly [T in Tag]?: Lower } = {
  AlterTableStmt: alterTable,
  CompositeTypeStmt: createCompositeType,
  CreateStmt: createTable,
  DropStmt: drop,
  IndexStmt: createIndex,
  InsertStmt: whole(insert),
  UpdateStmt: whole(update),
  DeleteStmt: whole(remove),
  MergeStmt: whole(merge),
  SelectStmt: select,
  ...MAINTENANCE,
  ...OBJECTS,
  ...ROUTINES,
  ...SESSION,
  ...TYPES,
  ...VIEWS,
};

export function lower(s: Lowering, statement: Node | undefined): void {
  const tag = tagOf(statement);
  const known = tag === undefined ? undefined : STATEMENTS[tag];
  if (known !== undefined && tag !== undefined) known(s, as(statement, tag) as never);
  else s.emit({ kind: 'utility', command: command(s), text: s.whole() }, s.wholeSpan());
}
