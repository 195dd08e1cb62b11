import type { AlterTableStmt, CompositeTypeStmt } from 'libpg-query';
import type { AlterCompositeType } from '../../../operations/types.js';
import { columnOf } from './columns.js';
import { as, cascade, indexOf, relation, relationSpan, type Lowering } from './tree.js';
import { dataType } from './type-name.js';

export function createCompositeType(s: Lowering, node: CompositeTypeStmt): void {
  const open = s.afterName(indexOf(s, node.typevar?.location)) + 1;
  const ranges = s.list(open + 1, s.close(open));
  const attributes = (node.coldeflist ?? []).map((attribute, index) =>
    columnOf(s, as(attribute, 'ColumnDef') ?? {}, ranges[index] ?? { from: open, to: open }),
  );
  s.emit({ kind: 'createCompositeType', type: relation(s, node.typevar), attributes }, relationSpan(s, node.typevar));
}

/** The grammar has ALTER TYPE … ADD ATTRIBUTE as an ALTER TABLE of another object type. */
export function alterCompositeType(s: Lowering, node: AlterTableStmt): void {
  const after = s.afterName(indexOf(s, node.relation?.location));
  const ranges = s.list(after, s.last);
  (node.cmds ?? []).forEach((command, index) => {
    const cmd = as(command, 'AlterTableCmd') ?? {};
    const range = ranges[index] ?? { from: after, to: s.last };
    const at = s.skipGuard(range.from + 2);
    const definition = as(cmd.def, 'ColumnDef');
    const action = actionOf(cmd.subtype, s.name(cmd.name ?? ''), cmd.missing_ok === true);
    if (action === undefined) {
      s.emit({ kind: 'utility', command: 'ALTER TYPE', text: s.whole() }, relationSpan(s, node.relation));
      return;
    }
    const to = cmd.behavior === 'DROP_CASCADE' ? range.to - 1 : range.to;
    if (action.type === 'add attribute') action.attribute = columnOf(s, definition ?? {}, { from: at, to });
    if (action.type === 'alter attribute type') action.dataType = dataType(s, definition?.typeName);
    s.emit(
      { kind: 'alterCompositeType', type: relation(s, node.relation), action: { ...action, ...cascade(cmd.behavior) } },
      s.span(at),
    );
  });
}

function actionOf(subtype: string | undefined, name: string, guarded: boolean): AlterCompositeType['action'] | undefined {
  switch (subtype) {
    case 'AT_AddColumn':
      return { type: 'add attribute', attribute: { name } };
    case 'AT_DropColumn':
      return { type: 'drop attribute', attribute: name, ...(guarded && { guard: 'if exists' }) };
    case 'AT_AlterColumnType':
      return { type: 'alter attribute type', attribute: name, dataType: { name: 'unknown' } };
    default:
      return undefined;
  }
}
