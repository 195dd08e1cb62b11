import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Migration, Skipped } from '../src/operations/migration.js';
import type { Operation, OperationDraft } from '../src/operations/types.js';
import { parserFor } from '../src/parsers/load.js';
import type { Host } from '../src/parsers/parser.js';

const parser = parserFor('javascript');

function parse(text: string, options: { path?: string; host?: Host } = {}): Migration | Skipped {
  const { host, path: file = 'migrations/1700000000001-Test.ts' } = options;
  return parser.parse({ path: file, text }, host === undefined ? { framework: 'typeorm' } : { framework: 'typeorm', host });
}

/** The body of an `up`, inside the smallest migration. */
function up(body: string, before = '', host?: Host): { text: string; operations: Operation[] } {
  const text = `import { MigrationInterface, QueryRunner, Table, TableColumn, TableIndex } from 'typeorm';
${before}
export class Test1700000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner) {
${body}
  }
  async down() {}
}`;
  const migration = parse(text, host === undefined ? {} : { host });
  if ('skipped' in migration) throw new Error(migration.skipped);
  return { text, operations: migration.up };
}

function briefly(operations: readonly Operation[]): string[] {
  return operations.map((operation) => {
    const name = 'table' in operation && operation.table !== undefined ? operation.table.name : 'index' in operation && typeof operation.index === 'object' ? operation.index.name : '';
    const column = 'column' in operation ? (typeof operation.column === 'string' ? operation.column : operation.column.name) : '';
    const marks = [operation.conditional === true && 'conditional', operation.partial === true && 'partial', operation.guard];
    return [operation.kind, name, column, ...marks].filter(Boolean).join(' ');
  });
}

describe('fixtures', () => {
  const folder = path.join(import.meta.dirname, '..', 'fixtures', 'parsers', 'typeorm');
  test.each(readdirSync(folder).filter((name) => /\.[jt]s$/.test(name)))('%s', (file) => {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const migration = parse(text, { path: file });
    if ('skipped' in migration) throw new Error(migration.skipped);
    const shown = (operations: readonly Operation[]) =>
      operations.map(({ span, statement, ...operation }) => ({
        ...operation,
        at: text.slice(span.start, span.end),
        statement: { id: statement.id, call: statement.call, at: text.slice(statement.span.start, statement.span.end) },
      }));
    const { transaction, revision, notices } = migration;
    const result = JSON.parse(JSON.stringify({ revision, transaction, notices, up: shown(migration.up), down: shown(migration.down ?? []) })) as unknown;
    const expected = path.join(folder, file.replace(/\.[jt]s$/, '.operations.json'));
    if (!existsSync(expected) || process.env['UPDATE'] === '1') writeFileSync(expected, `${JSON.stringify(result, null, 2)}\n`);
    expect(result).toEqual(JSON.parse(readFileSync(expected, 'utf8')));
  });
});

