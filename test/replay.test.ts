import { describe, expect, it } from 'vitest';
import type { Migration, TransactionShape } from '../src/operations/migration.js';
import type { Operation } from '../src/operations/types.js';
import { parserFor } from '../src/parsers/load.js';
import { parseSql } from '../src/parsers/sql/index.js';
import { EMPTY_SCHEMA, ownerOfIndex, referencing, relationOf, type Schema } from '../src/postgres/schema.js';
import { PersistentMap } from '../src/replay/persistent-map.js';
import { replay, replaySchema } from '../src/replay/replay.js';
import type { ReplayedMigration } from '../src/replay/types.js';
import type { Step } from '../src/rule.js';

function schemaOf(sql: string, complete = true): Schema {
  return replaySchema(parseSql(sql), { complete, version: 17 });
}

function migration(path: string, text: string, transaction: TransactionShape = 'file'): Migration {
  const read = parserFor('sql').parse({ path, text }, { framework: 'sql', transaction });
  if ('skipped' in read) throw new Error(read.skipped);
  return read;
}

interface Files {
  history?: string[];
  pending: string[];
  transaction?: TransactionShape;
  deploy?: 'together' | 'each';
}

function run({ history = [], pending, transaction = 'file', deploy = 'together' }: Files): ReplayedMigration[] {
  const migrations = [
    ...history.map((text, index) => ({ migration: migration(`history/${index}.sql`, text, transaction), role: 'history' as const })),
    ...pending.map((text, index) => ({ migration: migration(`pending/${index}.sql`, text, transaction), role: 'pending' as const })),
  ];
  return replay({ migrations, deploy, schema: EMPTY_SCHEMA, version: 17 });
}

function steps(text: string, transaction: TransactionShape = 'file', history: string[] = []): Step[] {
  return run({ pending: [text], transaction, history })[0]?.up ?? [];
}

const kinds = (all: readonly Step[]): string[] => all.map(({ session }) => session.transaction.kind);
const ids = (all: readonly Step[]): number[] => all.map(({ session }) => session.transaction.id);
const constraintsOf = (schema: Schema, name: string): string[] => [...(relationOf(schema, { name })?.constraints.keys() ?? [])];

describe('names PostgreSQL generates', () => {
  it('follows table, columns and label', () => {
    const schema = schemaOf(`CREATE TABLE p (id int PRIMARY KEY);
      CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0), c int REFERENCES p, CHECK (a > b), UNIQUE (a, b));
      CREATE INDEX ON t (a); CREATE INDEX ON t (a); CREATE INDEX ON t (lower(c::text), (a + 1));`);
    expect(constraintsOf(schema, 't')).toEqual(['t_b_check', 't_check', 't_pkey', 't_a_key', 't_a_b_key', 't_c_fkey']);
    expect([...(relationOf(schema, { name: 't' })?.indexes.keys() ?? [])]).toEqual([
      't_pkey', 't_a_key', 't_a_b_key', 't_a_idx', 't_a_idx1', 't_lower_expr_idx',
    ]);
    expect(relationOf(schema, { name: 't_id_seq' })).toMatchObject({ kind: 'sequence', ownedBy: { table: 'public.t', column: 'id' } });
  });

  it('cuts to 63 bytes, the longer part first', () => {
    const table = 'a_table_with_a_name_of_forty_characters_x';
    const column = 'a_column_with_a_rather_long_name';
    const [name] = constraintsOf(schemaOf(`CREATE TABLE ${table} (${column} int UNIQUE)`), table);
    expect(Buffer.byteLength(name ?? '')).toBe(63);
    expect(name).toMatch(/^a_table_with_a_name_of_.*_a_column_with_a_rather_long.*_key$/);
  });
});

