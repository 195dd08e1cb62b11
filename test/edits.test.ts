import { describe, expect, test } from 'vitest';
import { applySuggestions } from '../src/edits/apply.js';
import { escaped, literalAt, literalsOf } from '../src/edits/literals.js';
import { lint } from '../src/lint.js';

/** The text with what the first suggestion of a rule makes of it; null where it has none. */
function edited(path: string, text: string, rule: string): string | null {
  const finding = lint(text, { path }).find(({ ruleId }) => ruleId === rule);
  if (finding === undefined) throw new Error(`${rule} does not fire`);
  const { text: result, count } = applySuggestions(text, [finding], true);
  return count === 0 ? null : result;
}

function typeorm(body: string, members = ''): string {
  return `import { MigrationInterface, QueryRunner } from 'typeorm';

export class A1700000000000 implements MigrationInterface {
${members}  async up(queryRunner: QueryRunner): Promise<void> {
${body}
  }

  async down(): Promise<void> {}
}
`;
}

function alembic(...body: string[]): string {
  return ['from alembic import op', 'import sqlalchemy as sa', '', "revision = 'a'", 'down_revision = None', '', '', 'def upgrade():', ...body, ''].join('\n');
}

const NO_TRANSACTION = '  transaction = false;\n\n';
const TYPEORM = 'src/migrations/1700000000000-A.ts';
const ALEMBIC = 'alembic/versions/a.py';

