import type { OperationDraft } from '../../../operations/types.js';
import type { Site, Value } from '../evaluate/value.js';
import { spelt } from '../options.js';
import { columnMeant, sendAddColumn, sendColumnComment, sendDropColumn } from './column-calls.js';
import { asStored, columnType, enumType, isEnum } from './columns.js';
import { foreignKeyName, primaryKey, uniqueConstraint, uniqueName } from './constraints.js';
import { type Column, columnOf, type Table } from './definitions.js';
import { indexName } from './indexes.js';
import { generated, sequenceName, stored, tableName } from './names.js';
import type { State, Target } from './state.js';

/**
 * `changeColumn(table, old, column)`. Another type, length or array: the column
 * is dropped and added again. Otherwise one ALTER for each difference.
 */
export function changeColumn(state: State, [table, oldValue, newValue]: readonly Value[], site: Site): void {
  const target = state.target(table);
  const meant = columnMeant(target.known, oldValue);
  const { name, partial } = meant;
  // By name, the old column is what the database says it is; as an object, what the author says.
  const known = meant.column !== null && oldValue?.kind !== 'dictionary' ? asStored(meant.column) : meant.column;
  const column = columnOf(newValue);
  if (known === null) changeUnknown(state, target, name, partial, column, oldValue, site);
  else change(state, target, known, column, oldValue, site);
}

export function changeColumns(state: State, [table, changes]: readonly Value[], site: Site): void {
  if (changes?.kind !== 'list') return changeColumn(state, [table as Value], site);
  for (const item of changes.items) {
    const part = (key: string): Value => (item.kind === 'dictionary' ? item.properties.get(key)?.value : undefined) ?? { kind: 'unknown', label: key };
    changeColumn(state, [table as Value, part('oldColumn'), part('newColumn')], site);
  }
}

/** TypeORM compares with what the database holds, which nobody here knows: the worst it may do is said. */
function changeUnknown(state: State, target: Target, name: string, partial: boolean, column: Column, value: Value | undefined, site: Site): void {
  sendDropColumn(state, { ...target, partial: true }, { column: null, name, guard: false, partial }, value, site);
  sendAddColumn(state, target, { ...column, partial: true }, site);
}

function change(state: State, target: Target, before: Column, after: Column, value: Value | undefined, site: Site): void {
  if (recreates(before, after)) {
    const partial = before.partial === true || after.partial === true;
    sendDropColumn(state, target, { column: before, name: before.name, guard: false, partial }, value, site);
    sendAddColumn(state, target, after, site);
    return;
  }
  if (before.name !== after.name) sendRename(state, target, before, after, site);
  const changes = new Changes(state, target, before, after, site);
  changes.precision();
  changes.enumValues();
  changes.nullability();
  changes.comment();
  changes.primary();
  changes.unique();
  changes.generation();
  changes.defaultValue();
  changes.spatialType();
  changes.collation();
  target.known.columns = target.known.columns.map((column) => (column.name === before.name || column.name === after.name ? after : column));
}

function recreates(before: Column, after: Column): boolean {
  return (
    before.type !== after.type ||
    before.length !== after.length ||
    before.isArray !== after.isArray ||
    (after.generatedType === 'STORED' && (before.generatedType === undefined || before.asExpression !== after.asExpression))
  );
}

/** `renameColumn(table, old, name)`: a name, or a whole column that `changeColumn` then compares. */
export function renameColumn(state: State, [table, oldValue, newValue]: readonly Value[], site: Site): void {
  const target = state.target(table);
  const { column: before, name, partial } = columnMeant(target.known, oldValue);
  if (newValue?.kind === 'dictionary') return changeColumn(state, [table as Value, oldValue as Value, newValue], site);
  const { text: to, partial: unknownName } = spelt(newValue, 'name');
  if (before === null) {
    state.send({ kind: 'renameColumn', table: target.name, column: name, to }, site, oldValue?.span, target.partial || partial || unknownName);
    return;
  }
  change(state, target, before, { ...before, name: to }, oldValue, site);
}