describe('strings', () => {
  const NAMES = [
    ["'a' + 'b'", 'ab'],
    ['`a${"b"}`', 'ab'],
    ["'a'.concat('b')", 'ab'],
    ["' ab '.trim()", 'ab'],
    ["'axb'.replace('x', '')", 'ab'],
    ["'aXbX'.replace(/x/gi, '')", 'ab'],
    ["['a', 'b'].join('')", 'ab'],
    ['String.raw`ab`', 'ab'],
    ['/* sql */ `ab`', 'ab'],
    ["'A'.toLowerCase() + `b`", 'ab'],
    ["({ x: 'ab' }).x", 'ab'],
    ["({ x: { y: ['ab'] } }).x.y[0]", 'ab'],
    ["Object.keys({ ab: 1 })[0]", 'ab'],
    ["Object.values({ x: 'ab' })[0]", 'ab'],
    ["(() => 'ab')()", 'ab'],
    ["(({ x = 'a' }, ...[y]) => x + y)({}, 'b')", 'ab'],
    ["[...'a b'.split(' ')].join('')", 'ab'],
    ["['b', 'a'].reverse().join('')", 'ab'],
    ["('ab' as const)!", 'ab'],
    ["(undefined ?? 'ab')", 'ab'],
    ["(false || 'ab')", 'ab'],
    ["(1 > 0 ? 'ab' : 'c')", 'ab'],
    ["'\\x61\\u0062'", 'ab'],
    ["'xaby'.slice(1, 3)", 'ab'],
    ["'ab'.toString()", 'ab'],
    ["[{ n: 'ab' }].find((x) => x.n.startsWith('a'))!.n", 'ab'],
    ["['a', 'b'].reduce((x, y) => x + y, '')", 'ab'],
  ] as const;
  test.each(NAMES)('%s', (expression, name) => {
    const { operations } = up(`await queryRunner.query('DROP TABLE ' + ${expression});`);
    expect(operations).toMatchObject([{ kind: 'dropTable', table: { name } }]);
    expect(operations[0]?.partial).toBeUndefined();
  });

  test('a let is read in the order of its assignments', () => {
    const { operations } = up(`let t; t = 'a'; await queryRunner.query(\`DROP TABLE \${t}\`); t = 'b'; await queryRunner.query(\`DROP TABLE \${t}\`);`);
    expect(briefly(operations)).toEqual(['dropTable a', 'dropTable b']);
  });

  test('a name that only the run decides is each of its values', () => {
    const { operations } = up(`let t = 'a'; if (process.env.X) t = 'b'; await queryRunner.query(\`DROP TABLE \${t}\`);`);
    expect(briefly(operations)).toEqual(['dropTable b conditional', 'dropTable a conditional']);
  });

  test('an unknown value leaves a hole of the right kind', () => {
    const { operations } = up(
      'await queryRunner.query(`ALTER TABLE "${table()}" ADD COLUMN x text DEFAULT \'${value}\'`);' +
        'await queryRunner.query(`ALTER TABLE t ADD COLUMN ${name} int`);' +
        'await queryRunner.query(`COMMENT ON TABLE t IS ${text}`);' +
        'await queryRunner.query(`DELETE FROM t ${where}`);' +
        'await queryRunner.query(`UPDATE t SET a = ${n} WHERE id = ${id}`);' +
        'await queryRunner.query(sql);',
    );
    expect(briefly(operations)).toEqual([
      'addColumn __table x partial',
      'addColumn t __name partial',
      'comment partial',
      'delete t partial',
      'update t partial',
      'unread',
    ]);
    expect(operations[3]).toMatchObject({ whereUnknown: true });
    expect(operations[5]).toMatchObject({ cause: 'dynamic' });
  });
});

describe('places', () => {
  const at = (source: { text: string; operations: Operation[] }) => source.operations.map(({ span }) => source.text.slice(span.start, span.end));

  test('inside a template, past escapes and holes', () => {
    const source = up('await queryRunner.query(`ALTER TABLE \\u0022x\\u0022.t ${""} ADD COLUMN a int`); const c = "b"; await queryRunner.query(`\\n\\u0020ALTER TABLE t DROP COLUMN ${c}, DROP COLUMN d`);');
    expect(at(source)).toEqual(['a', '${c}', 'd']);
  });

  test('over a concatenation', () => {
    const source = up(`await queryRunner.query('ALTER TABLE t ' + 'DROP COLUMN ' + 'a');`);
    expect(at(source)).toEqual(['a']);
    const [operation] = source.operations;
    expect(source.text.slice(operation?.statement.span.start, operation?.statement.span.end)).toBe("ALTER TABLE t ' + 'DROP COLUMN ' + 'a");
  });

  test('astral characters and a carriage return count as the file has them', () => {
    const source = up("await queryRunner.query(`-- 😀\r\nALTER TABLE t DROP COLUMN a`);");
    expect(at(source)).toEqual(['a']);
  });

  test('a builder call points at its column', () => {
    const source = up(`await queryRunner.addColumn('t', new TableColumn({ name: 'a', type: 'int' })); await queryRunner.dropColumn('t', 'b');`);
    expect(at(source)).toEqual(["new TableColumn({ name: 'a', type: 'int' })", "'b'"]);
  });

  test('code of another file stands where it is called', () => {
    const host: Host = { resolveImport: () => ({ path: 'migrations/lib.ts', text: `export const T = 'users';\nexport async function drop(q, t) { await q.query(\`DROP TABLE \${t}\`); }` }) };
    const source = up(`await drop(queryRunner, T);`, `import { drop, T } from './lib';`, host);
    expect(briefly(source.operations)).toEqual(['dropTable users']);
    expect(at(source)).toEqual(['drop(queryRunner, T)']);
  });
});

