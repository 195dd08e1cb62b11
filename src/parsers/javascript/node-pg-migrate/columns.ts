import { around, compose, identifier, isEmpty, type Piece, separated, spaced, wordsOf } from '../compose.js';
import { type Text, textAt } from '../evaluate/text.js';
import { truthOf, type Dictionary, type Property, type Site, type Value } from '../evaluate/value.js';
import { Options } from '../options.js';
import { bareName, constant, itemsOf, name, names, type Shorthands, typed, typeOf, typeText } from './values.js';

export function comment(object: string, target: Piece, text: Value | undefined, site: Site): Piece {
  return ['COMMENT ON ', object, ' ', target, ' IS ', constant(text ?? { kind: 'primitive', value: null }, site), ';'];
}

/** A part that a key of an options object stands for, pointing at that key. */
export function words(options: Options, key: string, site: Site): Text {
  return wordsOf(options.get(key), key, site.span);
}

/** True for a value that JavaScript holds for true; one that is not known is not. */
export function given(options: Options, key: string): boolean {
  const value = options.get(key);
  return value !== undefined && truthOf(value) !== false;
}

export function isNull(value: Value | undefined): boolean {
  return value?.kind === 'primitive' && value.value === null;
}

export function isFalse(value: Value | undefined): boolean {
  return value?.kind === 'primitive' && value.value === false;
}

/** REFERENCES and what follows it; a target with parentheses or quotes is SQL already. */
export function references(options: Options, site: Site): Piece {
  const target = options.get('references');
  const raw = target?.kind === 'text' && (target.text.startsWith('"') || target.text.endsWith(')'));
  return spaced(
    ['REFERENCES ', raw ? wordsOf(target, 'references', site.span) : name(target, 'table', site)],
    given(options, 'match') ? ['MATCH ', words(options, 'match', site)] : null,
    given(options, 'onDelete') ? ['ON DELETE ', words(options, 'onDelete', site)] : null,
    given(options, 'onUpdate') ? ['ON UPDATE ', words(options, 'onUpdate', site)] : null,
  );
}

function deferrable(options: Options): Piece {
  return given(options, 'deferrable') ? `DEFERRABLE INITIALLY ${options.flag('deferred') ? 'DEFERRED' : 'IMMEDIATE'}` : null;
}

export function sequenceClauses(value: Value | undefined, shorthands: Shorthands, site: Site): Piece[] {
  const options = new Options(value);
  const clause = (key: string, word: string, none?: string): Piece => {
    if (given(options, key)) return [word, ' ', words(options, key, site)];
    const held = options.get(key);
    return none !== undefined && (isNull(held) || isFalse(held)) ? none : null;
  };
  return [
    given(options, 'type') ? ['AS ', typeOf(options.get('type'), shorthands, site)] : null,
    clause('increment', 'INCREMENT BY'),
    clause('minvalue', 'MINVALUE', 'NO MINVALUE'),
    clause('maxvalue', 'MAXVALUE', 'NO MAXVALUE'),
    clause('start', 'START WITH'),
    clause('cache', 'CACHE'),
    given(options, 'cycle') ? 'CYCLE' : isFalse(options.get('cycle')) ? 'NO CYCLE' : null,
    clause('owner', 'OWNED BY', 'OWNED BY NONE'),
  ].filter((piece) => !isEmpty(piece));
}

interface Columns {
  lines: Piece[];
  comments: Piece[];
  /** A key over several columns becomes a constraint of the table. */
  primaryKey: Value | undefined;
}

export function columnsOf(table: Value | undefined, columns: Value | undefined, shorthands: Shorthands, site: Site): Columns {
  const entries = columns?.kind === 'dictionary' ? [...columns.properties] : [];
  const all = entries.map(([key, property]) => ({ key, place: placeOf(property, site), options: typed(property.value, shorthands) }));
  const keys = all.filter(({ options }) => given(new Options(options), 'primaryKey'));
  const several = keys.length > 1;
  const comments: Piece[] = all.flatMap(({ key, options }) => {
    const held = new Options(options);
    if (!held.has('comment')) return [];
    return [comment('COLUMN', [name(table, 'table', site), '.', identifier(textAt(key, site.span))], held.get('comment'), site)];
  });
  const lines = all.map(({ key, place, options }) => {
    const held = new Options(options);
    if (given(held, 'referencesConstraintComment')) comments.push(referenceComment(table, key, held, site));
    return compose(place, column(table, textAt(key, place), held, { shorthands, several, site: { ...site, span: place } }));
  });
  if (columns?.kind !== 'dictionary' || columns.open === true) lines.push(compose(site.span, identifier(wordsOf(undefined, 'column', site.span)), ' text'));
  const primaryKey: Value | undefined = several ? { kind: 'list', items: keys.map(({ key, place }) => textAt(key, place)) } : undefined;
  return { lines, comments, primaryKey };
}

function placeOf({ span }: Property, site: Site): Site['span'] {
  return span !== undefined && span.start >= site.span.start && span.end <= site.span.end ? span : site.span;
}

function referenceName(table: Value | undefined, key: string, options: Options, site: Site): Piece {
  if (given(options, 'referencesConstraintName')) return name(options.get('referencesConstraintName'), 'constraint', site);
  return given(options, 'referencesConstraintComment') ? ['"', bareName(table, 'table', site), `_fk_${key}"`] : null;
}

function referenceComment(table: Value | undefined, key: string, options: Options, site: Site): Piece {
  return comment('CONSTRAINT', [referenceName(table, key, options, site), ' ON ', name(table, 'table', site)], options.get('referencesConstraintComment'), site);
}

interface ColumnContext {
  shorthands: Shorthands;
  several: boolean;
  site: Site;
}

