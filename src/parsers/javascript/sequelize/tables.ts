import type { Constraint, CreateTable, DataType, OperationDraft, Statement } from '../../../operations/types.js';
import { truthOf, type Site, type Value } from '../evaluate/value.js';
import { typeChangeOfSql } from '../fragment.js';
import { Options, spelt } from '../options.js';
import { namesOf } from '../sql-writer.js';
import { type Attribute, attributeOf, type Target, targetOf } from './attributes.js';
import type { Session } from './session.js';

type Given = readonly Value[];

/** The DO block with which Sequelize makes an enum type that may be there already. */
export function enumDrafts({ type, values }: NonNullable<Attribute['enumeration']>): OperationDraft[] {
  const labels = values.map((value) => `'${value.replaceAll("'", "''")}'`).join(', ');
  const text = `BEGIN CREATE TYPE "${type.schema}"."${type.name}" AS ENUM(${labels}); EXCEPTION WHEN duplicate_object THEN null; END`;
  return [
    { kind: 'call', language: 'plpgsql', text },
    { kind: 'createEnum', type, values, guard: 'if not exists', within: 'do' },
  ];
}

/** Several operations of one string, each a statement of it. */
export function sendString(session: Session, drafts: readonly { draft: OperationDraft; at?: Attribute['span']; partial?: boolean; same?: boolean }[], site: Site): void {
  let statement: Statement | null = null;
  for (const { draft, at, partial, same } of drafts) {
    if (statement === null) statement = session.send(draft, site, at, partial);
    else {
      if (same !== true) statement = session.recorder.statementWith(statement);
      session.recorder.append(draft, statement, at, partial);
    }
  }
}

/** Always IF NOT EXISTS; enum types in calls of their own before it, comments in the same string after it. */
export function createTable(session: Session, [table, attributes, options]: Given, site: Site): void {
  const settings = new Options(options);
  const target = targetOf(table, settings.text('schema'));
  // Sequelize names enum types before it adds the option's schema to the table.
  const own = targetOf(table);
  const known = attributes?.kind === 'dictionary' ? [...attributes.properties] : [];
  const columns = known.map(([name, { value, span }]) => ({ ...attributeOf({ ...target, full: settings.has('schema') ? target.full : own.full }, name, value, span) }));
  for (const { enumeration, span } of columns) {
    if (enumeration === null) continue;
    const key = `${enumeration.type.schema}.${enumeration.type.name}`;
    if (session.enums.has(key)) continue;
    session.enums.add(key);
    sendString(session, enumDrafts(enumeration).map((draft, index) => ({ draft, at: span, same: index > 0 })), site);
  }
  const partial = target.partial || attributes?.kind !== 'dictionary' || attributes.open === true || columns.some((column) => column.partial);
  const draft: Omit<CreateTable, 'span' | 'statement'> = {
    kind: 'createTable',
    table: target.name,
    columns: columns.map(({ definition, name }) => ({ ...definition, name })),
    constraints: [...uniqueKeys(settings), ...primaryKey(columns)],
    guard: 'if not exists',
  };
  sendString(session, [{ draft, partial }, ...comments(target, settings.text('comment'), columns)], site);
}

function uniqueKeys(options: Options): Constraint[] {
  const keys = options.get('uniqueKeys');
  if (keys?.kind !== 'dictionary') return [];
  return [...keys.properties.values()]
    .filter(({ value }) => !(value.kind === 'dictionary' && value.properties.has('customIndex') && !new Options(value).flag('customIndex')))
    .map(({ value, span }) => ({ type: 'unique', columns: new Options(value).texts('fields'), ...(span !== undefined && { span }) }));
}

function primaryKey(columns: readonly Attribute[]): Constraint[] {
  const names = columns.filter((column) => column.primaryKey).map(({ name }) => name);
  return names.length === 0 ? [] : [{ type: 'primary key', columns: names }];
}

function comments({ name: table }: Target, comment: string | undefined, columns: readonly Attribute[]): { draft: OperationDraft; at?: Attribute['span'] }[] {
  const drafts: { draft: OperationDraft; at?: Attribute['span'] }[] = [];
  if (comment !== undefined && comment !== '') drafts.push({ draft: { kind: 'comment', object: 'table', name: table, comment } });
  for (const column of columns) drafts.push(...columnComment(table, column));
  return drafts;
}

export function columnComment(table: Target['name'], { name, comment, span }: Attribute): { draft: OperationDraft; at?: Attribute['span'] }[] {
  if (comment === undefined || comment === '') return [];
  return [{ draft: { kind: 'comment', object: 'column', name: { ...(table.schema !== undefined && { schema: table.schema }), name }, on: table, comment }, ...(span !== undefined && { at: span }) }];
}

export function dropTable(session: Session, [table, options]: Given, site: Site): void {
  const { name, partial } = targetOf(table);
  const settings = new Options(options);
  const cascade = settings.flag('cascade') || settings.flag('force');
  session.send({ kind: 'dropTable', table: name, guard: 'if exists', ...(cascade && { cascade: true }) }, site, undefined, partial);
}

export function renameTable(session: Session, [from, to]: Given, site: Site): void {
  const before = targetOf(from);
  const after = targetOf(to);
  session.send({ kind: 'renameTable', table: before.name, to: after.name.name }, site, undefined, before.partial || after.partial);
}

