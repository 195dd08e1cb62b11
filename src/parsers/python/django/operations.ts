import type { OperationDraft } from '../../../operations/types.js';
import { stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { alterField, related, renameTable, sideOf } from './alter-field.js';
import type { SchemaEditor } from './editor.js';
import { fieldOf, type Field } from './field.js';
import { argument } from './field-types.js';

import { addField, columnsOf, createModel, deleteModel, removeField, tableComment, uniqueTogether } from './models.js';
import { generatedName } from './names.js';
import { keyOf, qualified, tableName, throughModel, type Model, type ProjectState } from './state.js';
import {
  isAbsent,
  modelOf,
  stateWithAltered,
  stateWithField,
  stateWithModel,
  stateWithOptions,
  stateWithoutField,
  stateWithRenamed,
  stateWithRenamedModel,
  together,
  withTogetherNames,
} from './state-changes.js';

/** One operation at its place: the project before it and after it. */
export interface Run {
  editor: SchemaEditor;
  app: string;
  call: CallValue;
  /** States in the direction of the run. */
  from: ProjectState;
  to: ProjectState;
  backwards: boolean;
}

export interface SchemaOperation {
  /** Names of its arguments, in their order. */
  parameters: readonly string[];
  state: (state: ProjectState, app: string, given: Given) => ProjectState;
  run: (run: Run, given: Given) => void;
}

/** The arguments of an operation by name. */
export class Given {
  constructor(
    readonly call: CallValue,
    readonly parameters: readonly string[],
  ) {}

  value(name: string): Value | undefined {
    return argument(this.call, name, this.parameters.indexOf(name) < 0 ? undefined : this.parameters.indexOf(name));
  }

  text(name: string): string {
    return stringOf(this.value(name)) ?? `__${name}__`;
  }

  field(): Field | null {
    return fieldOf(this.text('name'), this.value('field'));
  }

  callOf(name: string): CallValue | null {
    const value = this.value(name);
    return value?.type === 'call' ? value : null;
  }
}

/** The model an operation speaks of, as a state knows it; one of nothing but its name where it was never seen. */
function find(state: ProjectState, app: string, name: string): Model {
  return (
    state.find(app, name) ?? {
      app,
      name,
      fields: [],
      options: { table: null, comment: null, tablespace: null, managed: true, uniqueTogether: [], indexTogether: [], orderWithRespectTo: null, made: {} },
      indexes: new Map(),
      constraints: new Map(),
      bases: [],
      age: 0,
    }
  );
}

const MODEL = ['model_name', 'name', 'field', 'preserve_default'];

const createModelOperation: SchemaOperation = {
  parameters: ['name', 'fields', 'options', 'bases', 'managers'],
  state: (state, app, given) => {
    const model = modelOf(state, app, given.call, (name) => given.value(name));
    return model === null ? state : stateWithModel(state, model);
  },
  run: ({ editor, app, from, to, backwards }, given) => {
    const model = find(backwards ? from : to, app, given.text('name'));
    if (!model.options.managed) return;
    if (backwards) deleteModel(editor, from, model);
    else createModel(editor, to, model);
  },
};

const deleteModelOperation: SchemaOperation = {
  parameters: ['name'],
  state: (state, app, given) => state.without(find(state, app, given.text('name'))),
  run: ({ editor, app, from, to, backwards }, given) => {
    const model = find(backwards ? to : from, app, given.text('name'));
    if (!model.options.managed) return;
    if (backwards) createModel(editor, to, model);
    else deleteModel(editor, from, model);
  },
};

const addFieldOperation: SchemaOperation = {
  parameters: MODEL,
  state: (state, app, given) => {
    const field = given.field();
    return field === null ? state : stateWithField(state, find(state, app, given.text('model_name')), field);
  },
  run: ({ editor, app, from, to, backwards }, given) => {
    const model = find(backwards ? from : to, app, given.text('model_name'));
    const field = given.field();
    if (!model.options.managed || field === null) return;
    if (backwards) removeField(editor, from, model, model.fields.find((each) => each.name === field.name) ?? field);
    else addField(editor, to, model, field);
  },
};

const removeFieldOperation: SchemaOperation = {
  parameters: ['model_name', 'name'],
  state: (state, app, given) => stateWithoutField(state, find(state, app, given.text('model_name')), given.text('name')),
  run: ({ editor, app, from, to, backwards }, given) => {
    const state = backwards ? to : from;
    const model = find(state, app, given.text('model_name'));
    const name = given.text('name');
    const field = model.fields.find((each) => each.name === name);
    if (!model.options.managed) return;
    if (field !== undefined && backwards) addField(editor, to, model, field);
    else if (field !== undefined) removeField(editor, from, model, field);
    // Where the field was never seen, its column is what a plain field would have.
    else if (!backwards) editor.send({ kind: 'dropColumn', table: qualified(tableName(model)), column: name, cascade: true, partial: true });
  },
};

const alterFieldOperation: SchemaOperation = {
  parameters: MODEL,
  state: (state, app, given) => {
    const field = given.field();
    if (field === null) return state;
    const model = find(state, app, given.text('model_name'));
    return renamedKeys(state, stateWithAltered(state, model, field), app, model.name, field.name);
  },
  run: ({ editor, app, from, to, backwards }, given) => {
    const [old, fresh] = [find(from, app, given.text('model_name')), find(to, app, given.text('model_name'))];
    if (!fresh.options.managed) return;
    const name = given.text('name');
    const [before, after] = [old.fields.find((each) => each.name === name), fresh.fields.find((each) => each.name === name)];
    // Backwards the field of the migration is the old one, and its default for the while is forgotten.
    if (before !== undefined && after !== undefined) {
      alterField(editor, { state: from, model: old, field: before }, { state: to, model: fresh, field: after });
    } else if (!backwards) {
      alterUnknown(editor, to, fresh, given.field());
    }
  },
};

/** A column that others may point at. */
function sideNamed(state: ProjectState, app: string, model: string, name: string): ReturnType<typeof sideOf> | null {
  const found = state.find(app, model);
  const field = found?.fields.find((each) => each.name === name);
  return found === null || field?.unique !== true ? null : sideOf(state, found, field);
}

/** Keys that point at a column of a new type are made anew, under names of another make. */
function renamedKeys(before: ProjectState, after: ProjectState, app: string, model: string, name: string): ProjectState {
  const [old, fresh] = [sideNamed(before, app, model, name), sideNamed(after, app, model, name)];
  if (old === null || fresh === null || JSON.stringify(old.type) === JSON.stringify(fresh.type)) return after;
  let next = after;
  for (const { to: side } of related(old, fresh)) {
    const holder = next.models.get(keyOf(side.model.app, side.model.name));
    const foreignKey = generatedName(tableName(side.model), [side.field.column], '_fk');
    if (holder === undefined) {
      next = withBetween(next, side.model, side.field.name, foreignKey);
      continue;
    }
    next = next.with({ ...holder, fields: holder.fields.map((each) => (each.name === side.field.name ? { ...each, made: { ...each.made, foreignKey } } : each)) });
  }
  return next;
}

/** The name of a key of a table between is kept by the relation that made the table. */
function withBetween(state: ProjectState, through: Model, side: string, foreignKey: string): ProjectState {
  for (const holder of state.models.values()) {
    const field = holder.app === through.app ? holder.fields.find((each) => `${holder.name}_${each.name}` === through.name) : undefined;
    if (field === undefined || holder.gone === true) continue;
    const made = { ...field.made, between: { ...field.made.between, [side]: foreignKey } };
    return state.with({ ...holder, fields: holder.fields.map((each) => (each === field ? { ...field, made } : each)) });
  }
  return state;
}

/** The old field stands in a migration that could not be found: what it turns into is all that is known. */
function alterUnknown(editor: SchemaEditor, state: ProjectState, model: Model, field: Field | null): void {
  const type = field === null || field.virtual ? null : state.columnType(model, field);
  if (field === null || type === null) return;
  const table = qualified(tableName(model));
  const drafts: OperationDraft[] = [{ kind: 'alterColumnType', table, column: field.column, type: type.type, conditional: true, partial: true }];
  drafts.push({ kind: field.null ? 'dropNotNull' : 'setNotNull', table, column: field.column, conditional: true });
  editor.send(drafts);
}

const renameFieldOperation: SchemaOperation = {
  parameters: ['model_name', 'old_name', 'new_name'],
  state: (state, app, given) => stateWithRenamed(state, find(state, app, given.text('model_name')), given.text('old_name'), given.text('new_name')),
  run: ({ editor, app, from, to, backwards }, given) => {
    const [old, fresh] = [find(from, app, given.text('model_name')), find(to, app, given.text('model_name'))];
    if (!fresh.options.managed) return;
    const names = [given.text('old_name'), given.text('new_name')] as const;
    const [oldName, newName] = backwards ? [names[1], names[0]] : names;
    const [before, after] = [old.fields.find((each) => each.name === oldName), fresh.fields.find((each) => each.name === newName)];
    if (before !== undefined && after !== undefined) {
      alterField(editor, { state: from, model: old, field: before }, { state: to, model: fresh, field: after });
    } else {
      editor.send({ kind: 'renameColumn', table: qualified(tableName(old)), column: oldName, to: newName, partial: true });
    }
  },
};

const renameModelOperation: SchemaOperation = {
  parameters: ['old_name', 'new_name'],
  state: (state, app, given) => stateWithRenamedModel(state, find(state, app, given.text('old_name')), given.text('new_name')),
  run: ({ editor, app, from, to, backwards }, given) => {
    const names = [given.text('old_name'), given.text('new_name')] as const;
    const [oldName, newName] = backwards ? [names[1], names[0]] : names;
    const [old, fresh] = [find(from, app, oldName), find(to, app, newName)];
    if (!fresh.options.managed) return;
    renameTable(editor, tableName(old), tableName(fresh));
    alterPointing(editor, from, to, old, fresh);
    renameTables(editor, from, to, old, fresh, true);
  },
};

/** Fields anywhere that point at a renamed model. */
function alterPointing(editor: SchemaEditor, from: ProjectState, to: ProjectState, old: Model, fresh: Model): void {
  const key = keyOf(old.app, old.name);
  for (const [own, holder] of from.models) {
    if (holder.gone === true) continue;
    const later = own === key ? fresh : to.models.get(own);
    for (const field of holder.fields) {
      const after = later?.fields.find((each) => each.name === field.name);
      const points = field.relation !== null && from.keyOfTarget(field.relation.to, holder.app, own) === key;
      if (!points || later === undefined || after === undefined) continue;
      // The table of the model itself has its new name by now, a table between still has its old one.
      alterField(editor, { state: from, model: own === key && !field.virtual ? { ...holder, options: fresh.options, name: fresh.name } : holder, field }, { state: to, model: later, field: after });
    }
  }
}

/** Tables between, whose names follow the model's. */
function renameTables(editor: SchemaEditor, from: ProjectState, to: ProjectState, old: Model, fresh: Model, columns: boolean): void {
  for (const field of old.fields) {
    const after = fresh.fields.find((each) => each.name === field.name);
    if (field.relation?.form !== 'many' || after === undefined) continue;
    const itself = from.keyOfTarget(field.relation.to, old.app, keyOf(old.app, old.name)) === keyOf(old.app, old.name);
    if (columns && !itself) {
      alterField(editor, { state: from, model: old, field }, { state: to, model: fresh, field: after });
      continue;
    }
    const [left, right] = [throughModel(from, old, field), throughModel(to, fresh, after)];
    if (!columns && left !== null && right !== null) renameTable(editor, tableName(left), tableName(right));
  }
}

const alterTableOperation: SchemaOperation = {
  parameters: ['name', 'table'],
  state: (state, app, given) => {
    const table = given.value('table');
    return stateWithOptions(state, find(state, app, given.text('name')), { table: isAbsent(table) ? null : stringOf(table) || null });
  },
  run: ({ editor, app, from, to }, given) => {
    const [old, fresh] = [find(from, app, given.text('name')), find(to, app, given.text('name'))];
    if (!fresh.options.managed) return;
    renameTable(editor, tableName(old), tableName(fresh));
    renameTables(editor, from, to, old, fresh, false);
  },
};

const tableCommentOperation: SchemaOperation = {
  parameters: ['name', 'table_comment'],
  state: (state, app, given) => stateWithOptions(state, find(state, app, given.text('name')), { comment: stringOf(given.value('table_comment')) || null }),
  run: ({ editor, app, to }, given) => {
    const model = find(to, app, given.text('name'));
    if (model.options.managed) editor.send(tableComment(model, model.options.comment ?? ''));
  },
};

function togetherOperation(option: 'uniqueTogether' | 'indexTogether', parameter: string): SchemaOperation {
  return {
    parameters: ['name', parameter],
    state: (state, app, given) => {
      const model = find(state, app, given.text('name'));
      const names = together(given.value(parameter));
      return stateWithOptions(state, model, option === 'uniqueTogether' ? withTogetherNames(model, names) : { indexTogether: names });
    },
    run: ({ editor, app, from, to }, given) => {
      const [old, fresh] = [find(from, app, given.text('name')), find(to, app, given.text('name'))];
      if (!fresh.options.managed) return;
      const table = tableName(fresh);
      const key = (names: readonly string[]): string => names.join(' ');
      const [olds, news] = [old.options[option], fresh.options[option]];
      for (const names of olds.filter((each) => !news.some((other) => key(other) === key(each)))) {
        const columns = columnsOf(old, names);
        if (option === 'uniqueTogether') {
          editor.send({ kind: 'dropConstraint', table: qualified(table), constraint: old.options.made[key(names)] ?? generatedName(table, columns, '_uniq'), type: 'unique' });
        } else {
          editor.send({ kind: 'dropIndex', index: { name: generatedName(table, columns, '_idx') }, table: qualified(table), guard: 'if exists' });
        }
      }
      for (const names of news.filter((each) => !olds.some((other) => key(other) === key(each)))) {
        const columns = columnsOf(fresh, names);
        if (option === 'uniqueTogether') editor.send(uniqueTogether(table, columns));
        else editor.send({ kind: 'createIndex', index: generatedName(table, columns, '_idx'), table: qualified(table), keys: columns.map((column) => ({ column })) });
      }
    },
  };
}

const orderOperation: SchemaOperation = {
  parameters: ['name', 'order_with_respect_to'],
  state: (state, app, given) => {
    const model = find(state, app, given.text('name'));
    const order = stringOf(given.value('order_with_respect_to'));
    const fields = model.fields.filter((field) => field.name !== '_order');
    const added = order === null ? [] : [orderField(given.call)];
    return state.with({ ...model, fields: [...fields, ...added], options: { ...model.options, orderWithRespectTo: order } });
  },
  run: ({ editor, app, from, to }, given) => {
    const [old, fresh] = [find(from, app, given.text('name')), find(to, app, given.text('name'))];
    if (!fresh.options.managed) return;
    const gained = fresh.options.orderWithRespectTo !== null && old.options.orderWithRespectTo === null;
    const lost = fresh.options.orderWithRespectTo === null && old.options.orderWithRespectTo !== null;
    if (lost) removeField(editor, from, old, old.fields.find((field) => field.name === '_order') ?? orderField(given.call));
    if (gained) addField(editor, to, fresh, orderField(given.call));
  },
};

function orderField(call: CallValue): Field {
  const zero = { value: { type: 'number', text: '0' } as Value, span: call.span, whole: call.span };
  const value: CallValue = { type: 'call', callee: { type: 'symbol', path: 'django.db.models.OrderWrt' }, positional: [], keywords: new Map([['default', zero]]), open: false, span: call.span };
  return fieldOf('_order', value) as Field;
}

const STATELESS = { state: (state: ProjectState): ProjectState => state, run: (): void => undefined };

/** Operations on models and fields. */
export const SCHEMA_OPERATIONS: Readonly<Record<string, SchemaOperation>> = {
  CreateModel: createModelOperation,
  DeleteModel: deleteModelOperation,
  AddField: addFieldOperation,
  RemoveField: removeFieldOperation,
  AlterField: alterFieldOperation,
  RenameField: renameFieldOperation,
  RenameModel: renameModelOperation,
  AlterModelTable: alterTableOperation,
  AlterModelTableComment: tableCommentOperation,
  AlterUniqueTogether: togetherOperation('uniqueTogether', 'unique_together'),
  AlterIndexTogether: togetherOperation('indexTogether', 'index_together'),
  AlterOrderWithRespectTo: orderOperation,
  AlterModelOptions: { parameters: ['name', 'options'], ...STATELESS },
  AlterModelManagers: { parameters: ['name', 'managers'], ...STATELESS },
};

export { find };
