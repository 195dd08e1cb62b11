import type { Constraint, IndexKey, OperationDraft, QualifiedName } from '../../../operations/types.js';
import { quoteIdentifier } from '../../../sql/name.js';
import { pythonCallText, pythonList, pythonString } from './write-python.js';
import { pythonColumn, pythonType } from './write-columns.js';

type DraftOf<K extends OperationDraft['kind']> = Extract<OperationDraft, { kind: K }>;

/** The call of `op` that sends the operation; null where Alembic has none. */
export function pythonCall(draft: OperationDraft): string | null {
  const write = WRITERS[draft.kind] as ((draft: OperationDraft) => string | null) | undefined;
  return write === undefined ? null : write(draft);
}

type Writers = { [K in OperationDraft['kind']]?: (draft: DraftOf<K>) => string | null };

const WRITERS: Writers = {
  createIndex,
  dropIndex,
  addConstraint: (draft) => (draft.only === true ? null : addConstraint(draft)),
  dropConstraint: (draft) =>
    draft.cascade === true || draft.only === true
      ? null
      : call('drop_constraint', [
          pythonString(draft.constraint),
          pythonString(draft.table.name),
          ...schema(draft.table),
          ...(draft.guard === 'if exists' ? ['if_exists=True'] : []),
        ]),
  addColumn: (draft) => {
    const column = pythonColumn(draft.column);
    if (column === null || draft.only === true) return null;
    const guard = draft.guard === 'if not exists' ? ['if_not_exists=True'] : [];
    return call('add_column', [pythonString(draft.table.name), column, ...schema(draft.table), ...guard]);
  },
  dropColumn: (draft) => {
    if (draft.cascade === true || draft.only === true) return null;
    const guard = draft.guard === 'if exists' ? ['if_exists=True'] : [];
    return call('drop_column', [pythonString(draft.table.name), pythonString(draft.column), ...schema(draft.table), ...guard]);
  },
  dropTable: (draft) =>
    draft.cascade === true || draft.foreign === true
      ? null
      : call('drop_table', [
          pythonString(draft.table.name),
          ...schema(draft.table),
          ...(draft.guard === 'if exists' ? ['if_exists=True'] : []),
        ]),
  renameTable: (draft) =>
    draft.relation === undefined && draft.guard === undefined
      ? call('rename_table', [pythonString(draft.table.name), pythonString(draft.to), ...schema(draft.table)])
      : null,
  renameColumn: (draft) => alter(draft, `new_column_name=${pythonString(draft.to)}`),
  setNotNull: (draft) => alter(draft, 'nullable=False'),
  dropNotNull: (draft) => alter(draft, 'nullable=True'),
  setDefault: (draft) => alter(draft, `server_default=sa.text(${pythonString(escapeColons(draft.default))})`),
  dropDefault: (draft) => alter(draft, 'server_default=None'),
  alterColumnType: (draft) => {
    const type = draft.collation === undefined ? pythonType(draft.type) : null;
    if (type === null) return null;
    const using = draft.using === undefined ? [] : [`postgresql_using=${pythonString(draft.using)}`];
    return alter(draft, `type_=${type}`, ...using);
  },
};

function call(name: string, arguments_: readonly string[]): string {
  return pythonCallText(`op.${name}`, arguments_);
}

function schema(table: QualifiedName): string[] {
  return table.schema === undefined ? [] : [`schema=${pythonString(table.schema)}`];
}

/** `sa.text` and `op.execute` read `:name` as a parameter. */
export function escapeColons(sql: string): string {
  return sql.replaceAll(/(?<![:\w\\]):(?=\w)(?!\w+:)/g, '\\:');
}

function alter(
  draft: { table: QualifiedName; column: string; only?: true; relation?: string; guard?: string },
  ...aspects: string[]
): string | null {
  if (draft.only === true || draft.relation !== undefined || draft.guard !== undefined) return null;
  return call('alter_column', [pythonString(draft.table.name), pythonString(draft.column), ...aspects, ...schema(draft.table)]);
}

function createIndex(draft: DraftOf<'createIndex'>): string | null {
  if (draft.index === undefined || draft.only === true || draft.options !== undefined) return null;
  const keys = draft.keys.map(indexKey);
  return call('create_index', [
    pythonString(draft.index),
    pythonString(draft.table.name),
    `[${keys.join(', ')}]`,
    ...(draft.unique === true ? ['unique=True'] : []),
    ...schema(draft.table),
    ...(draft.guard === 'if not exists' ? ['if_not_exists=True'] : []),
    ...(draft.method === undefined ? [] : [`postgresql_using=${pythonString(draft.method)}`]),
    ...(draft.include === undefined ? [] : [`postgresql_include=${pythonList(draft.include)}`]),
    ...(draft.nullsNotDistinct === true ? ['postgresql_nulls_not_distinct=True'] : []),
    ...(draft.where === undefined ? [] : [`postgresql_where=sa.text(${pythonString(escapeColons(draft.where))})`]),
    ...(draft.tablespace === undefined ? [] : [`postgresql_tablespace=${pythonString(draft.tablespace)}`]),
    ...(draft.concurrently === true ? ['postgresql_concurrently=True'] : []),
  ]);
}