describe('schema', () => {
  it('knows foreign keys from both sides, through renames', () => {
    const schema = schemaOf(`CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p);
      ALTER TABLE p RENAME TO parent; ALTER TABLE parent RENAME COLUMN id TO key; ALTER TABLE c RENAME COLUMN p TO parent_key;`);
    const [reference] = referencing(schema, { name: 'parent' });
    expect(reference?.table.name).toEqual({ name: 'c' });
    expect(reference?.constraint.definition).toMatchObject({
      columns: ['parent_key'],
      references: { table: { name: 'parent' }, columns: ['key'] },
    });
    expect(referencing(schema, { name: 'p' })).toEqual([]);
  });

  it('forgets what a dropped column or table held together', () => {
    const schema = schemaOf(`CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int, p int REFERENCES p, q int, CHECK (q > 0));
      CREATE INDEX c_q ON c (q); CREATE INDEX c_expr ON c ((q + 1)); ALTER TABLE c DROP COLUMN q; ALTER TABLE c DROP COLUMN p;`);
    expect(constraintsOf(schema, 'c')).toEqual([]);
    expect(ownerOfIndex(schema, { name: 'c_q' })).toBeUndefined();
    expect(ownerOfIndex(schema, { name: 'c_expr' })).toBeUndefined();
    expect(referencing(schema, { name: 'p' })).toEqual([]);
  });

  it('takes views and foreign keys along with DROP TABLE … CASCADE', () => {
    const schema = schemaOf(`CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int REFERENCES p);
      CREATE VIEW v AS SELECT * FROM p; CREATE VIEW w AS SELECT * FROM v; DROP TABLE p CASCADE;`);
    expect([...schema.relations.keys()]).toEqual(['public.c']);
    expect(constraintsOf(schema, 'c')).toEqual([]);
  });

  it('tracks validity, indexes that become constraints and NOT NULL', () => {
    const schema = schemaOf(`CREATE TABLE t (a int, b int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;
      CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD CONSTRAINT pk PRIMARY KEY USING INDEX i; ALTER TABLE t VALIDATE CONSTRAINT c;`);
    const table = relationOf(schema, { name: 't' });
    expect(table?.constraints.get('c')?.validated).toBe(true);
    expect(table?.constraints.get('pk')).toMatchObject({ index: 'pk', definition: { columns: ['a'] } });
    expect([...(table?.indexes.keys() ?? [])]).toEqual(['pk']);
    expect(table?.columns.get('a')?.notNull).toBe(true);
  });

  it('gives partitions what their parent has', () => {
    const schema = schemaOf(`CREATE TABLE p (id int PRIMARY KEY, a int) PARTITION BY RANGE (id); CREATE INDEX p_a ON p (a);
      CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (9); CREATE TABLE late (id int NOT NULL, a int);
      ALTER TABLE p ATTACH PARTITION late FOR VALUES FROM (9) TO (20); ALTER TABLE p ADD COLUMN x int;`);
    expect(relationOf(schema, { name: 'p' })?.children).toEqual(['public.p1', 'public.late']);
    for (const name of ['p1', 'late']) {
      const table = relationOf(schema, { name });
      expect([...(table?.columns.keys() ?? [])]).toEqual(['id', 'a', 'x']);
      expect([...(table?.indexes.keys() ?? [])]).toEqual([`${name}_pkey`, `${name}_a_idx`]);
    }
  });

  it('copies with LIKE what the options say', () => {
    const schema = schemaOf(`CREATE TABLE t (a int DEFAULT 1 NOT NULL CHECK (a > 0), b int UNIQUE);
      CREATE TABLE bare (LIKE t); CREATE TABLE whole (LIKE t INCLUDING ALL);`);
    expect(relationOf(schema, { name: 'bare' })?.columns.get('a')).toMatchObject({ notNull: true, default: null });
    expect(constraintsOf(schema, 'bare')).toEqual([]);
    expect(relationOf(schema, { name: 'whole' })?.columns.get('a')?.default).toBe('1');
    expect(constraintsOf(schema, 'whole')).toEqual(['t_a_check', 'whole_b_key']);
  });

  it('takes a table never seen as existing and unknown, unless the schema is complete', () => {
    const sql = 'ALTER TABLE t ADD COLUMN a int';
    expect(relationOf(schemaOf(sql, false), { name: 't' })).toMatchObject({ age: 'existing', complete: false });
    expect(relationOf(schemaOf(sql), { name: 't' })).toBeUndefined();
  });

  it('respects guards whose answer is known', () => {
    const schema = schemaOf(`CREATE TABLE t (a int); CREATE TABLE IF NOT EXISTS t (b int); ALTER TABLE t ADD COLUMN IF NOT EXISTS a text;`);
    expect([...(relationOf(schema, { name: 't' })?.columns.values() ?? [])]).toMatchObject([{ name: 'a', type: { name: 'integer' } }]);
  });

  it('puts enum values where they belong', () => {
    const schema = schemaOf(`CREATE TYPE m AS ENUM ('a', 'c'); ALTER TYPE m ADD VALUE 'b' BEFORE 'c'; ALTER TYPE m ADD VALUE 'd';
      ALTER TYPE m RENAME TO n;`);
    expect(schema.types.get('public.n')).toMatchObject({ values: ['a', 'b', 'c', 'd'] });
  });
});