function column(table: Value | undefined, key: Text, options: Options, { shorthands, several, site }: ColumnContext): Piece {
  return spaced(
    identifier(key),
    columnType(options, site),
    given(options, 'collation') ? ['COLLATE ', words(options, 'collation', site)] : null,
    options.has('default') ? ['DEFAULT ', constant(options.get('default'), site)] : null,
    given(options, 'unique') ? 'UNIQUE' : null,
    given(options, 'primaryKey') && !several ? 'PRIMARY KEY' : null,
    given(options, 'notNull') ? 'NOT NULL' : null,
    given(options, 'check') ? ['CHECK (', words(options, 'check', site), ')'] : null,
    given(options, 'references') ? spaced(around('CONSTRAINT ', referenceName(table, key.text, options, site)), references(options, site)) : null,
    deferrable(options),
    identity(options, shorthands, site),
    given(options, 'expressionGenerated') ? ['GENERATED ALWAYS AS (', words(options, 'expressionGenerated', site), ') STORED'] : null,
  );
}

function columnType(options: Options, site: Site): Piece {
  const base = typeText(options.get('type'), site);
  const array = options.get('array');
  if (array?.kind !== 'primitive') return base;
  if (array.value === true) return [base, ' ARRAY'];
  return typeof array.value === 'number' ? [base, ` ARRAY[${array.value}]`] : base;
}

export function identity(options: Options, shorthands: Shorthands, site: Site): Piece {
  const value = options.get('sequenceGenerated');
  if (value === undefined || truthOf(value) === false) return null;
  return identityClause(value, shorthands, site);
}

export function identityClause(value: Value, shorthands: Shorthands, site: Site): Piece {
  const clauses = separated(sequenceClauses(value, shorthands, site), ' ');
  return spaced('GENERATED', words(new Options(value), 'precedence', site), 'AS IDENTITY', around('(', clauses, ')'));
}

interface Constraints {
  lines: Piece[];
  comments: Piece[];
}

/** Constraints of a table; `own` is the name the author gave, else names are derived from the table. */
export function constraintsOf(table: Value | undefined, value: Value | undefined, own: Value | undefined, site: Site): Constraints {
  const options = new Options(value);
  const given_ = own === undefined || (own.kind === 'primitive' && own.value == null) || (own.kind === 'text' && own.text === '') ? undefined : own;
  const named = (...derived: readonly Piece[]): Piece => (given_ === undefined ? ['"', bareName(table, 'table', site), ...derived, '"'] : name(given_, 'constraint', site));
  const lines = [...checks(options, named, site), ...uniques(options, named, site)];
  const comments: Piece[] = [];
  if (given(options, 'primaryKey')) lines.push(['CONSTRAINT ', named('_pkey'), ' PRIMARY KEY (', names(options.get('primaryKey'), 'column', site), ')']);
  if (given(options, 'foreignKeys')) {
    for (const key of itemsOf(options.get('foreignKeys'))) lines.push(foreignKey(table, key, named, { site, comments }));
  }
  if (given(options, 'exclude')) lines.push(['CONSTRAINT ', named('_excl'), ' EXCLUDE ', words(options, 'exclude', site)]);
  if (given(options, 'comment')) comments.push(comment('CONSTRAINT', [named(), ' ON ', name(table, 'table', site)], options.get('comment'), site));
  const suffix = deferrable(options);
  return { lines: suffix === null ? lines : lines.map((line) => [line, ' ', suffix]), comments };
}

type Named = (...derived: readonly Piece[]) => Piece;

function checks(options: Options, named: Named, { span }: Site): Piece[] {
  if (!given(options, 'check')) return [];
  const check = options.get('check');
  if (check?.kind !== 'list') return [['CONSTRAINT ', named('_chck'), ' CHECK (', wordsOf(check, 'check', span), ')']];
  return check.items.map((item, index) => ['CONSTRAINT ', named(`_chck_${index + 1}`), ' CHECK (', wordsOf(item, 'check', span), ')']);
}

function uniques(options: Options, named: Named, site: Site): Piece[] {
  if (!given(options, 'unique')) return [];
  const items = itemsOf(options.get('unique'));
  const sets = items.some(({ kind }) => kind === 'list') ? items.map(itemsOf) : [items];
  return sets.map((columns) => [
    'CONSTRAINT ', named('_uniq_', separated(columns.map((column) => bareName(column, 'column', site)), '_')),
    ' UNIQUE (', separated(columns.map((column) => name(column, 'column', site))), ')',
  ]);
}

function foreignKey(table: Value | undefined, value: Value, named: Named, { site, comments }: { site: Site; comments: Piece[] }): Piece {
  const options = new Options(value);
  const columns = itemsOf(options.get('columns'));
  const constraint = given(options, 'referencesConstraintName')
    ? name(options.get('referencesConstraintName'), 'constraint', site)
    : named('_fk_', separated(columns.map((column) => bareName(column, 'column', site)), '_'));
  if (given(options, 'referencesConstraintComment')) {
    comments.push(comment('CONSTRAINT', [constraint, ' ON ', name(table, 'table', site)], options.get('referencesConstraintComment'), site));
  }
  return ['CONSTRAINT ', constraint, ' FOREIGN KEY (', separated(columns.map((column) => name(column, 'column', site))), ') ', references(options, site)];
}

/** Options of a table merged with the key its columns ask for. */
export function withPrimaryKey(constraints: Value | undefined, primaryKey: Value | undefined): Value | undefined {
  if (primaryKey === undefined) return constraints;
  const before: Dictionary = constraints?.kind === 'dictionary' ? constraints : { kind: 'dictionary', properties: new Map() };
  return { ...before, properties: new Map([...before.properties, ['primaryKey', { value: primaryKey }]]) };
}