describe('control flow', () => {
  const CASES: [string, string, string[]][] = [
    ['both sides of an if', `if (x) await queryRunner.query('DROP TABLE a'); else await queryRunner.query('DROP TABLE b');`, ['dropTable a conditional', 'dropTable b conditional']],
    ['hasTable', `if (await queryRunner.hasTable('a')) await queryRunner.query('DROP TABLE a');`, ['dropTable a if exists']],
    ['hasTable negated', `const t = await queryRunner.hasTable('a'); if (!t) { await queryRunner.query('CREATE TABLE a (x int)'); await queryRunner.query('CREATE INDEX i ON a (x)'); }`, ['createTable a if not exists', 'createIndex a']],
    ['an early return on what is there', `if (await queryRunner.hasColumn('a', 'x')) return; await queryRunner.query('ALTER TABLE a ADD COLUMN x int');`, ['addColumn a x if not exists']],
    ['hasColumn and something else', `if (flag && !(await queryRunner.hasColumn('a', 'x'))) await queryRunner.query('ALTER TABLE a ADD COLUMN x int');`, ['addColumn a x conditional if not exists']],
    ['an early return undecided', `if (x) return; await queryRunner.query('DROP TABLE a');`, ['dropTable a conditional']],
    ['a guard that throws', `if (x) throw new Error(); await queryRunner.query('DROP TABLE a');`, ['dropTable a']],
    ['another dialect leaves', `if (process.env.DB_TYPE !== 'postgres') return; await queryRunner.query('DROP TABLE a');`, ['dropTable a']],
    ['another dialect is not read', `if (queryRunner.connection.driver.options.type === 'sqlite') await queryRunner.query('PRAGMA x'); else await queryRunner.query('DROP TABLE a');`, ['dropTable a']],
    ['try and catch', `try { await queryRunner.query('DROP TABLE a'); } catch (e) { await queryRunner.query('DROP TABLE b'); } finally { await queryRunner.query('DROP TABLE c'); }`, ['dropTable a', 'dropTable b conditional', 'dropTable c']],
    ['for … of', `for (const [t, c] of [['a', 'x'], ['b', 'y']]) await queryRunner.query(\`ALTER TABLE \${t} DROP COLUMN \${c}\`);`, ['dropColumn a x', 'dropColumn b y']],
    ['for … in', `for (const t in { a: 1, b: 2 }) await queryRunner.query(\`DROP TABLE \${t}\`);`, ['dropTable a', 'dropTable b']],
    ['forEach and map', `['a'].forEach((t) => { queryRunner.query(\`DROP TABLE \${t}\`); }); await Promise.all(['b', 'c'].map(async (t) => queryRunner.query(\`DROP TABLE \${t}\`)));`, ['dropTable a', 'dropTable b', 'dropTable c']],
    ['continue', `for (const t of ['a', 'b']) { if (t === 'a') continue; await queryRunner.query(\`DROP TABLE \${t}\`); }`, ['dropTable b']],
    ['rows of the database', `const rows = await queryRunner.query('SELECT id FROM a'); for (const row of rows) await queryRunner.query(\`DELETE FROM b WHERE id = \${row.id}\`);`, ['select', 'delete b conditional partial']],
    ['while', `while (true) { const r = await queryRunner.query('UPDATE a SET x = 1 WHERE x IS NULL'); if (r.length === 0) break; }`, ['update a']],
    ['promises', `return queryRunner.query('DROP TABLE a').then(() => queryRunner.query('DROP TABLE b'));`, ['dropTable a', 'dropTable b']],
    ['one of two statements', `await queryRunner.query(x ? 'DROP TABLE a' : 'DROP TABLE b');`, ['dropTable a conditional', 'dropTable b conditional']],
    ['handed to code that is not there', `await mystery(queryRunner);`, ['unread']],
    ['an unknown call of the runner', `await queryRunner.renameEverything();`, ['unread']],
    ['endless recursion', `const f = (q) => f(q); f(queryRunner);`, ['unread']],
    ['a switch', `switch (kind) { case 1: await queryRunner.query('DROP TABLE a'); break; default: await queryRunner.query('DROP TABLE b'); }`, ['dropTable a conditional', 'dropTable b conditional']],
  ];
  test.each(CASES)('%s', (_, body, expected) => {
    expect(briefly(up(body).operations)).toEqual(expected);
  });
});

