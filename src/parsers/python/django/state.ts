import type { DataType, QualifiedName } from '../../../operations/types.js';
import { pathOf, stringOf, type CallValue, type Value } from '../evaluate/value.js';
import { fieldOf, type Field } from './field.js';
import { truncated } from './names.js';

/** `Meta` of a model, as far as the database sees it. */
export interface Options {
  table: string | null;
  comment: string | null;
  tablespace: string | null;
  /** False of proxies and of tables that Django leaves to others. */
  managed: boolean;
  uniqueTogether: readonly (readonly string[])[];
  indexTogether: readonly (readonly string[])[];
  orderWithRespectTo: string | null;
  /** Names that what is unique together got when it was made, by its fields. */
  made: Readonly<Record<string, string>>;
}

export interface Model {
  app: string;
  name: string;
  fields: readonly Field[];
  options: Options;
  /** `models.Index(…)` and constraints by name. */
  indexes: ReadonlyMap<string, CallValue>;
  constraints: ReadonlyMap<string, CallValue>;
  /** Models of the project it inherits its table's key from. */
  bases: readonly string[];
  /** Counts its changes: where two branches meet, the one that is further on holds. */
  age: number;
  /** Deleted, and remembered for the age. */
  gone?: true;
}

export interface Settings {
  /** `app.Model` of AUTH_USER_MODEL. */
  userModel: string;
  /** Class of the keys that tables between get. */
  autoField: string;
}

export const DEFAULT_SETTINGS: Settings = { userModel: 'auth.User', autoField: 'AutoField' };

/** A column that a foreign key points at. */
export interface Target {
  table: string;
  column: string;
  type: DataType;
  collation?: string;
  /** Its model was not seen: table and type are those that Django gives by default. */
  assumed: boolean;
}

/** Models of Django's own apps that others point at; their keys are integers. */
const CONTRIB: Record<string, string> = {
  'auth.user': 'auth_user',
  'auth.group': 'auth_group',
  'auth.permission': 'auth_permission',
  'contenttypes.contenttype': 'django_content_type',
  'sites.site': 'django_site',
  'admin.logentry': 'django_admin_log',
  'flatpages.flatpage': 'django_flatpage',
  'redirects.redirect': 'django_redirect',
};

/** Every model of the project between two migrations. Never changed: an operation gives a new one. */
export class ProjectState {
  constructor(
    readonly models: ReadonlyMap<string, Model>,
    readonly settings: Settings,
  ) {}

  static empty(settings: Settings): ProjectState {
    return new ProjectState(new Map(), settings);
  }

  /** The state after several branches: of each model the one that changed most. */
  static joined(states: readonly ProjectState[], settings: Settings): ProjectState {
    const [first, ...rest] = states;
    if (first === undefined) return ProjectState.empty(settings);
    if (rest.length === 0) return first;
    const models = new Map(first.models);
    for (const state of rest) {
      for (const [key, model] of state.models) {
        const known = models.get(key);
        if (known === undefined || known.age < model.age) models.set(key, model);
      }
    }
    return new ProjectState(models, settings);
  }

  find(app: string, name: string): Model | null {
    const model = this.models.get(keyOf(app, name));
    return model === undefined || model.gone === true ? null : model;
  }

  with(...models: readonly Model[]): ProjectState {
    const next = new Map(this.models);
    for (const model of models) {
      const key = keyOf(model.app, model.name);
      next.set(key, { ...model, age: Math.max(model.age, next.get(key)?.age ?? 0) + 1 });
    }
    return new ProjectState(next, this.settings);
  }

  without(model: Model): ProjectState {
    return this.with({ ...model, gone: true });
  }

  /** `app.model` that a relation of `app` means, in lower case; `self` is `own`. */
  keyOfTarget(value: Value | undefined, app: string, own: string): string | null {
    if (value === undefined) return null;
    const text = pathOf(value)?.endsWith('AUTH_USER_MODEL') === true ? this.settings.userModel : stringOf(value);
    if (text === null) return null;
    if (text === 'self') return own;
    return (text.includes('.') ? text : `${app}.${text}`).toLowerCase();
  }

  modelOf(key: string | null): Model | null {
    const [app, name] = key?.split('.') ?? [];
    return app === undefined || name === undefined ? null : this.find(app, name);
  }

