import type { Constraint, OperationDraft } from '../../../operations/types.js';
import {
  columnOf,
  commentText,
  databaseDefaultOf,
  deferForeignKey,
  deferIndexes,
  foreignKeyOf,
  type Column,
} from './columns.js';
import { effectiveDefault } from './defaults.js';
import type { SchemaEditor } from './editor.js';
import { commentOf, type Field } from './field.js';
import { constraintOf, indexDraft } from './indexes.js';
import { generatedName } from './names.js';
import { fieldNamed, qualified, tableName, throughModel, type Model, type ProjectState } from './state.js';

/** CREATE TABLE; keys, indexes and what is unique together wait for the end of the migration. */
export function createModel(editor: SchemaEditor, state: ProjectState, model: Model): void {
  const table = tableName(model);
  for (const names of model.options.uniqueTogether) deferUniqueTogether(editor, model, names);
  const columns = model.fields.flatMap((field): Column[] => {
    const column = columnOf(state, model, field, false);
    if (column === null) return [];
    deferForeignKey(editor, state, model, field);
    return [{ ...column, definition: { ...column.definition, span: editor.at(field.span) } }];
  });
  const constraints = tableConstraints(editor, state, model, columns.some(({ parametrised }) => parametrised));
  const tablespace = model.options.tablespace;
  editor.send({
    kind: 'createTable',
    table: qualified(table),
    columns: columns.map(({ definition }) => definition),
    constraints,
    ...(tablespace === null ? {} : { tablespace }),
    ...(columns.some(({ partial }) => partial) ? { partial: true as const } : {}),
  });
  sendComments(editor, model);
  for (const field of model.fields) deferIndexes(editor, state, model, field);
  for (const [, index] of model.indexes) deferDraft(editor, table, indexDraft(state, model, index), index.span);
  for (const field of model.fields) {
    const through = throughModel(state, model, field);
    if (through !== null) createModel(editor, state, through);
  }
}

function sendComments(editor: SchemaEditor, model: Model): void {
  if (model.options.comment !== null) editor.send(tableComment(model, model.options.comment));
  for (const field of model.fields) if (commentOf(field) !== null && !field.virtual) editor.send(columnComment(model, field), field.span);
}

/** Constraints inside CREATE TABLE; those that only an index can hold, and all of them beside a default with a value, come after it. */
function tableConstraints(editor: SchemaEditor, state: ProjectState, model: Model, apart: boolean): Constraint[] {
  const inside: Constraint[] = [];
  for (const [, call] of model.constraints) {
    const made = constraintOf(state, model, call);
    if (made === null) continue;
    if (made.form === 'index') {
      deferDraft(editor, tableName(model), made.draft, call.span);
    } else if (apart || (made.constraint.type === 'unique' && made.constraint.nullsNotDistinct !== undefined)) {
      deferDraft(editor, tableName(model), { kind: 'addConstraint', table: qualified(tableName(model)), constraint: made.constraint }, call.span);
    } else {
      inside.push({ ...made.constraint, span: editor.at(call.span) });
    }
  }
  return inside;
}

function deferDraft(editor: SchemaEditor, table: string, draft: OperationDraft, span: Field['span']): void {
  editor.defer([{ table, columns: [] }], ([end]) => ('table' in draft ? { ...draft, table: qualified(end?.table ?? table) } : draft), span);
}

function deferUniqueTogether(editor: SchemaEditor, model: Model, names: readonly string[]): void {
  editor.defer([{ table: tableName(model), columns: columnsOf(model, names) }], ([end]) => uniqueTogether(end?.table ?? '', end?.columns ?? []));
}

export function uniqueTogether(table: string, columns: readonly string[]): OperationDraft {
  return {
    kind: 'addConstraint',
    table: qualified(table),
    constraint: { type: 'unique', name: generatedName(table, columns, '_uniq'), columns: [...columns] },
  };
}

export function columnsOf(model: Model, names: readonly string[]): string[] {
  return names.map((name) => fieldNamed(model, name)?.column ?? name);
}

export function tableComment(model: Model, comment: string): OperationDraft {
  return { kind: 'comment', object: 'table', name: qualified(tableName(model)), comment: comment === '' ? null : comment };
}

export function columnComment(model: Model, field: Field): OperationDraft {
  const { schema, name } = qualified(tableName(model));
  const text = commentText(field);
  return {
    kind: 'comment',
    object: 'column',
    name: { ...(schema === undefined ? {} : { schema }), name: field.column },
    on: schema === undefined ? { name } : { schema, name },
    comment: text === '' ? null : text,
  };
}

export function deleteModel(editor: SchemaEditor, state: ProjectState, model: Model): void {
  for (const field of model.fields) {
    const through = throughModel(state, model, field);
    if (through !== null) deleteModel(editor, state, through);
  }
  const table = tableName(model);
  editor.send({ kind: 'dropTable', table: qualified(table), cascade: true });
  editor.tableDropped(table);
}

/** ADD COLUMN, or the table between of a many-to-many relation. */
export function addField(editor: SchemaEditor, state: ProjectState, model: Model, field: Field): void {
  const through = throughModel(state, model, field);
  if (through !== null) {
    createModel(editor, state, through);
    return;
  }
  const column = columnOf(state, model, field, true);
  if (column === null) return;
  const table = qualified(tableName(model));
  const key = foreignKeyOf(state, model, field);
  const constraints = [...(column.definition.constraints ?? []), ...(key === null ? [] : [key])];
  const placed = { ...column.definition, span: editor.at(field.span) };
  const definition = constraints.length === 0 ? placed : { ...placed, constraints };
  const add: OperationDraft = { kind: 'addColumn', table, column: definition, ...(column.partial ? { partial: true as const } : {}) };
  // The check is made at once, so that data may change in the same transaction.
  if (key === null) editor.send(add, field.span);
  else editor.sendTogether([add, immediate(key.name ?? '')], field.span);
  const leaves = databaseDefaultOf(state, model, field) !== null || effectiveDefault(field) === null;
  if (!leaves) editor.send({ kind: 'dropDefault', table, column: field.column }, field.span);
  if (commentOf(field) !== null) editor.send(columnComment(model, field), field.span);
  deferIndexes(editor, state, model, field);
}

function immediate(name: string): OperationDraft {
  const text = `SET CONSTRAINTS ${name === '' ? 'ALL' : `"${name}"`} IMMEDIATE`;
  return { kind: 'utility', command: 'SET CONSTRAINTS', text };
}

export const ALL_IMMEDIATE = immediate('');

export function removeField(editor: SchemaEditor, state: ProjectState, model: Model, field: Field): void {
  const through = throughModel(state, model, field);
  if (through !== null) {
    deleteModel(editor, state, through);
    return;
  }
  if (field.virtual) return;
  dropForeignKey(editor, state, model, field);
  const table = tableName(model);
  editor.send({ kind: 'dropColumn', table: qualified(table), column: field.column, cascade: true });
  editor.columnDropped(table, field.column);
}

/** Drops the key of a column after its pending checks; false where it has none in the database. */
export function dropForeignKey(editor: SchemaEditor, state: ProjectState, model: Model, field: Field): boolean {
  const table = tableName(model);
  const key = foreignKeyOf(state, model, field, field.made.foreignKey);
  if (key === null || editor.awaits(table, field.column, 'foreign key')) return false;
  const name = key.name ?? '';
  const unsure = state.target(model, field).assumed ? { partial: true as const } : {};
  editor.sendTogether([
    immediate(name),
    { kind: 'dropConstraint', table: qualified(table), constraint: name, type: 'foreign key', ...unsure },
  ]);
  return true;
}