describe('what the database would have to say', () => {
  test('changeColumn of a column made elsewhere may drop it', () => {
    const { operations } = up(`await queryRunner.changeColumn('t', 'a', new TableColumn({ name: 'a', type: 'varchar', isNullable: true }));`);
    expect(briefly(operations)).toEqual(['dropColumn t a partial', 'addColumn t a partial']);
  });

  test('a foreign key that is looked for has no name', () => {
    const { operations } = up(`const t = await queryRunner.getTable('t'); const key = t!.foreignKeys.find((k) => k.columnNames.includes('x')); if (key) await queryRunner.dropForeignKey('t', key);`);
    expect(operations).toMatchObject([{ kind: 'dropConstraint', table: { name: 't' }, type: 'foreign key', partial: true }]);
  });

  test('SQL read from a file beside the migration', () => {
    const host: Host = { resolveImport: (_from, specifier) => (specifier === './x.sql' ? { path: 'migrations/x.sql', text: 'DROP TABLE a; DROP TABLE b;' } : null) };
    const source = up(`await queryRunner.query(fs.readFileSync(path.join(__dirname, 'x.sql'), 'utf8'));`, `import * as fs from 'node:fs'; import path from 'path';`, host);
    expect(briefly(source.operations)).toEqual(['dropTable a', 'dropTable b']);
    expect(briefly(up(`await queryRunner.query(fs.readFileSync('y.sql', 'utf8'));`, `import * as fs from 'node:fs';`).operations)).toEqual(['unread']);
  });

  test('rows put together at run time are rows', () => {
    expect(briefly(up("await queryRunner.query(`INSERT INTO t VALUES ${rows.map((r) => `(${r.id})`).join(',')}`);").operations)).toEqual(['insert t partial']);
  });

  test('a transaction inside the transaction is a savepoint', () => {
    const { operations } = up(`await queryRunner.manager.transaction(async (m) => { await m.query('DELETE FROM t'); });`);
    expect(operations.map(({ kind }) => kind)).toEqual(['savepoint', 'delete', 'savepoint']);
  });

  test('entities lead to their tables', () => {
    const { operations } = up(
      `await queryRunner.manager.createQueryBuilder().update(User).set({ a: 1 }).where('id > 5').execute();
       await queryRunner.manager.getRepository(User).delete({ id: 1 });
       await queryRunner.manager.save(new User());
       await queryRunner.manager.find(User);`,
      `@Entity('users') class User {}`,
    );
    expect(operations).toMatchObject([
      { kind: 'update', table: { name: 'users' }, set: [{ column: 'a' }], where: 'id > 5' },
      { kind: 'delete', table: { name: 'users' }, where: '"id" = $1' },
      { kind: 'insert', table: { name: 'users' } },
    ]);
  });
});

