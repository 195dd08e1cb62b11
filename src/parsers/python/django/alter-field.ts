import type { DataType, OperationDraft } from '../../../operations/types.js';
import { printType, sameType } from '../../../sql/type.js';
import { stringOf } from '../evaluate/value.js';
import {
  collationOfColumn,
  columnIndex,
  databaseDefaultOf,
  foreignKeyOf,
  likeIndex,
} from './columns.js';
import { defaultOf, effectiveDefault, type Literal } from './defaults.js';
import type { SchemaEditor } from './editor.js';
import { checkOf, commentOf, comparedArguments, databaseDefault, isAuto, sameValue, type Field } from './field.js';
import { ALL_IMMEDIATE, columnComment, dropForeignKey } from './models.js';
import { generatedName, serverName } from './names.js';
import { quoteAlways } from './expression.js';
import { keyOf, qualified, tableName, throughModel, type Model, type ProjectState } from './state.js';

/** One side of an alteration: the field, its model and the state both stand in. */
interface Side {
  state: ProjectState;
  model: Model;
  field: Field;
  type: DataType | null;
  assumed: boolean;
}

function sideOf(state: ProjectState, model: Model, field: Field): Side {
  const found = state.columnType(model, field);
  return { state, model, field, type: found?.type ?? null, assumed: found?.assumed ?? false };
}

/** What `alter_field` sends to turn one field into another. */
export function alterField(
  editor: SchemaEditor,
  before: { state: ProjectState; model: Model; field: Field },
  after: { state: ProjectState; model: Model; field: Field },
): void {
  const from = sideOf(before.state, before.model, before.field);
  const to = sideOf(after.state, after.model, after.field);
  if (from.field.virtual && to.field.virtual) {
    alterManyToMany(editor, from, to);
    return;
  }
  if (from.field.virtual || to.field.virtual || !isChanged(from, to)) return;
  new Alteration(editor, from, to).run();
}

/** True when the database could see a difference. */
function isChanged(from: Side, to: Side): boolean {
  if (from.field.column !== to.field.column || from.field.kind !== to.field.kind) return true;
  const sameTable =
    from.field.relation !== null &&
    to.field.relation !== null &&
    from.state.target(from.model, from.field).table === to.state.target(to.model, to.field).table;
  const old = comparedArguments(from.field, !sameTable);
  const fresh = comparedArguments(to.field, !sameTable);
  if (old.size !== fresh.size) return true;
  return [...old].some(([name, value]) => !sameValue(value, fresh.get(name)));
}

/** Points the table between at another model, under another name. */
function alterManyToMany(editor: SchemaEditor, from: Side, to: Side): void {
  const [old, fresh] = [throughModel(from.state, from.model, from.field), throughModel(to.state, to.model, to.field)];
  if (old === null || fresh === null) return;
  renameTable(editor, tableName(old), tableName(fresh));
  // The far side first, then the near one, as Django goes.
  for (const at of [2, 1]) {
    const [oldField, newField] = [old.fields[at], fresh.fields[at]];
    if (oldField === undefined || newField === undefined) continue;
    const name = oldField.made.foreignKey ?? foreignKeyOf(from.state, old, oldField)?.name ?? '';
    const made = { ...oldField, made: { foreignKey: name } };
    // The table has its new name by now.
    alterField(editor, { state: from.state, model: { ...old, options: fresh.options }, field: made }, { state: to.state, model: fresh, field: newField });
  }
}

export function renameTable(editor: SchemaEditor, from: string, to: string): void {
  if (from === to) return;
  editor.send({ kind: 'renameTable', table: qualified(from), to: qualified(to).name });
  editor.tableRenamed(from, to);
}

class Alteration {
  readonly table: string;
  readonly column: string;

  constructor(
    readonly editor: SchemaEditor,
    readonly from: Side,
    readonly to: Side,
  ) {
    this.table = tableName(from.model);
    this.column = to.field.column;
  }

  run(): void {
    const { from, to } = this;
    const keyDropped = from.field.relation?.constrained === true && dropForeignKey(this.editor, from.state, from.model, from.field);
    this.#dropUnique();
    const pointing = this.#pointing();
    for (const each of pointing) dropForeignKey(this.editor, each.from.state, each.from.model, each.from.field);
    this.#dropIndex();
    this.#dropCheck();
    this.#rename();
    const default_ = this.#alter();
    this.#addUniqueAndIndex();
    this.#alterPointing(pointing);
    const gained = keyDropped || from.field.relation === null || !from.field.relation.constrained;
    if (to.field.relation !== null && gained) this.#addForeignKey(to, foreignKeyOf(to.state, to.model, to.field)?.name);
    for (const each of pointing) this.#addForeignKey(each.to, generatedName(tableName(each.to.model), [each.to.field.column], '_fk'));
    this.#addCheck();
    if (default_) this.#send({ kind: 'dropDefault', table: qualified(this.table), column: this.column });
    this.#likeIndexes();
  }

