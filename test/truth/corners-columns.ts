import type { TruthGroup } from './truth.js';

/** Several changes in one ALTER TABLE, and changes of a type in the corners of the cast rules. */
export const cornersOfColumns: readonly TruthGroup[] = [
  {
    theme: 'several actions at once',
    setup: `
CREATE TABLE parent (id int PRIMARY KEY, u int UNIQUE); INSERT INTO parent VALUES (1, 1);
CREATE TABLE t (id int PRIMARY KEY, a int, b text, c varchar(20), d numeric(10, 2), e timestamp, p int REFERENCES parent);
INSERT INTO t VALUES (1, 1, 'x', 'y', 1.5, '2020-01-01', 1); CREATE INDEX t_c ON t (c); CREATE INDEX t_ab ON t (a, b);
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID; CREATE UNIQUE INDEX t_u ON t (a);
CREATE TABLE nulls (a int, b int); INSERT INTO nulls VALUES (NULL, 1);`,
    cases: [
      'ALTER TABLE t ADD COLUMN x int NOT NULL DEFAULT 1, ADD CONSTRAINT x_positive CHECK (x > 0)',
      'ALTER TABLE t ADD COLUMN x int, ALTER COLUMN x SET NOT NULL',
      'ALTER TABLE t ADD COLUMN x int DEFAULT 5, ALTER COLUMN x SET NOT NULL',
      'ALTER TABLE t ADD COLUMN x int, ALTER COLUMN x SET DEFAULT random()::int',
      'ALTER TABLE t ADD COLUMN x int, ADD UNIQUE (x)',
      'ALTER TABLE t ADD COLUMN x int, ADD FOREIGN KEY (x) REFERENCES parent',
      'ALTER TABLE t ADD COLUMN x int DEFAULT 1, ADD FOREIGN KEY (x) REFERENCES parent',
      'ALTER TABLE t ADD COLUMN x int, ADD FOREIGN KEY (x) REFERENCES parent NOT VALID',
      'ALTER TABLE t DROP COLUMN a, ADD COLUMN a bigint',
      'ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (a)',
      'ALTER TABLE t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY USING INDEX t_u',
      'ALTER TABLE t DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (a >= 0)',
      'ALTER TABLE t DROP CONSTRAINT positive, ADD CONSTRAINT positive CHECK (a >= 0) NOT VALID',
      'ALTER TABLE t DROP CONSTRAINT t_p_fkey, ADD CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES parent ON DELETE CASCADE',
      'ALTER TABLE t DROP CONSTRAINT t_p_fkey, ADD CONSTRAINT t_p_fkey FOREIGN KEY (p) REFERENCES parent NOT VALID',
      'ALTER TABLE t ALTER COLUMN a TYPE bigint, ALTER COLUMN b TYPE varchar',
      'ALTER TABLE t ALTER COLUMN c TYPE varchar(40), ALTER COLUMN b TYPE varchar',
      'ALTER TABLE t ALTER COLUMN a TYPE bigint, ALTER COLUMN a SET DEFAULT 5',
      'ALTER TABLE t DROP CONSTRAINT positive, ALTER COLUMN a DROP DEFAULT, ALTER COLUMN a TYPE text USING a::text, ALTER COLUMN a SET DEFAULT $$x$$',
      'ALTER TABLE t ALTER COLUMN a SET NOT NULL, VALIDATE CONSTRAINT positive',
      'ALTER TABLE t ALTER COLUMN b SET STATISTICS 10, ALTER COLUMN c SET STATISTICS 10',
      'ALTER TABLE t ALTER COLUMN b SET STATISTICS 10, SET (fillfactor = 70)',
      'ALTER TABLE t SET (fillfactor = 70), CLUSTER ON t_c',
      'ALTER TABLE t SET (fillfactor = 70), ALTER COLUMN a DROP NOT NULL',
      'ALTER TABLE t VALIDATE CONSTRAINT positive, ALTER COLUMN b SET STATISTICS 10',
      'ALTER TABLE t DISABLE TRIGGER ALL, VALIDATE CONSTRAINT positive',
      'ALTER TABLE t ADD CONSTRAINT f2 FOREIGN KEY (a) REFERENCES parent, VALIDATE CONSTRAINT positive',
      'ALTER TABLE t ADD CONSTRAINT f2 FOREIGN KEY (a) REFERENCES parent (u), ADD CONSTRAINT f3 FOREIGN KEY (p) REFERENCES parent (u)',
      'ALTER TABLE t SET LOGGED, ADD COLUMN x int',
      'ALTER TABLE t SET UNLOGGED, ADD COLUMN x int',
      'ALTER TABLE t DROP COLUMN a, DROP COLUMN b, DROP COLUMN c',
      'ALTER TABLE t DROP COLUMN a, DROP COLUMN a',
      'ALTER TABLE t DROP COLUMN a, DROP COLUMN IF EXISTS a',
      'ALTER TABLE t ADD COLUMN x int, ADD COLUMN x int',
      'ALTER TABLE t ADD COLUMN x int, ADD COLUMN IF NOT EXISTS x int',
      'ALTER TABLE t ADD COLUMN x int, DROP COLUMN x',
      'ALTER TABLE nulls ADD PRIMARY KEY (b), ALTER COLUMN a SET DEFAULT 1',
      'ALTER TABLE nulls ADD PRIMARY KEY (a)',
      'ALTER TABLE nulls ADD UNIQUE (a), ALTER COLUMN b SET NOT NULL',
      'ALTER TABLE nulls ADD CHECK (a > 0), ADD CHECK (b > 0)',
      'ALTER TABLE nulls ADD CHECK (b > 5)',
      'ALTER TABLE nulls ALTER a SET NOT NULL, ADD COLUMN x int',
      'ALTER TABLE t OWNER TO CURRENT_USER, ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
      'ALTER TABLE t REPLICA IDENTITY USING INDEX t_u, ALTER COLUMN a SET NOT NULL',
      'ALTER TABLE t ALTER COLUMN a SET NOT NULL, REPLICA IDENTITY USING INDEX t_u',
      'ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY, ALTER COLUMN a SET NOT NULL',
      'ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY',
    ],
  },
  {
    theme: 'corners of casts',
    setup: `
CREATE DOMAIN email AS text; CREATE DOMAIN short AS varchar(10); CREATE DOMAIN positive AS int CHECK (VALUE > 0); CREATE DOMAIN nested AS positive;
CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE pair AS (x int, y int);
CREATE TABLE t (i int, j bigint, s smallint, n numeric, n2 numeric(10, 2), r real, f float8, v varchar(10), vv varchar, tx text, ch char(5), nm name,
  em email, sh short, pos positive, ne nested, m mood, pr pair, ai int[], av varchar(10)[], at text[], b bit(4), vb varbit(4), ts timestamp, tz timestamptz, ts3 timestamp(3), d date,
  tm time, iv interval, js json, jb jsonb, ip inet, ci cidr, u uuid, by bytea, bo boolean, mo money, o oid, rc regclass, x xml, ae email[]);
INSERT INTO t (i, j, s, n, n2, v, vv, tx, em, sh, ts, tz, d) VALUES (1, 1, 1, 1, 1, '1', '1', '1', '1', '1', '2020-01-01', '2020-01-01', '2020-01-01');
CREATE INDEX t_v ON t (v); CREATE INDEX t_tx ON t (tx); CREATE INDEX t_i ON t (i); CREATE INDEX t_em ON t (em); CREATE INDEX t_ip ON t (ip); CREATE INDEX t_ci ON t (ci);
CREATE INDEX t_lower ON t (lower(vv)); CREATE INDEX t_part ON t (s) WHERE n2 > 0; CREATE INDEX t_incl ON t (d) INCLUDE (nm);`,
    cases: [
      'ALTER TABLE t ALTER i TYPE int', 'ALTER TABLE t ALTER i TYPE smallint', 'ALTER TABLE t ALTER i TYPE numeric', 'ALTER TABLE t ALTER i TYPE numeric(3, 1)', 'ALTER TABLE t ALTER i TYPE oid',
      'ALTER TABLE t ALTER i TYPE real', 'ALTER TABLE t ALTER i TYPE money', 'ALTER TABLE t ALTER i TYPE boolean', 'ALTER TABLE t ALTER i TYPE boolean USING i::boolean', 'ALTER TABLE t ALTER i TYPE regclass',
      'ALTER TABLE t ALTER j TYPE int', 'ALTER TABLE t ALTER j TYPE oid', 'ALTER TABLE t ALTER s TYPE bigint', 'ALTER TABLE t ALTER n TYPE numeric(10, 2)', 'ALTER TABLE t ALTER n2 TYPE numeric(12, 2)',
      'ALTER TABLE t ALTER n2 TYPE numeric(12, 4)', 'ALTER TABLE t ALTER n2 TYPE numeric(10, 3)', 'ALTER TABLE t ALTER n2 TYPE numeric', 'ALTER TABLE t ALTER n2 TYPE numeric(8, 2)', 'ALTER TABLE t ALTER n2 TYPE int',
      'ALTER TABLE t ALTER r TYPE float8', 'ALTER TABLE t ALTER f TYPE real', 'ALTER TABLE t ALTER v TYPE varchar(5)', 'ALTER TABLE t ALTER v TYPE text', 'ALTER TABLE t ALTER v TYPE char(10)', 'ALTER TABLE t ALTER v TYPE name',
      'ALTER TABLE t ALTER v TYPE email', 'ALTER TABLE t ALTER v TYPE short', 'ALTER TABLE t ALTER vv TYPE varchar(10)', 'ALTER TABLE t ALTER vv TYPE text', 'ALTER TABLE t ALTER tx TYPE varchar', 'ALTER TABLE t ALTER tx TYPE varchar(10)',
      'ALTER TABLE t ALTER tx TYPE email', 'ALTER TABLE t ALTER tx TYPE short', 'ALTER TABLE t ALTER tx TYPE int', 'ALTER TABLE t ALTER tx TYPE int USING tx::int', 'ALTER TABLE t ALTER tx TYPE name', 'ALTER TABLE t ALTER tx TYPE xml',
      'ALTER TABLE t ALTER tx TYPE text COLLATE "C"', 'ALTER TABLE t ALTER tx TYPE text COLLATE "default"', 'ALTER TABLE t ALTER v TYPE varchar(20) COLLATE "POSIX"', 'ALTER TABLE t ALTER i TYPE int COLLATE "C"', 'ALTER TABLE t ALTER ch TYPE char(6)', 'ALTER TABLE t ALTER ch TYPE text',
      'ALTER TABLE t ALTER ch TYPE varchar(5)', 'ALTER TABLE t ALTER ch TYPE char(5)', 'ALTER TABLE t ALTER ch TYPE bpchar', 'ALTER TABLE t ALTER nm TYPE text', 'ALTER TABLE t ALTER nm TYPE varchar(64)',
      'ALTER TABLE t ALTER em TYPE text', 'ALTER TABLE t ALTER em TYPE varchar', 'ALTER TABLE t ALTER em TYPE short', 'ALTER TABLE t ALTER em TYPE varchar(10)', 'ALTER TABLE t ALTER sh TYPE text', 'ALTER TABLE t ALTER sh TYPE varchar(10)', 'ALTER TABLE t ALTER sh TYPE varchar(20)', 'ALTER TABLE t ALTER sh TYPE varchar(5)',
      'ALTER TABLE t ALTER i TYPE positive', 'ALTER TABLE t ALTER i TYPE nested', 'ALTER TABLE t ALTER pos TYPE int', 'ALTER TABLE t ALTER pos TYPE nested', 'ALTER TABLE t ALTER ne TYPE positive', 'ALTER TABLE t ALTER ne TYPE int', 'ALTER TABLE t ALTER ne TYPE bigint',
      'ALTER TABLE t ALTER m TYPE text', 'ALTER TABLE t ALTER m TYPE varchar(10)', 'ALTER TABLE t ALTER tx TYPE mood', "ALTER TABLE t ALTER tx TYPE mood USING 'ok'::mood", 'ALTER TABLE t ALTER m TYPE text USING m::text', 'ALTER TABLE t ALTER m TYPE int',
      'ALTER TABLE t ALTER pr TYPE text', 'ALTER TABLE t ALTER ai TYPE bigint[]', 'ALTER TABLE t ALTER ai TYPE int[][]', 'ALTER TABLE t ALTER ai TYPE int[3]', 'ALTER TABLE t ALTER av TYPE varchar(20)[]', 'ALTER TABLE t ALTER av TYPE varchar[]', 'ALTER TABLE t ALTER av TYPE text[]', 'ALTER TABLE t ALTER at TYPE varchar[]', 'ALTER TABLE t ALTER at TYPE varchar(5)[]',
      'ALTER TABLE t ALTER at TYPE text', 'ALTER TABLE t ALTER i TYPE int[]', 'ALTER TABLE t ALTER i TYPE int[] USING ARRAY[i]', 'ALTER TABLE t ALTER at TYPE email[]', 'ALTER TABLE t ALTER ae TYPE text[]', 'ALTER TABLE t ALTER b TYPE bit(8)', 'ALTER TABLE t ALTER b TYPE varbit', 'ALTER TABLE t ALTER b TYPE varbit(8)', 'ALTER TABLE t ALTER vb TYPE varbit(8)', 'ALTER TABLE t ALTER vb TYPE varbit', 'ALTER TABLE t ALTER vb TYPE bit(4)',
      'ALTER TABLE t ALTER ts TYPE date', 'ALTER TABLE t ALTER ts TYPE timestamp(6)', 'ALTER TABLE t ALTER ts TYPE timestamp(3)', 'ALTER TABLE t ALTER ts3 TYPE timestamp', 'ALTER TABLE t ALTER ts3 TYPE timestamp(5)', 'ALTER TABLE t ALTER ts3 TYPE timestamp(0)', 'ALTER TABLE t ALTER d TYPE timestamp', 'ALTER TABLE t ALTER d TYPE timestamptz', 'ALTER TABLE t ALTER d TYPE text', 'ALTER TABLE t ALTER tz TYPE timestamptz(3)',
      { statement: 'ALTER TABLE t ALTER ts TYPE timestamptz', before: "SET LOCAL TimeZone = 'UTC'" }, { statement: 'ALTER TABLE t ALTER tz TYPE timestamp', before: "SET LOCAL TIME ZONE 'Etc/UTC'" }, { statement: 'ALTER TABLE t ALTER ts TYPE timestamptz', before: "SET LOCAL TimeZone = 'Europe/Berlin'" },
      { statement: 'ALTER TABLE t ALTER ts TYPE timestamptz(3)', before: "SET LOCAL TimeZone = 'UTC'" }, { statement: 'ALTER TABLE t ALTER ts3 TYPE timestamptz(3)', before: "SET LOCAL TimeZone = 'UTC'" }, "ALTER TABLE t ALTER ts TYPE timestamptz USING ts AT TIME ZONE 'UTC'",
      'ALTER TABLE t ALTER tm TYPE time(6)', 'ALTER TABLE t ALTER tm TYPE time(3)', 'ALTER TABLE t ALTER tm TYPE timetz', 'ALTER TABLE t ALTER tm TYPE interval', 'ALTER TABLE t ALTER iv TYPE interval(6)', 'ALTER TABLE t ALTER iv TYPE interval(3)', 'ALTER TABLE t ALTER iv TYPE interval day to second', 'ALTER TABLE t ALTER iv TYPE interval year',
      'ALTER TABLE t ALTER js TYPE jsonb', 'ALTER TABLE t ALTER jb TYPE json', 'ALTER TABLE t ALTER jb TYPE text', 'ALTER TABLE t ALTER js TYPE text', 'ALTER TABLE t ALTER tx TYPE jsonb USING tx::jsonb', 'ALTER TABLE t ALTER ip TYPE cidr', 'ALTER TABLE t ALTER ip TYPE cidr USING ip::cidr', 'ALTER TABLE t ALTER ci TYPE inet', 'ALTER TABLE t ALTER ci TYPE text',
      'ALTER TABLE t ALTER u TYPE text', 'ALTER TABLE t ALTER u TYPE varchar(36)', 'ALTER TABLE t ALTER by TYPE text', 'ALTER TABLE t ALTER bo TYPE int', 'ALTER TABLE t ALTER bo TYPE int USING bo::int', 'ALTER TABLE t ALTER bo TYPE text', 'ALTER TABLE t ALTER mo TYPE numeric', 'ALTER TABLE t ALTER o TYPE int', 'ALTER TABLE t ALTER o TYPE bigint', 'ALTER TABLE t ALTER o TYPE regclass', 'ALTER TABLE t ALTER rc TYPE oid', 'ALTER TABLE t ALTER rc TYPE text',
      'ALTER TABLE t ALTER x TYPE text', 'ALTER TABLE t ALTER v TYPE varchar(20) USING v::varchar(20)', 'ALTER TABLE t ALTER v TYPE varchar(20) USING v', 'ALTER TABLE t ALTER v TYPE text USING v || $$$$', 'ALTER TABLE t ALTER v TYPE text USING (v)', 'ALTER TABLE t ALTER v TYPE text USING CAST(v AS text)', 'ALTER TABLE t ALTER i TYPE bigint USING j', 'ALTER TABLE t ALTER tx TYPE text USING vv', 'ALTER TABLE t ALTER tx TYPE varchar(10) USING tx::varchar(10)', 'ALTER TABLE t ALTER v TYPE varchar(20) USING trim(v)',
    ],
  },
];