const CASES: [name: string, path: string, rule: string, before: string, after: string][] = [
  [
    'TypeORM, a template of several lines with comments',
    TYPEORM,
    'create-index-blocking',
    typeorm('    // why\n    await queryRunner.query(`\n      -- soon\n      CREATE UNIQUE INDEX "a" ON "t" ("x") /* y */\n    `);'),
    typeorm('    // why\n    await queryRunner.query(`\n      -- soon\n      CREATE UNIQUE INDEX CONCURRENTLY "a" ON "t" ("x") /* y */\n    `);', NO_TRANSACTION),
  ],
  [
    'a quote in the quotes of the string',
    TYPEORM,
    'add-not-null-column',
    typeorm("    await queryRunner.query('alter table t add column x text not null;');"),
    typeorm("    await queryRunner.query('alter table t add column x text not null default \\'\\';');"),
  ],
  [
    'pieces that are joined',
    TYPEORM,
    'add-foreign-key',
    typeorm('    await queryRunner.query("ALTER TABLE t ADD CONSTRAINT f " +\n      `FOREIGN KEY (a) REFERENCES ${"b"}`);'),
    typeorm('    await queryRunner.query("ALTER TABLE t ADD CONSTRAINT f " +\n      `FOREIGN KEY (a) REFERENCES ${"b"} NOT VALID`);'),
  ],
  [
    'Knex, CommonJS below a comment',
    'migrations/20240101000000_a.js',
    'create-index-blocking',
    "/**\n * @param { import('knex').Knex } knex\n */\nexports.up = async function (knex) {\n  await knex.raw('create index a on t (x)');\n};\n\nexports.down = async () => {};\n",
    "exports.config = { transaction: false };\n\n/**\n * @param { import('knex').Knex } knex\n */\nexports.up = async function (knex) {\n  await knex.raw('create index concurrently a on t (x)');\n};\n\nexports.down = async () => {};\n",
  ],
  [
    'Knex, TypeScript',
    'migrations/20240101000000_a.ts',
    'drop-index-blocking',
    "import type { Knex } from 'knex';\n\nexport async function up(knex: Knex): Promise<void> {\n  await knex.raw('DROP INDEX a');\n}\n\nexport async function down(): Promise<void> {}\n",
    "import type { Knex } from 'knex';\n\nexport const config = { transaction: false };\n\nexport async function up(knex: Knex): Promise<void> {\n  await knex.raw('DROP INDEX CONCURRENTLY a');\n}\n\nexport async function down(): Promise<void> {}\n",
  ],
  [
    'node-pg-migrate, SQL',
    'migrations/1700000000000_a.js',
    'create-index-blocking',
    "exports.up = (pgm) => {\n  pgm.sql('CREATE INDEX a ON t (x)');\n};\nexports.down = () => {};\n",
    "exports.up = (pgm) => {\n  pgm.noTransaction();\n  pgm.sql('CREATE INDEX CONCURRENTLY a ON t (x)');\n};\nexports.down = () => {};\n",
  ],
  [
    'node-pg-migrate, options one a line',
    'migrations/1700000000000_a.js',
    'create-index-blocking',
    "exports.up = (pgm) => {\n  pgm.createIndex('t', ['x', 'y'], {\n    name: 'i',\n    unique: true,\n  });\n};\nexports.down = () => {};\n",
    "exports.up = (pgm) => {\n  pgm.noTransaction();\n  pgm.createIndex('t', ['x', 'y'], {\n    name: 'i',\n    unique: true,\n    concurrently: true,\n  });\n};\nexports.down = () => {};\n",
  ],
  [
    'Sequelize, which opens no transaction',
    'migrations/20240101000000-a.js',
    'create-index-blocking',
    "module.exports = {\n  async up(queryInterface) {\n    await queryInterface.addIndex('t', ['x']);\n    await queryInterface.addColumn('t', 'y', 'text');\n  },\n  async down() {},\n};\n",
    "module.exports = {\n  async up(queryInterface) {\n    await queryInterface.addIndex('t', ['x'], { concurrently: true });\n    await queryInterface.addColumn('t', 'y', 'text');\n  },\n  async down() {},\n};\n",
  ],
  [
    'MikroORM',
    'src/migrations/Migration20240101000000.ts',
    'create-index-blocking',
    "import { Migration } from '@mikro-orm/migrations';\n\nexport class Migration20240101000000 extends Migration {\n\n  override async up(): Promise<void> {\n    this.addSql('create index \"a\" on \"t\" (\"x\");');\n  }\n\n}\n",
    "import { Migration } from '@mikro-orm/migrations';\n\nexport class Migration20240101000000 extends Migration {\n\n  override isTransactional(): boolean {\n    return false;\n  }\n\n  override async up(): Promise<void> {\n    this.addSql('create index concurrently \"a\" on \"t\" (\"x\");');\n  }\n\n}\n",
  ],
  [
    'Django',
    'app/migrations/0002_a.py',
    'create-index-blocking',
    'from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    dependencies = [("app", "0001_initial")]\n\n    operations = [\n        migrations.RunSQL("CREATE INDEX a ON t (x)", "DROP INDEX a"),\n    ]\n',
    'from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    atomic = False\n\n    dependencies = [("app", "0001_initial")]\n\n    operations = [\n        migrations.RunSQL("CREATE INDEX CONCURRENTLY a ON t (x)", "DROP INDEX a"),\n    ]\n',
  ],
  [
    'Alembic, a string of several lines keeps its own indentation',
    ALEMBIC,
    'create-index-blocking',
    alembic('    op.execute(', '        sa.text("""', '        CREATE INDEX a ON t (x)', '        """)', '    )'),
    alembic('    with op.get_context().autocommit_block():', '        op.execute(', '            sa.text("""', '        CREATE INDEX CONCURRENTLY a ON t (x)', '        """)', '        )'),
  ],
  [
    'goose',
    'migrations/0001_a.sql',
    'create-index-blocking',
    '-- +goose Up\nCREATE INDEX a ON t (x);\n\n-- +goose Down\nDROP INDEX a;\n',
    '-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY a ON t (x);\n\n-- +goose Down\nDROP INDEX a;\n',
  ],
  [
    'dbmate, with the line ends of Windows',
    'db/migrations/20240101000000_a.sql',
    'create-index-blocking',
    '-- migrate:up\r\ncreate index a on t (x);\r\n\r\n-- migrate:down\r\ndrop index a;\r\n',
    '-- migrate:up transaction:false\r\ncreate index concurrently a on t (x);\r\n\r\n-- migrate:down\r\ndrop index a;\r\n',
  ],
];