  #send(drafts: OperationDraft | readonly OperationDraft[]): void {
    this.editor.send(drafts);
  }

  #changesType(): boolean {
    const { from, to } = this;
    if (from.type === null || to.type === null) return false;
    return !sameType(from.type, to.type) || isAuto(from.field) !== isAuto(to.field) || this.#collation(from) !== this.#collation(to);
  }

  #collation(side: Side): string | undefined {
    return collationOfColumn(side.state, side.model, side.field);
  }

  #dropUnique(): void {
    const { from, to } = this;
    const becomesKey = !from.field.primaryKey && to.field.primaryKey;
    if (!from.field.unique || from.field.primaryKey || (to.field.unique && !becomesKey)) return;
    const constraint = from.field.made.unique ?? serverName(this.table, from.field.column, 'key');
    this.#send({ kind: 'dropConstraint', table: qualified(this.table), constraint, type: 'unique' });
  }

  /** Keys of other tables that point at a column whose type changes. */
  #pointing(): { from: Side; to: Side }[] {
    const { from, to } = this;
    const kept = (from.field.primaryKey && to.field.primaryKey) || (from.field.unique && to.field.unique);
    const altered = from.type !== null && to.type !== null && (!sameType(from.type, to.type) || this.#collation(from) !== this.#collation(to));
    return kept && altered ? related(from, to) : [];
  }

  #dropIndex(): void {
    const { from, to } = this;
    if (!from.field.indexed || from.field.unique || (to.field.indexed && !to.field.unique)) return;
    this.#dropIndexNamed(from.field.made.index ?? generatedName(this.table, [from.field.column]));
    // The index for LIKE has the same columns and is found with it.
    if (likeIndex(from.state, from.model, from.field) !== null) {
      this.#dropIndexNamed(from.field.made.like ?? generatedName(this.table, [from.field.column], '_like'));
    }
  }

  #dropIndexNamed(name: string): void {
    this.#send({ kind: 'dropIndex', index: { name }, table: qualified(this.table), guard: 'if exists' });
    this.editor.indexDropped(this.table, name);
  }

  #dropCheck(): void {
    const [old, fresh] = [checkOf(this.from.field), checkOf(this.to.field)];
    if (old === null || (fresh === null) === (old === null)) return;
    const constraint = this.from.field.made.check ?? serverName(this.table, this.from.field.column, 'check');
    this.#send({ kind: 'dropConstraint', table: qualified(this.table), constraint, type: 'check' });
  }

  #rename(): void {
    const { column } = this.from.field;
    if (column === this.column) return;
    this.#send({ kind: 'renameColumn', table: qualified(this.table), column, to: this.column });
    this.editor.columnRenamed(this.table, column, this.column);
  }

  /** Type, default and nullability; true when a default was set only for the while. */
  #alter(): boolean {
    const { from, to } = this;
    const actions: OperationDraft[] = [];
    const later: OperationDraft[] = [];
    if (this.#changesType() || commentOf(from.field) !== commentOf(to.field)) this.#alterType(actions, later);
    this.#alterDatabaseDefault(actions);
    const temporary = this.#temporaryDefault();
    const table = qualified(this.table);
    if (temporary !== null) {
      actions.push({ kind: 'setDefault', table, column: this.column, default: temporary.sql, ...mark(temporary) });
    }
    const nullability = from.field.null === to.field.null ? [] : [nullabilityOf(to.field, table, this.column)];
    const fourWay = from.field.null && !to.field.null && (defaultOf(to.field) !== undefined || databaseDefault(to.field) !== null);
    if (!fourWay) actions.push(...nullability);
    if (actions.length > 0) this.#send(actions);
    if (fourWay) this.#fill(nullability);
    for (const draft of later) this.#send(draft);
    return temporary !== null;
  }

  /** Rows without a value get one before the column may have none. */
  #fill(nullability: readonly OperationDraft[]): void {
    const { to } = this;
    const value = databaseDefaultOf(to.state, to.model, to.field) ?? effectiveDefault(to.field);
    const column = quoteAlways(this.column);
    const set = [{ column: this.column, value: value?.sql ?? 'NULL' }];
    const update: OperationDraft = {
      kind: 'update',
      table: qualified(this.table),
      set,
      where: `${column} IS NULL`,
      reads: [],
      ...(value === null ? {} : mark(value)),
    };
    this.editor.sendTogether([update, ALL_IMMEDIATE]);
    for (const draft of nullability) this.#send(draft);
  }

  #temporaryDefault(): Literal | null {
    const { from, to } = this;
    if (!from.field.null || to.field.null || databaseDefault(to.field) !== null) return null;
    const [old, fresh] = [effectiveDefault(from.field), effectiveDefault(to.field)];
    return fresh !== null && fresh.sql !== old?.sql ? fresh : null;
  }

  #alterDatabaseDefault(actions: OperationDraft[]): void {
    const { from, to } = this;
    const table = qualified(this.table);
    const fresh = databaseDefaultOf(to.state, to.model, to.field);
    const old = databaseDefaultOf(from.state, from.model, from.field);
    if (fresh !== null && fresh.sql !== old?.sql) {
      actions.push({ kind: 'setDefault', table, column: this.column, default: fresh.sql, ...mark(fresh) });
    }
    if (fresh === null && old !== null) actions.push({ kind: 'dropDefault', table, column: this.column });
  }

  #alterType(actions: OperationDraft[], later: OperationDraft[]): void {
    const { from, to } = this;
    const table = qualified(this.table);
    if (to.type === null) return;
    // Django looks for no index here: it goes by the name that it would give.
    if (isTextLeaving(from, to)) this.#dropIndexNamed(generatedName(this.table, [from.field.column], '_like'));
    if (isAuto(from.field) && !isAuto(to.field)) this.#send({ kind: 'dropIdentity', table, column: this.column, guard: 'if exists' });
    actions.push(alterType(this.table, from, to));
    if (isAuto(to.field) && !isAuto(from.field)) later.push({ kind: 'addIdentity', table, column: this.column, identity: 'by default' });
    else if (isAuto(from.field) && isAuto(to.field)) later.push(sequenceType(this.table, this.column, to.type));
    else if (commentOf(from.field) !== commentOf(to.field)) later.push(columnComment(to.model, to.field));
  }

  #addUniqueAndIndex(): void {
    const { from, to } = this;
    const table = qualified(this.table);
    if (from.field.primaryKey && !to.field.primaryKey) {
      this.#send({ kind: 'dropConstraint', table, constraint: serverName(this.table, '', 'pkey'), type: 'primary key' });
    }
    if (this.#gainsUnique()) {
      const constraint = { type: 'unique' as const, name: generatedName(this.table, [this.column], '_uniq'), columns: [this.column] };
      this.#send({ kind: 'addConstraint', table, constraint });
    }
    if ((!from.field.indexed || from.field.unique) && to.field.indexed && !to.field.unique) this.#send(columnIndex(this.table, [this.column]));
    if (from.field.primaryKey || !to.field.primaryKey) return;
    const constraint = { type: 'primary key' as const, name: generatedName(this.table, [this.column], '_pk'), columns: [this.column] };
    this.#send({ kind: 'addConstraint', table, constraint });
  }

  #gainsUnique(): boolean {
    const { from, to } = this;
    return !to.field.primaryKey && to.field.unique && (!from.field.unique || from.field.primaryKey);
  }

  #alterPointing(pointing: readonly { from: Side; to: Side }[]): void {
    for (const each of pointing) this.#send(alterType(tableName(each.to.model), each.from, each.to));
  }

  #addForeignKey(side: Side, name: string | undefined): void {
    const constraint = foreignKeyOf(side.state, side.model, side.field, name);
    if (constraint === null) return;
    const unsure = side.assumed ? { partial: true as const } : {};
    this.#send({ kind: 'addConstraint', table: qualified(tableName(side.model)), constraint, ...unsure });
  }

  #addCheck(): void {
    const [old, fresh] = [checkOf(this.from.field), checkOf(this.to.field)];
    if (fresh === null || old !== null) return;
    const name = generatedName(this.table, [this.column], '_check');
    this.#send({ kind: 'addConstraint', table: qualified(this.table), constraint: { type: 'check', name, expression: fresh } });
  }

  #likeIndexes(): void {
    const { from, to } = this;
    const gained =
      (!(from.field.indexed || from.field.unique) && to.field.indexed) || (!from.field.unique && to.field.unique) || isTextLeaving(from, to);
    const like = gained ? likeIndex(to.state, to.model, to.field) : null;
    if (like !== null) this.#send(like(this.table, [this.column]));
    if (from.field.unique && !(to.field.indexed || to.field.unique)) {
      this.#dropIndexNamed(generatedName(this.table, [from.field.column], '_like'));
    }
  }
}