describe('ages', () => {
  const born = 'CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT 1;';
  const age = (schema: Schema | undefined): string | undefined => schema && relationOf(schema, { name: 't' })?.age;

  it('is empty at birth, new with rows, existing after the deploy', () => {
    const all = steps(born);
    expect(all.map(({ schema }) => age(schema))).toEqual([undefined, 'empty', 'new']);
    const together = run({ pending: [born, 'SELECT 1'] });
    expect(age(together[1]?.up[0]?.schema)).toBe('new');
    const each = run({ pending: [born, 'SELECT 1'], deploy: 'each' });
    expect(age(each[1]?.up[0]?.schema)).toBe('existing');
    expect(age(steps('SELECT 1', 'file', [born])[0]?.schema)).toBe('existing');
  });

  it('follows a rename', () => {
    const [, renamed] = run({ pending: ['CREATE TABLE s (a int); ALTER TABLE s RENAME TO t;', 'SELECT 1'], deploy: 'each' });
    expect(age(renamed?.up[0]?.schema)).toBe('existing');
  });

  it('marks columns added here until the deploy', () => {
    const sql = 'ALTER TABLE t ADD COLUMN b int; SELECT 1;';
    const column = (step: Step | undefined): boolean | undefined =>
      step && relationOf(step.schema, { name: 't' })?.columns.get('b')?.addedHere;
    expect(column(steps(sql, 'file', ['CREATE TABLE t (a int)'])[1])).toBe(true);
    expect(column(run({ pending: [sql, 'SELECT 1'], deploy: 'each' })[1]?.up[0])).toBe(false);
  });

  it('lets rows reach partitions through their parent', () => {
    const all = steps(`CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE t PARTITION OF p DEFAULT; INSERT INTO p VALUES (1); SELECT 1;`);
    expect(age(all[3]?.schema)).toBe('new');
  });
});

describe('transactions', () => {
  it('tells file, batch, implicit and none apart', () => {
    expect(kinds(steps('SELECT 1; SELECT 2;'))).toEqual(['file', 'file']);
    expect(kinds(steps('SELECT 1; SELECT 2;', 'none'))).toEqual(['none', 'none']);
    expect(kinds(steps('SELECT 1; SELECT 2;', 'implicit'))).toEqual(['implicit', 'implicit']);
    expect(kinds(steps('SELECT 1;', 'implicit'))).toEqual(['none']);
  });

  it('gives every statement outside a transaction its own id', () => {
    const [first, second] = ids(steps('SELECT 1; SELECT 2;', 'none'));
    expect(first).not.toBe(second);
  });

  it('believes BEGIN and COMMIT of the file', () => {
    expect(kinds(steps('BEGIN; SELECT 1; COMMIT; SELECT 2;', 'none'))).toEqual(['none', 'explicit', 'explicit', 'none']);
    expect(kinds(steps('SELECT 1; COMMIT; SELECT 2;'))).toEqual(['file', 'file', 'none']);
    expect(kinds(steps('BEGIN; SELECT 1; COMMIT; SELECT 2;', 'implicit'))).toEqual(['implicit', 'explicit', 'explicit', 'implicit']);
  });

  it('holds locks until the real commit, across the files of a batch', () => {
    const [, second] = run({
      history: ['CREATE TABLE t (a int); CREATE TABLE u (a int);'],
      pending: ['ALTER TABLE t ADD COLUMN b int;', 'ALTER TABLE u ADD COLUMN b int; COMMIT; SELECT 1;'],
      transaction: 'batch',
    });
    expect(second?.up.map(({ session }) => [...session.held.keys()])).toEqual([['t'], ['t', 'u'], []]);
    expect(second?.up[0]?.session.held.get('t')).toMatchObject({ mode: 'ACCESS EXCLUSIVE', since: 0, path: 'pending/0.sql' });
  });

  it('gives locks back at the end of each file and each lone statement', () => {
    const sql = 'ALTER TABLE t ADD COLUMN b int; SELECT 1;';
    const history = ['CREATE TABLE t (a int);'];
    expect(steps(sql, 'none', history)[1]?.session.held.size).toBe(0);
    expect(run({ history, pending: [sql, sql] })[1]?.up[0]?.session.held.size).toBe(0);
  });

  it('undoes schema, settings and locks on ROLLBACK', () => {
    const all = steps(`BEGIN; SAVEPOINT s; ALTER TABLE t ADD COLUMN b int; SET lock_timeout = '1s'; ROLLBACK TO s; SELECT 1; ROLLBACK; SELECT 2;`,
      'none', ['CREATE TABLE t (a int);']);
    const at = (index: number): [boolean, boolean, boolean] => {
      const { schema, session } = all[index] as Step;
      return [relationOf(schema, { name: 't' })?.columns.has('b') === true, session.settings.has('lock_timeout'), session.held.has('t')];
    };
    expect(at(4)).toEqual([true, true, true]);
    expect(at(5)).toEqual([false, false, false]);
    expect(kinds(all).slice(-2)).toEqual(['explicit', 'none']);
  });
});