/** Enum type and column in one string; a key is left out but for its SERIAL. */
export function addColumn(session: Session, [table, column, attribute]: Given, site: Site): void {
  const target = targetOf(table);
  const { text: name, partial } = spelt(column, 'column');
  const added = attributeOf(target, name, attribute, attribute?.span);
  const drafts = added.enumeration === null ? [] : enumDrafts(added.enumeration);
  const definition = { ...added.definition, name };
  sendString(
    session,
    [
      ...drafts.map((draft, index) => ({ draft, same: index > 0, ...(added.span !== undefined && { at: added.span }) })),
      { draft: { kind: 'addColumn', table: target.full, column: definition }, partial: partial || target.partial || added.partial },
      ...columnComment(target.name, { ...added, name }),
    ],
    site,
  );
}

export function removeColumn(session: Session, [table, column]: Given, site: Site): void {
  const target = targetOf(table);
  const { text, partial } = spelt(column, 'column');
  session.send({ kind: 'dropColumn', table: target.full, column: text }, site, undefined, partial || target.partial);
}

export function renameColumn(session: Session, [table, from, to]: Given, site: Site): void {
  const target = targetOf(table);
  const before = spelt(from, 'column');
  const after = spelt(to, 'name');
  session.send({ kind: 'renameColumn', table: target.name, column: before.text, to: after.text }, site, undefined, target.partial || before.partial || after.partial);
}

/**
 * One string: nullability, default, type, in this order; what the definition
 * does not say is taken away. With `references` only the key is added.
 */
export function changeColumn(session: Session, [table, column, attribute]: Given, site: Site): void {
  const target = targetOf(table);
  const { text: name, partial: unnamed } = spelt(column, 'column');
  const changed = attributeOf(target, name, attribute, attribute?.span);
  const partial = unnamed || target.partial || changed.partial;
  const about = { table: target.name, column: name };
  const at = (key: string) => changed.options.spanOf(key) ?? changed.span;
  const drafts: { draft: OperationDraft; at?: Attribute['span']; partial: boolean; same?: boolean }[] = [];
  const add = (draft: OperationDraft, span: Attribute['span'], same = false): void => void drafts.push({ draft, partial, same, ...(span !== undefined && { at: span }) });
  const key = changed.references;
  if (!changed.allowNull) add({ kind: 'setNotNull', ...about }, at('allowNull'));
  else if (key === null) add({ kind: 'dropNotNull', ...about }, at('allowNull'));
  if (changed.defaultSql !== null) add({ kind: 'setDefault', ...about, default: changed.defaultSql }, at('defaultValue'));
  else if (key === null) add({ kind: 'dropDefault', ...about }, undefined);
  if (changed.enumeration !== null) for (const [index, draft] of enumDrafts(changed.enumeration).entries()) add(draft, at('type'), index > 0);
  if (changed.unique && key === null) add({ kind: 'addConstraint', table: target.name, constraint: { type: 'unique', columns: [name] } }, at('unique'));
  if (key !== null) add({ kind: 'addConstraint', table: target.name, constraint: { ...key, columns: [name] } }, at('references'));
  else if (changed.definition.type !== undefined) add({ kind: 'alterColumnType', ...about, ...typeChange(changed, name, changed.definition.type) }, at('type'));
  sendString(session, [...drafts, ...columnComment(target.name, { ...changed, name })], site);
}

/** What stands behind TYPE; a type in the author's words may bring its USING. */
function typeChange({ enumeration, options }: Attribute, name: string, type: DataType): ReturnType<typeof typeChangeOfSql> & object {
  if (enumeration !== null) return { type, using: `("${name}"::"${enumeration.type.schema}"."${enumeration.type.name}")` };
  const written = options.get('type');
  return (written?.kind === 'text' ? typeChangeOfSql(spelt(written, 'type').text) : null) ?? { type };
}

export function removeConstraint(session: Session, [table, name]: Given, site: Site): void {
  const target = targetOf(table);
  const { text, partial } = spelt(name, 'constraint');
  session.send({ kind: 'dropConstraint', table: target.name, constraint: text }, site, undefined, partial || target.partial);
}

export function createSchema(session: Session, [schema]: Given, site: Site): void {
  const { text, partial } = spelt(schema, 'schema');
  session.send({ kind: 'createSchema', schema: text, guard: 'if not exists' }, site, undefined, partial);
}

export function dropSchema(session: Session, [schema]: Given, site: Site): void {
  const { text, partial } = spelt(schema, 'schema');
  session.send({ kind: 'dropObject', object: 'schema', name: { name: text }, guard: 'if exists', cascade: true }, site, undefined, partial);
}

export function dropEnum(session: Session, [name]: Given, site: Site): void {
  const { names, partial } = namesOf(name, 'type');
  const [text = ''] = names;
  session.send({ kind: 'dropObject', object: 'type', name: { name: text }, guard: 'if exists' }, site, undefined, partial);
}

/** True when a flag of the options is set. */
export function isSet(options: Value | undefined, key: string): boolean {
  const value = options?.kind === 'dictionary' ? options.properties.get(key)?.value : undefined;
  return value !== undefined && truthOf(value) === true;
}
