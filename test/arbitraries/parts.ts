import fc from 'fast-check';
import type { Arbitrary } from 'fast-check';
import type {
  CheckConstraint,
  ColumnDefinition,
  Constraint,
  DataType,
  ExclusionConstraint,
  ForeignKeyAction,
  ForeignKeyConstraint,
  IndexKey,
  NotNullConstraint,
  OperationDraft,
  OperationKind,
  PrimaryKeyConstraint,
  QualifiedName,
  UniqueConstraint,
} from '../../src/operations/types.js';

export type Draft<K extends OperationKind> = Extract<OperationDraft, { kind: K }>;
export type Arbitraries<K extends OperationKind> = { [P in K]: Arbitrary<Draft<P>> };

type Fields<T> = { [K in keyof T]: Arbitrary<T[K]> };

/** An object whose optional fields are absent, never undefined. */
export function object<R extends object, O extends object = object>(required: Fields<R>, optional?: Fields<O>): Arbitrary<R & Partial<O>> {
  const model = { ...required, ...optional } as Record<string, Arbitrary<unknown>>;
  return fc.record(model, { requiredKeys: Object.keys(required) }) as unknown as Arbitrary<R & Partial<O>>;
}

export const yes = fc.constant(true as const);
export const is = <T extends string | number | boolean | object>(value: T): Arbitrary<T> => fc.constant(value);
export const oneOf = <T extends string | number>(...values: T[]): Arbitrary<T> => fc.constantFrom(...values);
export const listOf = (...values: string[][]): Arbitrary<string[]> => fc.constantFrom(...values);
export const some = <T>(arbitrary: Arbitrary<T>, most = 3): Arbitrary<T[]> => fc.array(arbitrary, { minLength: 1, maxLength: most });
export const distinct = <T>(arbitrary: Arbitrary<T>, most = 3): Arbitrary<T[]> =>
  fc.uniqueArray(arbitrary, { minLength: 1, maxLength: most });
export const ifExists = is('if exists');
export const ifNotExists = is('if not exists');

/** Names that need quotes, names that do not, and names that look as if they did. */
export const identifier = fc.oneof(
  fc.stringMatching(/^[a-z_][a-z0-9_]{0,12}$/),
  oneOf('users', 'order', 'user', 'Users', 'a b', 'q"uote', 'größe', 'position', 'values', 'left', '2fa', 'x$y', 'a.b', 'naïve 🦔', "it's", 'end'),
);

export const name: Arbitrary<QualifiedName> = object({ name: identifier }, { schema: identifier });

const array = (type: Arbitrary<DataType>): Arbitrary<DataType> =>
  fc.tuple(type, oneOf(0, 0, 0, 1, 2)).map(([base, dimensions]) => (dimensions > 0 ? { ...base, dimensions } : base));
const userTypeName = fc.oneof(oneOf('Mood', 'my type', 'geometry', 'citext', 'hstore'), fc.stringMatching(/^[a-z]{3}_[a-z]{2,5}$/));

export const dataType: Arbitrary<DataType> = array(
  fc.oneof(
    object({ name: oneOf('integer', 'bigint', 'smallint', 'boolean', 'real', 'double precision', 'text', 'uuid', 'jsonb', 'json', 'bytea', 'date', 'inet', 'xml', 'bpchar', 'char', 'numeric', 'tsvector') }),
    object({ name: oneOf('character varying', 'bit varying') }, { length: fc.integer({ min: 1, max: 9999 }) }),
    object({ name: oneOf('character', 'bit'), length: fc.integer({ min: 1, max: 99 }) }),
    object({ name: is('numeric'), precision: fc.integer({ min: 1, max: 1000 }) }, { scale: fc.integer({ min: -9, max: 99 }) }),
    object(
      { name: oneOf('timestamp without time zone', 'timestamp with time zone', 'time without time zone', 'time with time zone', 'interval') },
      { precision: fc.integer({ min: 0, max: 6 }) },
    ),
    object({ name: is('interval'), fields: oneOf('year', 'day', 'year to month', 'hour to minute') }),
    object({ name: is('interval'), fields: oneOf('second', 'day to second'), precision: fc.integer({ min: 0, max: 6 }) }),
    object({ name: is('geometry'), modifiers: listOf(['Point', '4326'], ['3']) }),
    object({ schema: identifier, name: userTypeName }),
    object({ name: userTypeName }),
  ),
);