/** The column, then everything whose generated name holds the column's. */
function sendRename(state: State, target: Target, before: Column, after: Column, site: Site): void {
  const { path, name: table, known } = target;
  state.send({ kind: 'renameColumn', table, column: before.name, to: after.name }, site, after.span, target.partial);
  if (isEnum(before)) {
    state.send({ kind: 'renameObject', object: 'type', name: enumType(path, before), to: enumType(path, after).name }, site);
  }
  const renamed = (columns: readonly string[]) => [...columns.filter((column) => column !== before.name), after.name];
  const rename = (constraint: string, to: string) => state.send({ kind: 'renameConstraint', table, constraint, to }, site);
  const primary = known.columns.filter(({ isPrimary }) => isPrimary).map(({ name }) => name);
  if (before.isPrimary && before.primaryKeyConstraintName === undefined) {
    rename(generated.primaryKey(path, primary), generated.primaryKey(path, renamed(primary)));
  }
  if (before.isGenerated && after.generationStrategy === 'increment') {
    const sequence = tableName({ ...path, name: sequenceName(path, before.name) });
    state.send({ kind: 'renameTable', relation: 'sequence', table: sequence, to: sequenceName(path, after.name) }, site);
  }
  renameDependents(state, target, known, before.name, renamed, rename, site);
}

function renameDependents(
  state: State,
  { path }: Target,
  known: Table,
  column: string,
  renamed: (columns: readonly string[]) => string[],
  rename: (from: string, to: string) => void,
  site: Site,
): void {
  for (const unique of known.uniques.filter(({ columns }) => columns.includes(column))) {
    const from = uniqueName(path, unique);
    const made = from === generated.unique(path, unique.columns);
    unique.columns = renamed(unique.columns);
    unique.name = made ? generated.unique(path, unique.columns) : from;
    if (made) rename(from, unique.name);
  }
  for (const index of known.indices.filter(({ columns }) => columns.includes(column))) {
    const from = indexName(path, index);
    const made = from === generated.index(path, index.columns, index.where);
    index.columns = renamed(index.columns);
    index.name = made ? generated.index(path, index.columns, index.where) : from;
    if (made) state.send({ kind: 'renameTable', relation: 'index', table: { ...stored(path), name: from }, to: index.name }, site);
  }
  for (const key of known.foreignKeys.filter(({ columns }) => columns.includes(column))) {
    const from = foreignKeyName(path, key);
    const made = from === generated.foreignKey(path, key.columns);
    key.columns = renamed(key.columns);
    key.name = made ? generated.foreignKey(path, key.columns) : from;
    if (made) rename(from, key.name);
  }
}

/** The differences of two definitions, each as the statements TypeORM sends for it. */
class Changes {
  private readonly column: string;
  private defaultDone = false;

  constructor(
    private readonly state: State,
    private readonly target: Target,
    private readonly before: Column,
    private readonly after: Column,
    private readonly site: Site,
  ) {
    this.column = after.name;
  }

  private send(draft: OperationDraft): void {
    const { span, partial } = this.after;
    this.state.send(draft, this.site, span, this.target.partial || partial === true || this.before.partial === true);
  }

  private type(): void {
    this.send({ kind: 'alterColumnType', table: this.target.name, column: this.column, type: columnType(this.target.path, this.after) });
  }

  precision(): void {
    const { before, after } = this;
    if (before.precision !== after.precision || before.scale !== after.scale) this.type();
  }

  spatialType(): void {
    const { before, after } = this;
    const feature = ({ spatialFeatureType = '' }: Column) => spatialFeatureType.toLowerCase();
    if (feature(before) !== feature(after) || before.srid !== after.srid) this.type();
  }

  /** Since 1.0 values only added are added; anything else makes a new type, and the table is rewritten for it. */
  enumValues(): void {
    const { before, after, target, state } = this;
    if (!isEnum(before) || !isEnum(after)) return;
    if (sameValues(before.enum, after.enum) && before.enumName === after.enumName) return;
    const type = enumType(target.path, before);
    const added = after.enum.filter((value) => !before.enum.includes(value));
    if (!state.before1 && added.length > 0 && before.enum.every((value) => after.enum.includes(value))) {
      for (const value of added) this.send({ kind: 'addEnumValue', type, value });
      return;
    }
    const made = enumType(target.path, after);
    const old = enumType(target.path, before, true);
    this.send({ kind: 'renameObject', object: 'type', name: type, to: old.name });
    state.dropEnum(type);
    state.newEnum(made);
    this.send({ kind: 'createEnum', type: made, values: after.enum });
    if (before.default !== undefined) {
      this.defaultDone = true;
      this.send({ kind: 'dropDefault', table: target.name, column: before.name });
    }
    const array = after.isArray ? '[]' : '';
    const using = `"${this.column}"::"text"::"${made.schema}"."${made.name}"${array}`;
    this.send({ kind: 'alterColumnType', table: target.name, column: this.column, type: columnType(target.path, after), using });
    if (after.default !== undefined) this.send({ kind: 'setDefault', table: target.name, column: this.column, default: after.default });
    this.send({ kind: 'dropObject', object: 'type', name: old });
  }