describe('the edit is what an author would write, and ends the finding', () => {
  test.each(CASES)('%s', (_, path, rule, before, after) => {
    expect(edited(path, before, rule)).toBe(after);
    const rules = (text: string): string[] => lint(text, { path }).map(({ ruleId }) => ruleId);
    const left = rules(after);
    expect(left.filter((one) => one === rule)).toHaveLength(rules(before).filter((one) => one === rule).length - 1);
    for (const one of left) expect(rules(before)).toContain(one);
  });
});

describe('there is no edit', () => {
  test.each<[string, string, string, string]>([
    ['where the program goes on behind the statement', TYPEORM, 'add-foreign-key', typeorm("    const b = 'b';\n    await queryRunner.query('ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES ' + b);")],
    ['where a comment of SQL would swallow it', TYPEORM, 'add-foreign-key', typeorm('    await queryRunner.query(`ALTER TABLE t ADD FOREIGN KEY (a) -- why\n REFERENCES b`);')],
    ['where a raw string takes no quote', ALEMBIC, 'add-not-null-column', alembic("    op.execute(r'ALTER TABLE t ADD COLUMN x text NOT NULL')")],
    ['where others would lose their transaction', TYPEORM, 'create-index-blocking', typeorm("    await queryRunner.query('CREATE INDEX a ON t (x)');\n    await queryRunner.query('CREATE TABLE u (x int)');")],
    ['where several share a string', ALEMBIC, 'create-index-blocking', alembic('    op.execute("CREATE INDEX a ON t (x); CREATE TABLE u (x int)")')],
    ['where the call is part of another line', ALEMBIC, 'create-index-blocking', alembic('    if True: op.execute("CREATE INDEX a ON t (x)")')],
    ['where an escape stands between the words', TYPEORM, 'create-index-blocking', typeorm("    await queryRunner.query('CREATE\\nINDEX a ON t (x)');")],
  ])('%s', (_, path, rule, text) => {
    expect(edited(path, text, rule)).toBeNull();
  });
});

describe('strings of a program', () => {
  const found = (text: string, language: 'javascript' | 'python'): string[] => literalsOf(text, language).map(({ start, end }) => text.slice(start, end));

  test('JavaScript', () => {
    expect(found("a = 'x' + \"y\\\"\" // 'no'\n/* 'no' */ b = /'/.test(c) / 2 / `t${'u' + `v${1}`}w`", 'javascript')).toEqual(["'x'", '"y\\""', "`t${'u' + `v${1}`}w`", "'u'", '`v${1}`']);
    expect(found("return /[/'\"]/; 'x'", 'javascript')).toEqual(["'x'"]);
  });

  test('Python', () => {
    expect(found("a = '''x\n'y' ''' # 'no'\nb = r\"\\\" + \"z\"", 'python')).toEqual(["'''x\n'y' '''", '"\\" + "', '"']);
  });

  test('the innermost one', () => {
    const text = "`a${'b'}`";
    expect(literalAt(literalsOf(text, 'javascript'), 5)?.quote).toBe("'");
    expect(literalAt(literalsOf(text, 'javascript'), 2)?.quote).toBe('`');
    expect(literalAt(literalsOf(text, 'javascript'), 0)).toBeNull();
  });

  test('what is written in them', () => {
    const literal = { start: 0, end: 2, raw: false };
    expect(escaped("it's `${a}` \\", { ...literal, quote: '`' })).toBe("it's \\`\\${a}\\` \\\\");
    expect(escaped("it's", { ...literal, quote: "'" })).toBe("it\\'s");
    expect(escaped("it's", { ...literal, quote: '"' })).toBe("it's");
    expect(escaped("it's", { ...literal, quote: "'", raw: true })).toBeNull();
  });
});