function mark(literal: Literal): { partial?: true } {
  return literal.partial ? { partial: true } : {};
}

function nullabilityOf(field: Field, table: ReturnType<typeof qualified>, column: string): OperationDraft {
  return field.null ? { kind: 'dropNotNull', table, column } : { kind: 'setNotNull', table, column };
}

/** The sequence behind a key follows its type. */
function sequenceType(table: string, column: string, type: DataType): OperationDraft {
  const sequence = { ...qualified(table), name: serverName(table, column, 'seq') };
  return { kind: 'alterSequence', sequence, options: `AS ${printType(type)}`, guard: 'if exists' };
}

/** `ALTER COLUMN … TYPE`, with a USING where the sort of type changes and not only its length. */
function alterType(table: string, from: Side, to: Side): OperationDraft {
  const type = to.type ?? { name: 'bigint' };
  const using = needsCast(from, to) ? { using: `${quoteAlways(to.field.column)}::${spelled(type)}` } : {};
  const collation = collationOfColumn(to.state, to.model, to.field);
  return {
    kind: 'alterColumnType',
    table: qualified(table),
    column: to.field.column,
    type,
    ...using,
    ...(collation === undefined || isAuto(to.field) ? {} : { collation: { name: collation } }),
    ...(from.type === null || from.assumed ? {} : { from: from.type }),
    ...(from.assumed || to.assumed ? { partial: true as const } : {}),
  };
}

