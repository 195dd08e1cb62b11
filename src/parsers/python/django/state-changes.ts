import { booleanOf, isNone, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { columnIndexes, foreignKeyOf } from './columns.js';
import { checkOf, fieldOf, type Field, type Made } from './field.js';
import { nameOfIndex } from './indexes.js';
import { generatedName, serverName } from './names.js';
import { fieldNamed, keyOf, tableName, type Model, type Options, type ProjectState } from './state.js';

const PLAIN: Options = { table: null, comment: null, tablespace: null, managed: true, uniqueTogether: [], indexTogether: [], orderWithRespectTo: null, made: {} };

/** The model of a CreateModel; null when its name is not known. */
export function modelOf(state: ProjectState, app: string, call: CallValue, arguments_: (name: string) => Value | undefined): Model | null {
  const name = stringOf(arguments_('name'));
  if (name === null) return null;
  const listed = arguments_('fields');
  const fields = (listed?.type === 'sequence' ? listed.items : []).flatMap((pair) => {
    const [first, second] = pair.type === 'sequence' ? pair.items : [];
    return fieldOf(stringOf(first) ?? '__name__', second) ?? [];
  });
  const options = arguments_('options');
  const bases = arguments_('bases');
  const model: Model = {
    app,
    name,
    fields,
    options: optionsOf(options),
    indexes: namedCalls(entry(options, 'indexes')),
    constraints: namedCalls(entry(options, 'constraints')),
    bases: (bases?.type === 'sequence' ? bases.items : []).flatMap((base) => stringOf(base) ?? []),
    age: 0,
  };
  return withIndexNames(withKey(state, model, call));
}

/** A model that names no key of its own has one. */
function withKey(state: ProjectState, model: Model, call: CallValue): Model {
  if (model.bases.length > 0 || model.fields.some((field) => field.primaryKey || field.kind === 'CompositePrimaryKey')) return model;
  const truth = { value: { type: 'constant', value: true } as Value, span: call.span, whole: call.span };
  const key = fieldOf('id', {
    type: 'call',
    callee: { type: 'symbol', path: `django.db.models.${state.settings.autoField}` },
    positional: [],
    keywords: new Map([['primary_key', truth]]),
    open: false,
    span: call.span,
  });
  return key === null ? model : { ...model, fields: [key, ...model.fields] };
}

/** Indexes without a name get theirs from the model. */
function withIndexNames(model: Model): Model {
  return { ...model, indexes: new Map([...model.indexes.values()].map((call) => [nameOfIndex(model, call), call])) };
}

function entry(options: Value | undefined, name: string): Value | undefined {
  return options?.type === 'dictionary' ? options.entries.findLast((each) => stringOf(each.key) === name)?.value : undefined;
}

function optionsOf(options: Value | undefined): Options {
  const managed = booleanOf(entry(options, 'managed')) !== false && booleanOf(entry(options, 'proxy')) !== true;
  return {
    table: stringOf(entry(options, 'db_table')) || null,
    comment: stringOf(entry(options, 'db_table_comment')) || null,
    tablespace: stringOf(entry(options, 'db_tablespace')) || null,
    managed: managed && booleanOf(entry(options, 'abstract')) !== true,
    uniqueTogether: together(entry(options, 'unique_together')),
    indexTogether: together(entry(options, 'index_together')),
    orderWithRespectTo: stringOf(entry(options, 'order_with_respect_to')),
    made: {},
  };
}

/** `("a", "b")`, `[("a", "b")]`, `{("a", "b")}`. */
export function together(value: Value | undefined): string[][] {
  if (value?.type !== 'sequence') return [];
  const names = value.items.map((item) => stringOf(item));
  if (names.length > 0 && !names.includes(null)) return [names as string[]];
  return value.items.flatMap((item) => (item.type === 'sequence' ? [item.items.flatMap((name) => stringOf(name) ?? [])] : []));
}

function namedCalls(value: Value | undefined): Map<string, CallValue> {
  const found = new Map<string, CallValue>();
  for (const item of value?.type === 'sequence' ? value.items : []) {
    if (item.type === 'call') found.set(stringOf(item.keywords.get('name')?.value) ?? `#${found.size}`, item);
  }
  return found;
}

/** Adds the model, with the names that its constraints and indexes get at birth. */
export function stateWithModel(state: ProjectState, model: Model): ProjectState {
  // A key may point at the model itself: it has to be there before names are made.
  const known = state.with(model);
  const named = { ...model, options: withTogetherNames(model, model.options.uniqueTogether) };
  return known.with({ ...named, fields: model.fields.map((field) => born(known, model, field)) });
}

/** Options that remember what a constraint over several fields is called. */
export function withTogetherNames(model: Model, uniqueTogether: readonly (readonly string[])[]): Options {
  const columns = (names: readonly string[]): string[] => names.map((name) => fieldNamed(model, name)?.column ?? name);
  const made = Object.fromEntries(uniqueTogether.map((names) => [names.join(' '), model.options.made[names.join(' ')] ?? generatedName(tableName(model), columns(names), '_uniq')]));
  return { ...model.options, uniqueTogether, made };
}

export function born(state: ProjectState, model: Model, field: Field): Field {
  if (field.virtual) return field;
  const table = tableName(model);
  const foreignKey = foreignKeyOf(state, model, field)?.name;
  const indexed = columnIndexes(state, model, field).length > 0;
  return {
    ...field,
    made: {
      ...(foreignKey === undefined ? {} : { foreignKey }),
      ...(field.unique && !field.primaryKey ? { unique: serverName(table, field.column, 'key') } : {}),
      ...(indexed ? { index: generatedName(table, [field.column]), like: generatedName(table, [field.column], '_like') } : {}),
      ...(checkOf(field) === null ? {} : { check: serverName(table, field.column, 'check') }),
    },
  };
}

/** The field after an alteration: what stays keeps its name, what is made anew gets one. */
export function altered(state: ProjectState, model: Model, old: Field, fresh: Field): Field {
  const table = tableName(model);
  const named = (suffix: string): string => generatedName(table, [fresh.column], suffix);
  const kept: Made = {
    ...(fresh.unique ? { unique: (isPlainUnique(old) ? old.made.unique : undefined) ?? named('_uniq') } : {}),
    ...(checkOf(fresh) === null ? {} : { check: (checkOf(old) === null ? undefined : old.made.check) ?? named('_check') }),
    ...(isPlainIndexed(old) && isPlainIndexed(fresh) && old.made.index !== undefined ? { index: old.made.index } : {}),
    ...(old.made.like === undefined ? {} : { like: old.made.like }),
  };
  return { ...fresh, made: { ...born(state, model, fresh).made, ...kept } };
}

function isPlainUnique(field: Field): boolean {
  return field.unique && !field.primaryKey;
}

function isPlainIndexed(field: Field): boolean {
  return field.indexed && !field.unique;
}

export function stateWithField(state: ProjectState, model: Model, field: Field): ProjectState {
  return state.with({ ...model, fields: [...model.fields.filter((each) => each.name !== field.name), born(state, model, field)] });
}

export function stateWithoutField(state: ProjectState, model: Model, name: string): ProjectState {
  return state.with({ ...model, fields: model.fields.filter((field) => field.name !== name) });
}

export function stateWithAltered(state: ProjectState, model: Model, field: Field): ProjectState {
  const old = model.fields.find((each) => each.name === field.name);
  if (old === undefined) return stateWithField(state, model, field);
  return state.with({ ...model, fields: model.fields.map((each) => (each === old ? altered(state, model, old, field) : each)) });
}

/** The field under its new name; its column follows unless it is fixed by `db_column`. */
export function stateWithRenamed(state: ProjectState, model: Model, from: string, to: string): ProjectState {
  const old = fieldNamed(model, from);
  const fresh = old === null ? null : fieldOf(to, old.call);
  if (old === null || fresh === null) return state;
  const rename = (name: string): string => (name === from ? to : name);
  const renamed: Model = {
    ...model,
    fields: model.fields.map((field) => (field === old ? { ...fresh, made: old.made } : field)),
    options: { ...model.options, uniqueTogether: model.options.uniqueTogether.map((names) => names.map(rename)), indexTogether: model.options.indexTogether.map((names) => names.map(rename)), made: Object.fromEntries(Object.entries(model.options.made).map(([names, made]) => [names.split(' ').map(rename).join(' '), made])) },
    indexes: new Map([...model.indexes].map(([name, call]) => [name, renamedIn(call, from, to)])),
    constraints: new Map([...model.constraints].map(([name, call]) => [name, renamedIn(call, from, to)])),
  };
  if (old.column === fresh.column || old.relation === null) return state.with(renamed);
  // A key whose column is renamed is made anew.
  const foreignKey = foreignKeyOf(state, model, fresh)?.name;
  const key = foreignKey === undefined ? {} : { foreignKey };
  return state.with({ ...renamed, fields: renamed.fields.map((field) => (field.name === to ? { ...field, made: { ...field.made, ...key } } : field)) });
}

function renamedIn(call: CallValue, from: string, to: string): CallValue {
  const fields = call.keywords.get('fields');
  if (fields?.value.type !== 'sequence') return call;
  const items = fields.value.items.map((item): Value => {
    const name = stringOf(item);
    if (name === from) return { type: 'string', text: [{ text: to }] };
    return name === `-${from}` ? { type: 'string', text: [{ text: `-${to}` }] } : item;
  });
  return { ...call, keywords: new Map([...call.keywords, ['fields', { ...fields, value: { ...fields.value, items } }]]) };
}

/** The model under its new name; every relation of the project that names it follows. */
export function stateWithRenamedModel(state: ProjectState, model: Model, to: string): ProjectState {
  const key = keyOf(model.app, model.name);
  const target: Value = { type: 'string', text: [{ text: `${model.app}.${to}` }] };
  let next = state.without(model).with({ ...model, name: to });
  for (const other of next.models.values()) {
    if (other.gone === true) continue;
    const own = keyOf(other.app, other.name);
    const points = (field: Field): boolean => field.relation !== null && state.keyOfTarget(field.relation.to, other.app, own) === key && stringOf(field.relation.to) !== 'self';
    if (!other.fields.some(points)) continue;
    next = next.with({ ...other, fields: other.fields.map((field) => (points(field) ? repointed(field, target) : field)) });
  }
  return rekeyed(state, next, keyOf(model.app, to));
}

function repointed(field: Field, to: Value): Field {
  const keywords = new Map(field.call.keywords);
  const argument = { value: to, span: field.span, whole: field.span };
  const inKeywords = keywords.has('to');
  if (inKeywords) keywords.set('to', argument);
  const positional = inKeywords ? field.call.positional : [argument, ...field.call.positional.slice(1)];
  return { ...field, call: { ...field.call, keywords, positional }, relation: field.relation === null ? null : { ...field.relation, to } };
}

/** Keys that point at a table with a new name were made anew, and bear new names. */
function rekeyed(before: ProjectState, state: ProjectState, key: string): ProjectState {
  const model = state.modelOf(key);
  const old = [...before.models.values()].find((each) => model !== null && each.app === model.app && state.models.get(keyOf(each.app, each.name))?.gone === true && each.gone !== true);
  if (model === null || old === undefined || tableName(old) === tableName(model)) return state;
  let next = state;
  for (const other of state.models.values()) {
    const own = keyOf(other.app, other.name);
    const points = (field: Field): boolean => !field.virtual && field.relation !== null && state.keyOfTarget(field.relation.to, other.app, own) === key;
    if (other.gone === true || !other.fields.some(points)) continue;
    const fields = other.fields.map((field) => {
      const name = points(field) ? foreignKeyOf(state, other, field)?.name : undefined;
      return name === undefined ? field : { ...field, made: { ...field.made, foreignKey: name } };
    });
    next = next.with({ ...other, fields });
  }
  return next;
}

export function stateWithOptions(state: ProjectState, model: Model, options: Partial<Options>): ProjectState {
  return state.with({ ...model, options: { ...model.options, ...options } });
}

/** Default options, for models that are only guessed at. */
export function plainOptions(): Options {
  return PLAIN;
}

/** True where a value says nothing. */
export function isAbsent(value: Value | undefined): boolean {
  return value === undefined || isNone(value);
}