function indexKey(key: IndexKey): string {
  const plain = key.order === undefined && key.nulls === undefined && key.collation === undefined && key.operatorClass === undefined;
  if (key.column !== undefined && plain) return pythonString(key.column);
  const parts = [
    key.column === undefined ? (key.expression ?? '') : quoteIdentifier(key.column),
    ...(key.collation === undefined ? [] : [`COLLATE ${quoteIdentifier(key.collation.name)}`]),
    ...(key.operatorClass === undefined ? [] : [key.operatorClass]),
    ...(key.order === undefined ? [] : [key.order.toUpperCase()]),
    ...(key.nulls === undefined ? [] : [`NULLS ${key.nulls.toUpperCase()}`]),
  ];
  return `sa.text(${pythonString(escapeColons(parts.join(' ')))})`;
}

function dropIndex(draft: DraftOf<'dropIndex'>): string | null {
  if (draft.cascade === true) return null;
  return call('drop_index', [
    pythonString(draft.index.name),
    ...(draft.table === undefined ? [] : [`table_name=${pythonString(draft.table.name)}`]),
    ...schema(draft.index),
    ...(draft.guard === 'if exists' ? ['if_exists=True'] : []),
    ...(draft.concurrently === true ? ['postgresql_concurrently=True'] : []),
  ]);
}

function addConstraint(draft: DraftOf<'addConstraint'>): string | null {
  const { constraint, table } = draft;
  if (constraint.type === 'foreign key') return foreignKey(constraint, table);
  if (constraint.type === 'check') return check(constraint, table);
  if (constraint.type !== 'unique' && constraint.type !== 'primary key') return null;
  // An index made beforehand can only be named in SQL.
  if (constraint.usingIndex !== undefined || constraint.include !== undefined) return null;
  const name = constraint.type === 'unique' ? 'create_unique_constraint' : 'create_primary_key';
  return call(name, [
    constraint.name === undefined ? 'None' : pythonString(constraint.name),
    pythonString(table.name),
    pythonList(constraint.columns),
    ...schema(table),
    ...timing(constraint),
    ...(constraint.type === 'unique' && constraint.nullsNotDistinct === true ? ['postgresql_nulls_not_distinct=True'] : []),
  ]);
}

function check(constraint: Extract<Constraint, { type: 'check' }>, table: QualifiedName): string | null {
  if (constraint.name === undefined || constraint.noInherit === true || constraint.notEnforced === true) return null;
  return call('create_check_constraint', [
    pythonString(constraint.name),
    pythonString(table.name),
    `sa.text(${pythonString(escapeColons(constraint.expression))})`,
    ...schema(table),
    ...(constraint.notValid === true ? ['postgresql_not_valid=True'] : []),
  ]);
}

function foreignKey(constraint: Extract<Constraint, { type: 'foreign key' }>, table: QualifiedName): string | null {
  const { references } = constraint;
  if (references.columns.length === 0 || constraint.notEnforced === true) return null;
  return call('create_foreign_key', [
    constraint.name === undefined ? 'None' : pythonString(constraint.name),
    pythonString(table.name),
    pythonString(references.table.name),
    pythonList(constraint.columns),
    pythonList(references.columns),
    ...(constraint.onUpdate === undefined ? [] : [`onupdate=${pythonString(constraint.onUpdate.toUpperCase())}`]),
    ...(constraint.onDelete === undefined ? [] : [`ondelete=${pythonString(constraint.onDelete.toUpperCase())}`]),
    ...timing(constraint),
    ...(constraint.match === undefined ? [] : [`match=${pythonString(constraint.match.toUpperCase())}`]),
    ...(table.schema === undefined ? [] : [`source_schema=${pythonString(table.schema)}`]),
    ...(references.table.schema === undefined ? [] : [`referent_schema=${pythonString(references.table.schema)}`]),
    ...(constraint.notValid === true ? ['postgresql_not_valid=True'] : []),
  ]);
}

function timing(constraint: { deferrable?: boolean; initiallyDeferred?: boolean }): string[] {
  return [
    ...(constraint.deferrable === undefined ? [] : [`deferrable=${constraint.deferrable ? 'True' : 'False'}`]),
    ...(constraint.initiallyDeferred === undefined ? [] : [`initially="${constraint.initiallyDeferred ? 'DEFERRED' : 'IMMEDIATE'}"`]),
  ];
}
