import type { TruthGroup } from './truth.js';

/** What writes rows, and locks taken for others: MERGE, ON CONFLICT, CTEs, COPY, LOCK, TRUNCATE, transactions in parts. */
export const writes: readonly TruthGroup[] = [
  {
    theme: 'writes in every form',
    setup: `
CREATE TABLE parent (id int PRIMARY KEY, n int DEFAULT 1); CREATE TABLE t (id int PRIMARY KEY, n int, s text, p int REFERENCES parent, UNIQUE (n)); CREATE TABLE src (id int, n int); CREATE TABLE log (id int, at timestamptz DEFAULT now());
CREATE TABLE kid () INHERITS (src); CREATE TABLE pt (id int, n int) PARTITION BY LIST (id); CREATE TABLE pt1 PARTITION OF pt FOR VALUES IN (1); CREATE TABLE pt2 PARTITION OF pt FOR VALUES IN (2); CREATE TABLE ptd PARTITION OF pt DEFAULT;
INSERT INTO parent VALUES (1), (2); INSERT INTO t VALUES (1, 1, 'a', 1), (2, 2, 'b', 1); INSERT INTO src VALUES (1, 5), (7, 7); INSERT INTO kid VALUES (8, 8); INSERT INTO pt VALUES (1, 1), (2, 2), (3, 3);
CREATE VIEW tv AS SELECT id, n FROM t; CREATE VIEW agg AS SELECT count(*) AS c FROM src; CREATE MATERIALIZED VIEW mv AS SELECT id FROM t; CREATE SEQUENCE sq;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';`,
    cases: [
      { statement: 'INSERT INTO log (id) SELECT id FROM t ON CONFLICT DO NOTHING', planned: true },
      { statement: 'INSERT INTO t (id, n) VALUES (1, 9) ON CONFLICT (id) DO UPDATE SET n = excluded.n', planned: true },
      { statement: 'INSERT INTO t (id, n) VALUES (1, 9) ON CONFLICT ON CONSTRAINT t_pkey DO UPDATE SET n = excluded.n WHERE t.n < 0', planned: true },
      { statement: 'INSERT INTO t (id, n) VALUES (30, 1) ON CONFLICT (n) DO NOTHING', planned: true },
      'INSERT INTO t (id, n) VALUES (30, 1) ON CONFLICT (s) DO NOTHING', 'INSERT INTO t (id, n) VALUES (30, 1) ON CONFLICT (s) DO UPDATE SET n = 1', 'INSERT INTO t (id, n) VALUES (30, 1) ON CONFLICT ON CONSTRAINT absent DO NOTHING',
      { statement: 'INSERT INTO t (id, n) VALUES (31, 31) RETURNING (SELECT max(id) FROM src)', planned: true },
      { statement: 'INSERT INTO t (id, n) OVERRIDING SYSTEM VALUE VALUES (32, 32)', planned: true },
      { statement: 'INSERT INTO t DEFAULT VALUES', planned: true }, { statement: 'INSERT INTO log DEFAULT VALUES', planned: true },
      { statement: 'INSERT INTO tv VALUES (40, 40)', planned: true }, 'INSERT INTO agg VALUES (1)', 'INSERT INTO mv VALUES (1)', { statement: 'UPDATE tv SET n = 50 WHERE id = 1', planned: true }, { statement: 'DELETE FROM tv WHERE id = 1', planned: true },
      { statement: 'WITH gone AS (DELETE FROM src RETURNING id) INSERT INTO log (id) SELECT id FROM gone', planned: true },
      { statement: 'WITH moved AS (UPDATE t SET n = n + 100 RETURNING id, n), kept AS (INSERT INTO log (id) SELECT id FROM moved RETURNING id) SELECT count(*) FROM kept', planned: true },
      { statement: 'WITH a AS (SELECT * FROM src) UPDATE t SET n = 60 FROM a WHERE a.id = t.id', planned: true },
      { statement: 'WITH a AS MATERIALIZED (SELECT id FROM ONLY src) DELETE FROM t USING a WHERE t.id = a.id', planned: true },
      { statement: 'WITH RECURSIVE r AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM r WHERE i < 3) INSERT INTO log (id) SELECT i FROM r', planned: true },
      { statement: 'MERGE INTO log USING src ON log.id = src.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (id) VALUES (src.id)', planned: true, since: 15 },
      { statement: 'MERGE INTO log AS l USING (SELECT id FROM t) AS s ON l.id = s.id WHEN NOT MATCHED AND s.id > 1 THEN INSERT (id) VALUES (s.id) WHEN MATCHED THEN DO NOTHING', planned: true, since: 15 },
      { statement: 'WITH w AS (SELECT id FROM pt) MERGE INTO src USING w ON src.id = w.id WHEN MATCHED THEN UPDATE SET n = 0', planned: true, since: 15 },
      { statement: 'MERGE INTO log USING src ON log.id = src.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE THEN DELETE', planned: true, since: 17 },
      { statement: 'MERGE INTO log USING src ON log.id = src.id WHEN NOT MATCHED THEN INSERT (id) VALUES (src.id) RETURNING merge_action(), log.id', planned: true, since: 17 },
      { statement: 'MERGE INTO mv USING src ON mv.id = src.id WHEN MATCHED THEN DELETE', since: 15 }, { statement: 'MERGE INTO log USING absent ON true WHEN MATCHED THEN DELETE', since: 15 },
      { statement: 'UPDATE ONLY src SET n = 1', planned: true }, { statement: 'DELETE FROM ONLY src', planned: true }, { statement: 'UPDATE pt SET n = 0', planned: true }, { statement: 'DELETE FROM pt', planned: true }, { statement: 'UPDATE pt1 SET n = 0', planned: true },
      { statement: 'UPDATE src SET (id, n) = (SELECT id, n FROM t LIMIT 1)', planned: true }, { statement: 'UPDATE src SET (id, n) = ROW (1, 2)', planned: true }, { statement: 'UPDATE src SET n = DEFAULT', planned: true },
      { statement: 'UPDATE src SET n = (SELECT max(n) FROM pt)', planned: true }, { statement: 'DELETE FROM src WHERE id IN (SELECT id FROM t) RETURNING *', planned: true },
      'UPDATE src SET absent = 1', 'UPDATE t SET id = NULL', 'INSERT INTO src (absent) VALUES (1)', 'INSERT INTO src VALUES (1, 2, 3)', 'INSERT INTO src (id) VALUES (1, 2)', 'DELETE FROM src WHERE absent = 1',
      { statement: 'SELECT * FROM t FOR UPDATE', planned: true }, { statement: 'SELECT * FROM t JOIN parent ON p = parent.id FOR SHARE OF t', planned: true }, { statement: 'SELECT * FROM tv FOR UPDATE', planned: true }, { statement: 'SELECT * FROM pt FOR KEY SHARE', planned: true }, { statement: 'SELECT * FROM agg', planned: true }, { statement: 'TABLE src', planned: true },
      { statement: 'SELECT * INTO copied FROM src', planned: true }, { statement: 'CREATE TABLE copied AS TABLE src', planned: true }, { statement: 'CREATE TABLE IF NOT EXISTS src AS SELECT 1', planned: true }, { statement: 'CREATE TABLE src AS SELECT 1 AS x', planned: true }, { statement: 'EXPLAIN SELECT * FROM t', planned: true },
      "SELECT nextval('sq')", "SELECT setval('sq', 5)", "SELECT f()", "VALUES (1), (2)", { statement: "SELECT setval('sq', (SELECT max(id) FROM src))", planned: true },
      { statement: 'DO $$ BEGIN UPDATE src SET n = 1; END $$', planned: true }, { statement: 'DO $$ BEGIN PERFORM 1 FROM t; INSERT INTO log (id) VALUES (1); END $$', planned: true },
      { statement: 'PREPARE q AS SELECT * FROM t', planned: true }, { statement: 'DECLARE c CURSOR FOR SELECT * FROM src', planned: true },
    ],
  },
  {
    theme: 'locks, truncation, transactions in parts',
    setup: `
CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (id serial PRIMARY KEY, a int REFERENCES a); CREATE TABLE c (b int REFERENCES b ON DELETE CASCADE); CREATE TABLE base (id int, n int); CREATE TABLE child (z int) INHERITS (base);
CREATE TABLE pt (id int NOT NULL, n int) PARTITION BY HASH (id); CREATE TABLE pt0 PARTITION OF pt FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE TABLE pt1 PARTITION OF pt FOR VALUES WITH (MODULUS 2, REMAINDER 1);
INSERT INTO a VALUES (1, 1), (2, 2); INSERT INTO b (a) VALUES (1); INSERT INTO c VALUES (1); INSERT INTO base VALUES (1, 1); INSERT INTO child VALUES (2, 2, 2); INSERT INTO pt VALUES (1, 1), (2, 2), (3, 3);
CREATE VIEW v AS SELECT base.id FROM base, a; CREATE VIEW vv AS SELECT * FROM v; CREATE MATERIALIZED VIEW mv AS SELECT id FROM a; CREATE INDEX base_n ON base (n);`,
    cases: [
      'LOCK TABLE base', 'LOCK TABLE ONLY base', 'LOCK TABLE base IN ROW SHARE MODE', 'LOCK a, b IN SHARE ROW EXCLUSIVE MODE', 'LOCK TABLE ONLY pt IN EXCLUSIVE MODE', 'LOCK TABLE pt IN ACCESS SHARE MODE', 'LOCK TABLE vv IN ROW EXCLUSIVE MODE', 'LOCK TABLE mv', 'LOCK TABLE absent', 'LOCK TABLE a NOWAIT', 'LOCK TABLE base *', { statement: 'LOCK TABLE a', transaction: 'none' },
      'TRUNCATE base', 'TRUNCATE ONLY base', 'TRUNCATE child', 'TRUNCATE a', 'TRUNCATE a, b', 'TRUNCATE a, b, c', 'TRUNCATE a CASCADE', 'TRUNCATE b RESTART IDENTITY CASCADE', 'TRUNCATE ONLY pt', 'TRUNCATE pt RESTART IDENTITY', 'TRUNCATE pt0', 'TRUNCATE v', 'TRUNCATE mv', 'TRUNCATE TABLE absent', 'TRUNCATE c CONTINUE IDENTITY',
      { statement: 'VACUUM a', unwatched: true }, { statement: 'VACUUM (FULL) a', unwatched: true }, { statement: 'VACUUM (FULL, ANALYZE) base', unwatched: true }, { statement: 'VACUUM (FREEZE) pt', unwatched: true }, { statement: 'VACUUM ANALYZE a (x)', unwatched: true }, 'VACUUM absent', 'ANALYZE a (x)', 'ANALYZE a, b', 'ANALYZE base', 'ANALYZE absent', 'ANALYZE a (absent)', { statement: 'ANALYZE ONLY pt', since: 18 }, { statement: 'VACUUM ONLY base', since: 18, unwatched: true }, 'ANALYZE v',
      { statement: 'ALTER TABLE a ADD COLUMN y int', before: 'SAVEPOINT s; ALTER TABLE a ADD COLUMN y int; ROLLBACK TO s' },
      { statement: 'ALTER TABLE a DROP COLUMN x', before: 'SAVEPOINT s; ALTER TABLE a DROP COLUMN x; ROLLBACK TO SAVEPOINT s; RELEASE s' },
      { statement: 'DROP TABLE n', before: 'CREATE TABLE n (id int); SAVEPOINT s; DROP TABLE n; ROLLBACK TO s' },
      { statement: 'DROP TABLE n', before: 'SAVEPOINT s; CREATE TABLE n (id int); ROLLBACK TO s' },
      { statement: 'CREATE TABLE n (id int)', before: 'SAVEPOINT s; CREATE TABLE n (id int); RELEASE s' },
      { statement: 'LOCK TABLE a IN SHARE MODE', before: 'SAVEPOINT s; LOCK TABLE a; ROLLBACK TO s' },
      { statement: 'LOCK TABLE a IN SHARE MODE', before: 'SAVEPOINT s; LOCK TABLE a; RELEASE s' },
      { statement: 'ALTER TABLE a ADD CHECK (x > 0)', before: "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = 0" },
      { statement: 'ALTER TABLE base ALTER n TYPE bigint', before: 'SAVEPOINT one; SAVEPOINT two; ALTER TABLE base ALTER n TYPE bigint; ROLLBACK TO one' },
      { statement: 'ALTER TABLE base ALTER n TYPE bigint', before: 'SAVEPOINT one; ALTER TABLE base ALTER n TYPE bigint; SAVEPOINT two; ROLLBACK TO two' },
      { statement: 'ALTER TABLE a RENAME x TO y', before: 'SAVEPOINT s; ALTER TABLE a RENAME x TO y' }, { statement: 'SELECT y FROM a', before: 'ALTER TABLE a RENAME x TO y', planned: true },
      { statement: 'CREATE INDEX CONCURRENTLY i ON a (x)', unwatched: true }, 'RELEASE SAVEPOINT absent', 'ROLLBACK TO SAVEPOINT absent', 'DISCARD ALL', 'DISCARD PLANS', 'DISCARD SEQUENCES', 'DISCARD TEMP',
      'SET CONSTRAINTS ALL DEFERRED', 'SET CONSTRAINTS b_a_fkey IMMEDIATE', 'SET CONSTRAINTS absent DEFERRED', 'CHECKPOINT', 'RESET ALL', 'SET lock_timeout = $$3s$$', 'SHOW lock_timeout', 'CLOSE ALL', 'DEALLOCATE ALL', "NOTIFY x, 'y'", 'LISTEN x', 'UNLISTEN *',
    ],
  },
];