  /** The column that a foreign key of `model` points at. */
  target(model: Model, field: Field): Target {
    const key = this.keyOfTarget(field.relation?.to, model.app, keyOf(model.app, model.name));
    const found = this.modelOf(key);
    if (found === null) return assumedTarget(key);
    const wanted = field.relation?.toField;
    const column = found.fields.find((each) => (wanted ? each.name === wanted : each.primaryKey));
    const table = tableName(found);
    if (column === undefined) return { ...assumedTarget(key), table };
    const type = this.columnType(found, column);
    const collation = stringOf(column.call.keywords.get('db_collation')?.value);
    return {
      table,
      column: column.column,
      type: type?.type ?? BIGINT,
      ...(collation === null ? {} : { collation }),
      assumed: type === null || type.assumed,
    };
  }

  /** The type of a field's column; null where it has none. */
  columnType(model: Model, field: Field, depth = 0): { type: DataType; assumed: boolean } | null {
    if (field.virtual) return null;
    if (field.relation === null) {
      return field.type === null ? { type: { name: snake(field.kind) }, assumed: true } : { type: field.type, assumed: false };
    }
    // A key that is a key of a key, until it comes round to itself.
    if (depth > 8) return { type: BIGINT, assumed: true };
    const target = this.target(model, field);
    return { type: target.type, assumed: target.assumed };
  }
}

const BIGINT: DataType = { name: 'bigint' };

function assumedTarget(key: string | null): Target {
  const contrib = key === null ? undefined : CONTRIB[key];
  if (contrib !== undefined) return { table: contrib, column: 'id', type: { name: 'integer' }, assumed: false };
  return { table: key === null ? '__table__' : key.replace('.', '_'), column: 'id', type: BIGINT, assumed: true };
}

function snake(name: string): string {
  return name.replace(/Field$/, '').replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase() || 'unknown';
}

export function keyOf(app: string, name: string): string {
  return `${app}.${name}`.toLowerCase();
}

export function tableName(model: Model): string {
  return model.options.table ?? truncated(`${model.app}_${model.name.toLowerCase()}`);
}

/** `"schema"."table"` in `db_table` reaches another schema, because the quotes let it. */
export function qualified(table: string): QualifiedName {
  const parts = /^"?([^"]+)"\."([^"]+)"?$/.exec(table);
  if (parts?.[1] !== undefined && parts[2] !== undefined) return { schema: parts[1], name: parts[2] };
  return { name: table.replace(/^"(.*)"$/, '$1') };
}

export function fieldNamed(model: Model, name: string): Field | null {
  return model.fields.find((field) => field.name === name || (field.relation !== null && `${field.name}_id` === name)) ?? null;
}

/** The model that Django puts between two in a many-to-many relation, or null where the author made one. */
export function throughModel(state: ProjectState, model: Model, field: Field): Model | null {
  const { relation } = field;
  if (relation?.form !== 'many' || relation.through !== null) return null;
  const key = state.keyOfTarget(relation.to, model.app, keyOf(model.app, model.name));
  const own = model.name.toLowerCase();
  const other = key?.split('.')[1] ?? '__model__';
  const [from, to] = own === other ? [`from_${own}`, `to_${other}`] : [own, other];
  const table = relation.table ?? truncated(`${tableName(model)}_${field.name}`);
  const side = (name: string, target: string): Field[] => {
    const constrained = field.call.keywords.get('db_constraint');
    const keywords: CallValue['keywords'] = new Map(constrained === undefined ? [] : [['db_constraint', constrained]]);
    const whole = field.span;
    const to_: Value = { type: 'string', text: [{ text: target }] };
    const call = django('ForeignKey', field.span, keywords);
    call.positional.push({ value: to_, span: whole, whole });
    const foreignKey = field.made.between?.[name];
    return present(fieldOf(name, call)).map((made) => (foreignKey === undefined ? made : { ...made, made: { foreignKey } }));
  };
  const truth = { value: { type: 'constant', value: true } as Value, span: field.span, whole: field.span };
  return {
    app: model.app,
    name: `${model.name}_${field.name}`,
    fields: [
      ...present(fieldOf('id', django(state.settings.autoField, field.span, new Map([['primary_key', truth]])))),
      ...side(from, `${model.app}.${model.name}`),
      ...side(to, key ?? '__app__.__model__'),
    ],
    options: { table, comment: null, tablespace: model.options.tablespace, managed: true, uniqueTogether: [[from, to]], indexTogether: [], orderWithRespectTo: null, made: {} },
    indexes: new Map(),
    constraints: new Map(),
    bases: [],
    age: 0,
  };
}

function present(field: Field | null): Field[] {
  return field === null ? [] : [field];
}

function django(name: string, span: CallValue['span'], keywords: CallValue['keywords']): CallValue {
  return { type: 'call', callee: { type: 'symbol', path: `django.db.models.${name}` }, positional: [], keywords, open: false, span };
}