export const columnType: Arbitrary<DataType> = fc.oneof(dataType, object({ name: oneOf('serial', 'bigserial', 'smallserial') }));

/** Allowed everywhere, a column's DEFAULT included, which takes no bare AND. */
export const expression = oneOf(
  '0',
  '-1.5',
  "'x'",
  "'it''s'",
  "E'tab\\t'",
  'now()',
  'NOW ( )',
  "'{}'::jsonb",
  "nextval('s'::regclass)",
  'CURRENT_TIMESTAMP',
  'NULL',
  'true',
  "'naïve 🦔'",
  'lower("Name")',
  '(a + b) * 2',
  'ARRAY[1, 2]',
);
export const condition = oneOf('a > 0', "status IN ('a', 'b')", 'a IS NOT NULL AND b < 3', "lower(name) <> ''", '(a OR b) AND NOT c', "x ->> 'größe 🦔' = '1'");

const keyColumn: Arbitrary<Pick<IndexKey, 'column'>> = object({ column: identifier });
const keyExpression: Arbitrary<Pick<IndexKey, 'expression'>> = object({
  expression: oneOf('lower(email)', 'a + b', "data ->> 'k'", 'coalesce(a, b)', 'my.f(a, (b))', '(a)::text', 'f(a) + g(b)', "date_trunc('day', at)"),
});
const keyOrder = object<object, Pick<IndexKey, 'collation' | 'operatorClass' | 'order' | 'nulls'>>(
  {},
  { collation: name, operatorClass: oneOf('text_pattern_ops', 'gin_trgm_ops', 'public.gin_trgm_ops'), order: oneOf('asc', 'desc'), nulls: oneOf('first', 'last') },
);
export const indexKey: Arbitrary<IndexKey> = fc.tuple(fc.oneof(keyColumn, keyExpression), keyOrder).map(([key, order]) => ({ ...key, ...order }));
export const partitionKey: Arbitrary<IndexKey> = fc.oneof(keyColumn, keyExpression);

const timing = fc.constantFrom<{ deferrable?: boolean; initiallyDeferred?: boolean }>(
  {},
  {},
  { deferrable: true },
  { deferrable: true, initiallyDeferred: true },
);
const timed = <T extends object>(constraint: Arbitrary<T>): Arbitrary<T> =>
  fc.tuple(constraint, timing).map(([body, when]) => ({ ...body, ...when }));

const columnNames = distinct(identifier);
const primaryKey: Arbitrary<PrimaryKeyConstraint> = fc.oneof(
  object({ type: is('primary key'), columns: columnNames }, { name: identifier, include: columnNames }),
);
const unique: Arbitrary<UniqueConstraint> = object(
  { type: is('unique'), columns: columnNames },
  { name: identifier, include: columnNames, nullsNotDistinct: yes },
);
const usingIndex: Arbitrary<PrimaryKeyConstraint | UniqueConstraint> = object(
  { type: oneOf('primary key', 'unique'), columns: is<string[]>([]), usingIndex: identifier },
  { name: identifier },
);
export const check: Arbitrary<CheckConstraint> = object({ type: is('check'), expression: condition }, { name: identifier });
const tableCheck: Arbitrary<CheckConstraint> = object({ type: is('check'), expression: condition }, { name: identifier, noInherit: yes });
const action = oneOf<ForeignKeyAction>('restrict', 'cascade', 'set null', 'set default');
const foreignKey: Arbitrary<ForeignKeyConstraint> = fc.oneof(
  object(
    { type: is('foreign key'), columns: is(['a']), references: object({ table: name, columns: listOf([], ['b']) }) },
    { name: identifier, match: is('full'), onDelete: action, onUpdate: action },
  ),
  object({ type: is('foreign key'), columns: is(['a', 'B']), references: object({ table: name, columns: is(['c', 'D']) }) }, { name: identifier }),
);
const exclusion: Arbitrary<ExclusionConstraint> = object(
  { type: is('exclude'), elements: listOf(['room WITH ='], ['room WITH =', 'during WITH &&'], ['lower(a) WITH =']) },
  { name: identifier, method: is('gist'), where: condition },
);
const notNull: Arbitrary<NotNullConstraint> = object({ type: is('not null'), column: identifier }, { name: identifier, noInherit: yes });