  nullability(): void {
    const { before, after, target, column } = this;
    if (before.isNullable === after.isNullable) return;
    this.send({ kind: after.isNullable ? 'dropNotNull' : 'setNotNull', table: target.name, column });
  }

  comment(): void {
    const { before, after, target, state, site } = this;
    if (before.comment !== after.comment) sendColumnComment(state, target, after, site);
  }

  primary(): void {
    const { before, after, target } = this;
    if (before.isPrimary === after.isPrimary) return;
    const { path, name: table, known } = target;
    const keys = known.columns.filter(({ isPrimary, name }) => isPrimary && name !== before.name);
    const had = before.isPrimary ? [...keys, before] : keys;
    if (had.length > 0) this.send({ kind: 'dropConstraint', table, constraint: primaryKey(path, had).name ?? '', type: 'primary key' });
    const has = after.isPrimary ? [...keys, after] : keys;
    if (has.length > 0) this.send({ kind: 'addConstraint', table, constraint: primaryKey(path, has) });
  }

  unique(): void {
    const { before, after, target, column } = this;
    if (before.isUnique === after.isUnique) return;
    const { path, name: table, known } = target;
    const own = known.uniques.find(({ columns }) => columns.length === 1 && columns[0] === column);
    const constraint = own ?? { name: generated.unique(path, [column]), columns: [column] };
    if (after.isUnique) {
      this.send({ kind: 'addConstraint', table, constraint: uniqueConstraint(path, { name: generated.unique(path, [column]), columns: [column] }) });
      known.uniques.push(constraint);
    } else {
      this.send({ kind: 'dropConstraint', table, constraint: uniqueName(path, constraint), type: 'unique' });
      known.uniques = known.uniques.filter((unique) => unique !== own);
    }
  }

  /** A value that the database makes, or no longer makes. */
  generation(): void {
    const { before, after } = this;
    if (before.isGenerated === after.isGenerated) return;
    if (before.isGenerated) this.generate(before.generationStrategy, false);
    this.generate(after.generationStrategy, after.isGenerated);
  }

  private generate(strategy: string | undefined, on: boolean): void {
    const { target, column } = this;
    const { name: table, path } = target;
    if (strategy === 'uuid') {
      if (on) this.send({ kind: 'setDefault', table, column, default: 'uuid_generate_v4()' });
      else this.send({ kind: 'dropDefault', table, column });
    }
    if (strategy !== 'increment') return;
    const sequence = tableName({ ...path, name: sequenceName(path, column) });
    if (on) {
      this.send({ kind: 'createSequence', sequence, guard: 'if not exists', ownedBy: { table, column } });
      const quoted = sequence.schema === undefined ? `"${sequence.name}"` : `"${sequence.schema}"."${sequence.name}"`;
      this.send({ kind: 'setDefault', table, column, default: `nextval('${quoted}')` });
    } else {
      this.send({ kind: 'dropDefault', table, column });
      this.send({ kind: 'dropObject', object: 'sequence', name: sequence });
    }
  }

  defaultValue(): void {
    const { before, after, target, column } = this;
    if (this.defaultDone || before.default === after.default) return;
    if (after.default !== undefined) this.send({ kind: 'setDefault', table: target.name, column, default: after.default });
    else this.send({ kind: 'dropDefault', table: target.name, column });
  }

  collation(): void {
    const { before, after, target, column } = this;
    if (before.collation === after.collation || after.collation === undefined) return;
    const type = columnType(target.path, { ...after, length: '' });
    this.send({ kind: 'alterColumnType', table: target.name, column, type, collation: { name: after.collation } });
  }
}

function sameValues(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value) => b.includes(value));
}