/** The type as Django writes it. */
function spelled(type: DataType): string {
  return printType(type).replace(/^character varying/, 'varchar');
}

/** Django compares what the two fields' classes stand for; a varchar's length counts, an array's base too. */
function needsCast(from: Side, to: Side): boolean {
  if (to.field.kind === 'GeneratedField') return false;
  if (from.type === null || to.type === null) return true;
  const bare = (side: Side): DataType => (VARIES.has(side.field.kind) && side.type !== null ? withoutSize(side.type) : (side.type as DataType));
  return !sameType(bare(from), bare(to)) || family(from) !== family(to);
}

/** Fields whose type Django compares before it puts the numbers in: a mere length needs no cast. */
const VARIES = new Set(['CharField', 'EmailField', 'URLField', 'SlugField', 'FileField', 'ImageField', 'FilePathField', 'DecimalField', 'ArrayField']);

function withoutSize({ length: _length, precision: _precision, scale: _scale, ...type }: DataType): DataType {
  return type;
}

/** CharField makes its type by a function, the other fields of text by a pattern. */
function family({ field }: Side): string {
  if (/^(?:Char|Email|URL)Field$/.test(field.kind)) return 'varying';
  if (/^(?:Slug|File|Image|FilePath)Field$/.test(field.kind)) return 'pattern';
  return field.kind === 'ArrayField' ? 'array' : '';
}

function isTextLeaving(from: Side, to: Side): boolean {
  if (!(from.field.indexed || from.field.unique) || from.type === null || to.type === null) return false;
  const leaves = (name: string): boolean => from.type?.name === name && to.type?.name !== name;
  return leaves('character varying') || leaves('text') || leaves('citext');
}

/** Fields of any model that point at this one, sorted by the name under which the model sees them. */
function related(from: Side, to: Side): { from: Side; to: Side }[] {
  const found: { name: string; pair: { from: Side; to: Side } }[] = [];
  for (const [key, model] of from.state.models) {
    if (model.gone === true) continue;
    const [app, name] = key.split('.') as [string, string];
    const later = to.state.find(app, name);
    for (const field of model.fields) {
      const through = [throughModel(from.state, model, field), later === null ? null : throughModel(to.state, later, field)] as const;
      if (through[0] !== null && through[1] !== null) {
        collect(found, from, to, through[0], through[1], `${through[0].name  }+`);
      }
    }
    if (later !== null) collect(found, from, to, model, later, '');
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap(({ pair }) => [pair, ...(pair.to.field.unique ? related(pair.from, pair.to) : [])]);
}

function collect(found: { name: string; pair: { from: Side; to: Side } }[], from: Side, to: Side, model: Model, later: Model, hidden: string): void {
  const own = keyOf(from.model.app, from.model.name);
  for (const field of model.fields) {
    if (field.relation === null || field.virtual) continue;
    const points = from.state.keyOfTarget(field.relation.to, model.app, keyOf(model.app, model.name)) === own;
    const wanted = field.relation.toField ?? null;
    const fits = wanted === null ? from.field.primaryKey : wanted === from.field.name;
    const fresh = later.fields.find((each) => each.name === field.name);
    if (!points || !fits || fresh === undefined) continue;
    const seen = stringOf(field.call.keywords.get('related_name')?.value) ?? model.name.toLowerCase();
    found.push({ name: hidden === '' ? seen : hidden, pair: { from: sideOf(from.state, model, field), to: sideOf(to.state, later, fresh) } });
  }
}

export { related, sideOf };