describe('settings', () => {
  const timeouts = (all: readonly Step[]): (string | undefined)[] => all.map(({ session }) => session.settings.get('lock_timeout')?.value);

  it('ends SET LOCAL with the transaction and brings back what it hid', () => {
    const all = steps(`SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout = '5s'; SELECT 1; COMMIT; SELECT 2;`, 'none');
    expect(timeouts(all)).toEqual([undefined, '1s', '1s', '5s', '5s', '1s']);
  });

  it('ignores SET LOCAL outside a transaction', () => {
    expect(timeouts(steps(`SET LOCAL lock_timeout = '5s'; SELECT 1;`, 'none'))).toEqual([undefined, undefined]);
  });

  it('reads set_config and RESET', () => {
    const all = steps(`SELECT set_config('lock_timeout', '3s', false); SELECT 1; RESET ALL; SELECT 2;`);
    expect(timeouts(all)).toEqual([undefined, '3s', '3s', undefined]);
  });
});

describe('PersistentMap', () => {
  it('keeps every version it ever was', () => {
    const versions: [PersistentMap<number>, Map<string, number>][] = [[PersistentMap.from<number>(new Map()), new Map()]];
    for (let index = 0; index < 600; index++) {
      const [map, plain] = versions.at(-1) as [PersistentMap<number>, Map<string, number>];
      const key = `k${(index * 7919) % 150}`;
      const copy = new Map(plain);
      if (index % 3 === 0) copy.delete(key);
      else copy.set(key, index);
      versions.push([index % 3 === 0 ? map.without(key) : map.with(key, index), copy]);
    }
    for (const [map, plain] of versions) {
      expect(map.size).toBe(plain.size);
      expect(new Map(map.entries())).toEqual(plain);
    }
  });
});

describe('a call on another connection', () => {
  /** As Sequelize sends a call without `{ transaction }` while one is open. */
  function replayed(sql: string, isOutside: (operation: Operation) => boolean): Step[] {
    const read = migration('m.sql', sql);
    const up = read.up.map((operation) => (isOutside(operation) ? { ...operation, outside: true as const } : operation));
    return replay({ migrations: [{ migration: { ...read, up }, role: 'pending' }], deploy: 'each', schema: schemaOf('CREATE TABLE a (id int); CREATE TABLE b (id int)'), version: 17 })[0]?.up ?? [];
  }

  it('is no part of the open transaction, holds none of its locks and hides none of its settings', () => {
    const sql = "SET LOCAL lock_timeout = '5s'; ALTER TABLE a ADD x int; ALTER TABLE b ADD x int; ALTER TABLE a ADD y int;";
    const [, first, beside, last] = replayed(sql, (operation) => operation.kind === 'addColumn' && operation.table.name === 'b');
    expect([first, beside, last].map((step) => step?.session.transaction.kind)).toEqual(['file', 'none', 'file']);
    expect(last?.session.transaction.id).toBe(first?.session.transaction.id);
    expect(beside?.session.settings.size).toBe(0);
    expect(beside?.session.held.size).toBe(0);
    expect([...(last?.session.held.values() ?? [])].map(({ table }) => table.name)).toEqual(['a']);
  });

  it('runs several statements of one call in one transaction of their own', () => {
    const read = migration('m.sql', 'ALTER TABLE a ADD x int; ALTER TABLE b ADD x int; ALTER TABLE b ADD y int; ALTER TABLE a ADD y int;');
    const up = read.up.map((operation, index) => ({ ...operation, statement: { ...operation.statement, call: [0, 1, 1, 2][index] ?? 3 }, ...((index === 1 || index === 2) && { outside: true as const }) }));
    const [one] = replay({ migrations: [{ migration: { ...read, up }, role: 'pending' }], deploy: 'each', schema: EMPTY_SCHEMA, version: 17 });
    expect(kinds(one?.up ?? [])).toEqual(['file', 'implicit', 'implicit', 'file']);
    expect([...(one?.up[3]?.session.held.keys() ?? [])]).toHaveLength(1);
  });
});