/** Inside CREATE TABLE, where nothing is NOT VALID. */
export const tableConstraint: Arbitrary<Constraint> = fc.oneof(timed(primaryKey), timed(unique), tableCheck, timed(foreignKey), timed(exclusion), notNull);

/** After ADD, where an index may be adopted and the check of old rows left out. */
export const addedConstraint: Arbitrary<Constraint> = fc.oneof(
  tableConstraint,
  timed(usingIndex),
  object({ type: is('check'), expression: condition, notValid: yes }, { name: identifier }),
  object({ type: is('check'), expression: condition, notEnforced: yes }, { name: identifier }),
  object({ type: is('not null'), column: identifier, notValid: yes }, { name: identifier }),
  foreignKey.map((key) => ({ ...key, notValid: true })),
  foreignKey.map((key) => ({ ...key, notEnforced: true })),
);

/** Constraints in a column's own definition; their columns are the column. */
const inlineConstraints = (column: string): Arbitrary<Constraint[]> =>
  fc.array(
    fc.oneof(
      timed(object({ type: is('primary key'), columns: is([column]) }, { name: identifier })),
      timed(object({ type: is('unique'), columns: is([column]) }, { name: identifier, nullsNotDistinct: yes })),
      object({ type: is('check'), expression: condition }, { name: identifier, noInherit: yes }),
      timed(
        object(
          { type: is('foreign key'), columns: is([column]), references: object({ table: name, columns: listOf([], ['id']) }) },
          { name: identifier, onDelete: action },
        ),
      ),
    ),
    { minLength: 1, maxLength: 2 },
  );

const nullability = fc.oneof(
  is<Partial<ColumnDefinition>>({}),
  is<Partial<ColumnDefinition>>({ notNull: true }),
  is<Partial<ColumnDefinition>>({ notNull: false }),
  identifier.map((notNullName) => ({ notNull: true, notNullName })),
);
const value = fc.oneof(
  is<Partial<ColumnDefinition>>({}),
  expression.map((text) => ({ default: text })),
  object({ identity: oneOf('always', 'by default') }, { identityOptions: oneOf('START WITH 5', 'INCREMENT BY 2 CACHE 7') }),
  object({ expression: oneOf('a * 2', "lower(name) || 'x'") }, { stored: fc.boolean() }).map((generated) => ({ generated })),
);

/** `typed`: a column that may leave its type to somebody else. */
const columnOf = (type: Arbitrary<Partial<ColumnDefinition>>, constraints: (name: string) => Arbitrary<Constraint[]>): Arbitrary<ColumnDefinition> =>
  identifier.chain((column) =>
    fc
      .tuple(
        type,
        object<object, Pick<ColumnDefinition, 'constraints'>>({}, { constraints: constraints(column) }),
        nullability,
        value,
      )
      .map((parts) => Object.assign({ name: column }, ...parts) as ColumnDefinition),
  );

export const column: Arbitrary<ColumnDefinition> = columnOf(
  object<Pick<ColumnDefinition, 'type'>, Partial<ColumnDefinition>>(
    { type: columnType },
    { collation: name, storage: oneOf('external', 'main'), compression: oneOf('pglz', 'lz4') },
  ),
  inlineConstraints,
);
export const inheritedColumn: Arbitrary<ColumnDefinition> = columnOf(is({}), inlineConstraints).filter(
  (definition) => definition.identity === undefined,
);

export const query = fc.tuple(name, condition).map(([table, where]) => ({ text: `SELECT * FROM ${quoted(table)} WHERE ${where}`, reads: [table] }));

/** A name in quotes whatever it is: not the printer's own way, so that both are tried. */
export function quoted(table: QualifiedName): string {
  return [table.schema, table.name].flatMap((part) => (part === undefined ? [] : [`"${part.replaceAll('"', '""')}"`])).join('.');
}