describe('files', () => {
  test('other dialects are left alone and say so', () => {
    const text = "import { MigrationInterface } from 'typeorm'; export class A1700000000001 implements MigrationInterface { async up(q) { await q.query('ALTER TABLE `a` ADD `b` int'); } async down() {} }";
    expect(parse(text)).toMatchObject({ skipped: 'written for MySQL' });
    expect(parse(text, { path: 'migrations/sqlite/1700000000001-A.ts' })).toMatchObject({ skipped: 'written for SQLite' });
    expect(parse(text.replaceAll('`', '"'), { path: 'mysql-tools/migrations/1700000000001-A.ts' })).toMatchObject({ framework: 'typeorm', up: [{ kind: 'addColumn' }] });
  });

  test('a backtick in a string constant is not MySQL', () => {
    const { operations } = up("await queryRunner.query(\"INSERT INTO t (a) VALUES ('use `x`')\");");
    expect(briefly(operations)).toEqual(['insert t']);
  });

  test('a syntax error keeps what can still be read', () => {
    const migration = parse(`import { MigrationInterface, QueryRunner } from 'typeorm';
export class A1700000000001 implements MigrationInterface {
  async up(q: QueryRunner) { await q.query('DROP TABLE a'); const x = ; await q.query('DROP TABLE b'); }
  async down() {}
}`);
    expect(migration).toMatchObject({ up: [{ kind: 'unread', cause: 'syntax' }, { kind: 'dropTable' }, { kind: 'dropTable' }] });
  });

  test.each(['', '\u0000\u0001', '((((', 'class A1700000000001 { up(', 'x'.repeat(100_000), `${'('.repeat(10_000)}${')'.repeat(10_000)}`])('never throws on %#', (text) => {
    expect(() => parse(text)).not.toThrow();
    expect(() => parser.recognise({ path: 'a.ts', text })).not.toThrow();
  });

  test('recognised by what they are, not by their place', () => {
    const recognise = (text: string) => parser.recognise({ path: 'migrations/1700000000001-A.ts', text });
    expect(recognise("import { MigrationInterface } from 'typeorm'; export class A1700000000001 implements MigrationInterface { async up(q) {} }")).toBe('typeorm');
    expect(recognise('module.exports = class A1700000000001 { async up(queryRunner) {} async down(queryRunner) {} }')).toBe('typeorm');
    expect(recognise("export { A1700000000001 } from './1700000000001-A';")).toBeNull();
    expect(recognise("import { QueryRunner } from 'typeorm'; export class UserService { async up(q: QueryRunner) {} }")).toBeNull();
    expect(recognise("import { MigrationInterface } from 'typeorm'; export abstract class Base implements MigrationInterface { abstract up(q): any; }")).toBeNull();
  });

  test('a class in module.exports is run', () => {
    const migration = parse(`const { Table } = require('typeorm');
module.exports = class A1700000000001 { name = 'A1700000000001'; async up(queryRunner) { await queryRunner.createTable(new Table({ name: 't', columns: [] })); } async down(queryRunner) { await queryRunner.dropTable('t'); } };`, { path: 'm/1700000000001-A.js' });
    expect(migration).toMatchObject({ revision: '1700000000001', up: [{ kind: 'createTable' }], down: [{ kind: 'dropTable' }] });
  });
});

describe('safe rewrites', () => {
  test('in the words of a TypeORM migration', () => {
    const migration = parse(`export class A1700000000001 implements MigrationInterface { async up(q) {} async down() {} }`) as Migration;
    const operation = { kind: 'createIndex', index: 'i', table: { name: 't' }, keys: [{ column: 'a' }], concurrently: true } satisfies OperationDraft;
    expect(parser.write({ operations: [operation] }, migration)).toMatchObject({ code: 'await queryRunner.query(`CREATE INDEX CONCURRENTLY i ON t (a)`);', language: 'typescript' });
    const apart = parser.write({ operations: [operation], transaction: 'none' }, migration);
    expect(apart.code).toContain('transaction = false;');
    expect(apart.note).toContain('migrationsTransactionMode');
  });
});