describe('a schema file', () => {
  const dump = `
SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE SCHEMA app;
ALTER SCHEMA app OWNER TO postgres;
CREATE TABLE public.users (
    id bigint NOT NULL,
    email character varying(255) NOT NULL
);
ALTER TABLE public.users OWNER TO postgres;
COMMENT ON TABLE public.users IS 'People; all of them';
CREATE SEQUENCE public.users_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER TABLE public.users_id_seq OWNER TO postgres;
ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;
CREATE TABLE app.events (
    id bigint NOT NULL,
    user_id bigint,
    at timestamp without time zone NOT NULL
)
PARTITION BY RANGE (at);
CREATE TABLE app.events_2024 (
    id bigint NOT NULL,
    user_id bigint,
    at timestamp without time zone NOT NULL
);
ALTER TABLE ONLY app.events ATTACH PARTITION app.events_2024 FOR VALUES FROM ('2024-01-01 00:00:00') TO ('2025-01-01 00:00:00');
ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);
COPY public.users (id, email) FROM stdin;
1\ta@example.org
2\tb; DROP TABLE users
\\.

SELECT pg_catalog.setval('public.users_id_seq', 2, true);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX users_email ON public.users USING btree (lower((email)::text));
CREATE INDEX events_user ON ONLY app.events USING btree (user_id);
CREATE INDEX events_2024_user_id_idx ON app.events_2024 USING btree (user_id);
ALTER INDEX app.events_user ATTACH PARTITION app.events_2024_user_id_idx;
ALTER TABLE app.events
    ADD CONSTRAINT events_user_fk FOREIGN KEY (user_id) REFERENCES public.users(id);
`;

  it('written by pg_dump tells everything', () => {
    const schema = schemaOf(dump);
    const users = relationOf(schema, { name: 'users' });
    expect(users).toMatchObject({ complete: true, age: 'existing' });
    expect([...(users?.columns.keys() ?? [])]).toEqual(['id', 'email']);
    expect(users?.columns.get('id')?.default).toContain('nextval');
    expect([...(users?.indexes.keys() ?? [])]).toEqual(['users_pkey', 'users_email']);
    expect(relationOf(schema, { name: 'users_id_seq' })?.ownedBy).toEqual({ table: 'public.users', column: 'id' });
    expect(relationOf(schema, { schema: 'app', name: 'events' })).toMatchObject({ kind: 'partitioned table', children: ['app.events_2024'] });
    expect(referencing(schema, { name: 'users' }).map(({ table }) => table.name.name)).toContain('events');
  });

  it('leaves nothing to assume', () => {
    const migrations = [{ migration: migration('1.sql', 'ALTER TABLE users DROP COLUMN email; ALTER TABLE app.events ADD COLUMN note text; DROP TABLE users;'), role: 'pending' as const }];
    const [replayed] = replay({ migrations, deploy: 'together', schema: schemaOf(dump), version: 17 });
    const effects = (replayed?.up ?? []).map((step) => step.effects);
    expect(effects.map(({ certainty }) => certainty)).toEqual(['certain', 'certain', 'certain']);
    expect(effects[1]?.locks.map(({ table }) => table)).toEqual(['app.events', 'app.events_2024']);
    expect(effects[2]?.fails).toEqual({ sqlstate: '2BP01', when: 'always' });
  });
});
