import type { TruthGroup } from './truth.js';

const planned = (statement: string) => ({ statement, planned: true as const });

export const rows: readonly TruthGroup[] = [
  {
    theme: 'rows',
    setup: `
CREATE TABLE parent (id int PRIMARY KEY, a int); INSERT INTO parent VALUES (1, 1), (2, 2); CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES parent, a int NOT NULL DEFAULT 0, b text UNIQUE);
INSERT INTO t VALUES (1, 1, 1, 'x'), (2, 2, 2, 'y'); CREATE TABLE kids (id int PRIMARY KEY, p int REFERENCES parent ON DELETE CASCADE); INSERT INTO kids VALUES (1, 2);
CREATE TABLE lone (id int, a int); INSERT INTO lone VALUES (1, 1); CREATE VIEW v AS SELECT * FROM lone; CREATE TABLE ref_restrict (p int REFERENCES t ON DELETE SET NULL);`,
    cases: [
      'INSERT INTO lone VALUES (2, 2)',
      'INSERT INTO lone DEFAULT VALUES',
      planned('INSERT INTO lone SELECT id, a FROM parent'),
      planned('INSERT INTO lone SELECT id, a FROM lone'),
      "INSERT INTO t VALUES (3, 1, 1, 'z')",
      { statement: "INSERT INTO t VALUES (3, NULL, 1, 'z')", atMost: true },
      { statement: "INSERT INTO t VALUES (1, 1, 1, 'z') ON CONFLICT DO NOTHING", atMost: true },
      { statement: "INSERT INTO t VALUES (1, 1, 1, 'z') ON CONFLICT (id) DO UPDATE SET a = 5", atMost: true },
      planned('UPDATE lone SET a = 1'),
      planned('UPDATE lone SET a = 1 WHERE id = 1'),
      planned('UPDATE lone SET a = p.a FROM parent p WHERE p.id = lone.id'),
      planned('UPDATE lone SET a = (SELECT max(a) FROM parent)'),
      planned('UPDATE v SET a = 1'),
      planned('DELETE FROM lone'),
      planned('DELETE FROM lone WHERE id = 1'),
      planned('DELETE FROM lone USING parent WHERE parent.id = lone.id'),
      planned('DELETE FROM v'),
      planned('WITH x AS (SELECT id FROM parent) DELETE FROM lone WHERE id IN (SELECT id FROM x)'),
      planned('SELECT * FROM lone'),
      planned('SELECT count(*) FROM lone JOIN parent ON lone.id = parent.id'),
      planned('SELECT * FROM v'),
      planned('SELECT * FROM lone FOR UPDATE'),
      planned('SELECT * FROM lone FOR SHARE'),
      planned('SELECT * FROM lone, parent FOR UPDATE OF lone'),
      'SELECT 1',
      { statement: 'MERGE INTO lone USING parent ON lone.id = parent.id WHEN MATCHED THEN UPDATE SET a = 9', since: 15, planned: true },
      { statement: 'MERGE INTO lone USING parent ON lone.id = parent.id WHEN NOT MATCHED THEN INSERT VALUES (parent.id, 1)', since: 15, planned: true },
      planned('EXPLAIN SELECT * FROM lone'),
      'INSERT INTO missing VALUES (1)',
      planned('UPDATE missing SET a = 1'),
      planned('DELETE FROM missing'),
      planned('UPDATE lone SET missing = 1'),
    ],
  },
];
