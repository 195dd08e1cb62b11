import type { OperationDraft } from '../../../operations/types.js';
import { quoteIdentifier } from '../../../sql/name.js';
import { booleanOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { quoteAlways } from './expression.js';
import { constraintOf, indexDraft, nameOfIndex } from './indexes.js';
import { generatedName } from './names.js';
import { find, type Given, type Run, type SchemaOperation } from './operations.js';
import { columnsOf } from './models.js';
import { qualified, tableName, type Model, type ProjectState } from './state.js';
import { together } from './state-changes.js';

type Change = (state: ProjectState, app: string, given: Given) => ProjectState;

const addIndexState: Change = (state, app, given) => {
  const index = given.callOf('index');
  const model = find(state, app, given.text('model_name'));
  return index === null ? state : state.with({ ...model, indexes: new Map([...model.indexes, [nameOfIndex(model, index), index]]) });
};

const removeIndexState: Change = (state, app, given) => {
  const model = find(state, app, given.text('model_name'));
  return state.with({ ...model, indexes: without(model.indexes, given.text('name')) });
};

function without<T>(map: ReadonlyMap<string, T>, name: string): Map<string, T> {
  return new Map([...map].filter(([key]) => key !== name));
}

function sendIndex({ editor }: Run, state: ProjectState, model: Model, index: CallValue, concurrently: boolean): void {
  if (!model.options.managed) return;
  const draft = indexDraft(state, model, index);
  // Written in the operation itself or in an earlier migration: then the operation is the place.
  editor.send(concurrently ? { ...draft, concurrently: true } : draft);
}

function dropIndex({ editor }: Run, model: Model, name: string, concurrently: boolean): void {
  if (!model.options.managed) return;
  const way = concurrently ? { concurrently: true as const } : {};
  editor.send({ kind: 'dropIndex', index: { name }, table: qualified(tableName(model)), guard: 'if exists', ...way });
  editor.indexDropped(tableName(model), name);
}

function addIndex(concurrently: boolean): SchemaOperation {
  return {
    parameters: ['model_name', 'index'],
    state: addIndexState,
    run: (run, given) => {
      const model = find(run.backwards ? run.from : run.to, run.app, given.text('model_name'));
      const index = given.callOf('index');
      if (index === null) return;
      if (run.backwards) dropIndex(run, model, nameOfIndex(model, index), concurrently);
      else sendIndex(run, run.to, model, index, concurrently);
    },
  };
}

function removeIndex(concurrently: boolean): SchemaOperation {
  return {
    parameters: ['model_name', 'name'],
    state: removeIndexState,
    run: (run, given) => {
      const model = find(run.backwards ? run.to : run.from, run.app, given.text('model_name'));
      const name = given.text('name');
      const index = model.indexes.get(name);
      if (!run.backwards) dropIndex(run, model, name, concurrently);
      else if (index !== undefined) sendIndex(run, run.to, model, index, concurrently);
    },
  };
}

const renameIndex: SchemaOperation = {
  parameters: ['model_name', 'new_name', 'old_name', 'old_fields'],
  state: (state, app, given) => {
    const model = find(state, app, given.text('model_name'));
    const [from, to] = [stringOf(given.value('old_name')), given.text('new_name')];
    const fields = given.value('old_fields');
    if (from !== null) return state.with({ ...model, indexes: new Map([...model.indexes].map(([name, call]) => [name === from ? to : name, named(call, name === from ? to : name)])) });
    const gone = together(fields)[0]?.join(' ');
    const indexTogether = model.options.indexTogether.filter((names) => names.join(' ') !== gone);
    const index: CallValue = {
      type: 'call',
      callee: { type: 'symbol', path: 'django.db.models.Index' },
      positional: [],
      keywords: new Map(fields === undefined ? [] : [['fields', { value: fields, span: given.call.span, whole: given.call.span }]]),
      open: false,
      span: given.call.span,
    };
    return state.with({ ...model, options: { ...model.options, indexTogether }, indexes: new Map([...model.indexes, [to, named(index, to)]]) });
  },
  run: ({ editor, app, from, to, backwards }, given) => {
    const model = find(to, app, given.text('model_name'));
    if (!model.options.managed) return;
    const names = stringOf(given.value('old_name'));
    if (names === null && backwards) return;
    const columns = names === null ? columnsOf(find(from, app, model.name), together(given.value('old_fields'))[0] ?? []) : [];
    const old = names ?? generatedName(tableName(model), columns, '_idx');
    const [source, target] = backwards ? [given.text('new_name'), old] : [old, given.text('new_name')];
    editor.send({ kind: 'renameTable', table: { name: source }, relation: 'index', to: target });
  },
};

function named(call: CallValue, name: string): CallValue {
  const value: Value = { type: 'string', text: [{ text: name }] };
  return { ...call, keywords: new Map([...call.keywords, ['name', { value, span: call.span, whole: call.span }]]) };
}

function constraintName(call: CallValue): string {
  return stringOf(call.keywords.get('name')?.value) ?? '__name__';
}

const addConstraintState: Change = (state, app, given) => {
  const call = given.callOf('constraint');
  const model = find(state, app, given.text('model_name'));
  return call === null ? state : state.with({ ...model, constraints: new Map([...model.constraints, [constraintName(call), call]]) });
};

function sendConstraint(run: Run, state: ProjectState, model: Model, call: CallValue, notValid: boolean): void {
  if (!model.options.managed) return;
  const made = constraintOf(state, model, call);
  if (made === null) {
    run.editor.send({ kind: 'unread', cause: 'unknown-call', reason: 'a constraint of a class that is not Django’s', text: constraintName(call) });
    return;
  }
  const unsure = made.partial ? { partial: true as const } : {};
  if (made.form === 'index') {
    run.editor.send(made.draft);
    return;
  }
  const { constraint } = made;
  const written = notValid && constraint.type === 'check' ? { ...constraint, notValid: true } : constraint;
  run.editor.send({ kind: 'addConstraint', table: qualified(tableName(model)), constraint: written, ...unsure });
}

function dropConstraint(run: Run, state: ProjectState, model: Model, name: string, call: CallValue | null): void {
  if (!model.options.managed) return;
  const made = call === null ? null : constraintOf(state, model, call);
  const table = qualified(tableName(model));
  if (made?.form === 'index') {
    run.editor.send({ kind: 'dropIndex', index: { name }, table, guard: 'if exists' });
    run.editor.indexDropped(tableName(model), name);
    return;
  }
  const type = made === null ? {} : { type: made.constraint.type };
  run.editor.send({ kind: 'dropConstraint', table, constraint: name, ...type });
}

function addConstraint(notValid: boolean): SchemaOperation {
  return {
    parameters: ['model_name', 'constraint'],
    state: addConstraintState,
    run: (run, given) => {
      const model = find(run.to, run.app, given.text('model_name'));
      const call = given.callOf('constraint');
      if (call === null) return;
      if (run.backwards) dropConstraint(run, run.to, model, constraintName(call), call);
      else sendConstraint(run, run.to, model, call, notValid);
    },
  };
}

const removeConstraint: SchemaOperation = {
  parameters: ['model_name', 'name'],
  state: (state, app, given) => {
    const model = find(state, app, given.text('model_name'));
    return state.with({ ...model, constraints: without(model.constraints, given.text('name')) });
  },
  run: (run, given) => {
    const model = find(run.backwards ? run.to : run.from, run.app, given.text('model_name'));
    const name = given.text('name');
    const call = model.constraints.get(name) ?? null;
    if (!run.backwards) dropConstraint(run, run.from, model, name, call);
    else if (call !== null) sendConstraint(run, run.to, model, call, false);
  },
};

const alterConstraint: SchemaOperation = {
  parameters: ['model_name', 'name', 'constraint'],
  state: (state, app, given) => {
    const call = given.callOf('constraint');
    const model = find(state, app, given.text('model_name'));
    return call === null ? state : state.with({ ...model, constraints: new Map([...model.constraints].map(([name, old]) => [name, name === given.text('name') ? call : old])) });
  },
  run: () => undefined,
};

const validateConstraint: SchemaOperation = {
  parameters: ['model_name', 'name'],
  state: (state) => state,
  run: ({ editor, app, from, backwards }, given) => {
    const model = find(from, app, given.text('model_name'));
    if (backwards || !model.options.managed) return;
    editor.send({ kind: 'validateConstraint', table: qualified(tableName(model)), constraint: given.text('name') });
  },
};

/** Extensions with an operation of their own. */
const EXTENSIONS: Record<string, string> = {
  BloomExtension: 'bloom',
  BtreeGinExtension: 'btree_gin',
  BtreeGistExtension: 'btree_gist',
  CITextExtension: 'citext',
  CryptoExtension: 'pgcrypto',
  HStoreExtension: 'hstore',
  TrigramExtension: 'pg_trgm',
  UnaccentExtension: 'unaccent',
  VectorExtension: 'vector',
};

function extension(fixed?: string): SchemaOperation {
  return {
    parameters: ['name'],
    state: (state) => state,
    run: ({ editor, backwards }, given) => {
      const name = fixed ?? given.text('name');
      if (backwards) editor.send({ kind: 'dropObject', object: 'extension', name: { name }, guard: 'if exists' });
      else editor.send({ kind: 'createExtension', extension: name, guard: 'if not exists' });
    },
  };
}

function collation(creates: boolean): SchemaOperation {
  return {
    parameters: ['name', 'locale'],
    state: (state) => state,
    run: ({ editor, backwards }, given) => {
      const name = given.text('name');
      editor.send(creates === backwards ? { kind: 'dropObject', object: 'collation', name: { name } } : createCollation(name, given));
    },
  };
}

function createCollation(name: string, given: Given): OperationDraft {
  const provider = stringOf(given.value('provider')) ?? 'libc';
  const options = [
    `locale=${quoteAlways(given.text('locale'))}`,
    ...(provider === 'libc' ? [] : [`provider=${quoteAlways(provider)}`]),
    ...(booleanOf(given.value('deterministic')) === false ? ['deterministic=false'] : []),
  ];
  return { kind: 'utility', command: 'CREATE COLLATION', text: `CREATE COLLATION ${quoteIdentifier(name)} (${options.join(', ')})` };
}

/** Operations on indexes and constraints, and those of `django.contrib.postgres`. */
export const INDEX_OPERATIONS: Readonly<Record<string, SchemaOperation>> = {
  AddIndex: addIndex(false),
  AddIndexConcurrently: addIndex(true),
  RemoveIndex: removeIndex(false),
  RemoveIndexConcurrently: removeIndex(true),
  RenameIndex: renameIndex,
  AddConstraint: addConstraint(false),
  AddConstraintNotValid: addConstraint(true),
  RemoveConstraint: removeConstraint,
  AlterConstraint: alterConstraint,
  ValidateConstraint: validateConstraint,
  CreateExtension: extension(),
  ...Object.fromEntries(Object.entries(EXTENSIONS).map(([name, fixed]) => [name, extension(fixed)])),
  CreateCollation: collation(true),
  RemoveCollation: collation(false),
};
