import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Migration } from '../src/operations/migration.js';
import type { Operation, OperationDraft, Span } from '../src/operations/types.js';
import type { Host } from '../src/parsers/parser.js';
import { pythonChunk } from '../src/parsers/python/index.js';

const { parser } = pythonChunk;
const folder = join(import.meta.dirname, '../fixtures/parsers/alembic');

/** Modules of a project, as the command line would find them. */
const MODULES: Record<string, string> = {
  'app.constants': 'import enum\nTABLE = "legacy"\n\n\nclass Status(enum.Enum):\n    OPEN = "open"\n    SHUT = "shut"\n',
  'app.helpers': [
    'from alembic import op',
    'import sqlalchemy as sa',
    'from sqlalchemy.dialects import postgresql',
    'class GUID(sa.types.TypeDecorator):',
    '    impl = sa.CHAR',
    '    def load_dialect_impl(self, dialect):',
    '        if dialect.name == "postgresql":',
    '            return dialect.type_descriptor(postgresql.UUID())',
    '        return dialect.type_descriptor(sa.CHAR(32))',
    'def add_timestamps(table):',
    '    for name in ("created_at", "updated_at"):',
    '        op.add_column(table, sa.Column(name, sa.DateTime(), server_default=sa.func.now()))',
  ].join('\n'),
  'app.models': 'from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy()\n',
  '.local': 'from alembic import op\n\n\ndef run(sql):\n    op.execute(sql)\n',
  './statements.sql': 'DELETE FROM from_a_file;\nTRUNCATE t;\n',
};

const host: Host = {
  resolveImport: (_from, specifier) => {
    const text = MODULES[specifier];
    return text === undefined ? null : { path: `project/${specifier}`, text };
  },
};

function parse(text: string, path = 'versions/0001_change.py'): Migration {
  const read = parser.parse({ path, text }, { host });
  if ('skipped' in read) throw new Error(read.skipped);
  return read;
}

/** A revision around the body of `upgrade`. */
function revision(body: string): string {
  const indented = body.replaceAll(/^(?=.)/gm, '    ');
  return `from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\nrevision = "1"\ndown_revision = None\n\n\ndef upgrade():\n${indented}\n`;
}

function up(body: string): Operation[] {
  return parse(revision(body)).up;
}

function kinds(body: string): string[] {
  return up(body).map((operation) => operation.kind);
}

function readable(text: string, operations: readonly Operation[] | null): unknown {
  const place = ({ start, end }: Span): string => `${text.slice(0, start).split('\n').length}: ${text.slice(start, end)}`;
  return operations?.map(({ kind, span, statement, ...rest }) => ({
    kind,
    at: place(span),
    statement: `${statement.id} of call ${statement.call}`,
    ...(JSON.parse(JSON.stringify(rest, (key, value: unknown) => (key === 'span' ? place(value as Span) : value))) as object),
  }));
}

describe('fixtures', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.py'))) {
    it(name, async () => {
      const text = readFileSync(join(folder, name), 'utf8');
      expect(parser.recognise({ path: `versions/${name}`, text })).toBe('alembic');
      const { revision, parents, transaction, ...migration } = parse(text, `versions/${name}`);
      const read = { revision, parents, transaction, up: readable(text, migration.up), down: readable(text, migration.down) };
      await expect(`${JSON.stringify(read, null, 2)}\n`).toMatchFileSnapshot(join(folder, name.replace('.py', '.operations.json')));
    });
  }
});

describe('recognition', () => {
  it.each([
    ['env.py', 'from alembic import context\ndef run_migrations_online():\n    pass\n'],
    ['a template', '"""${message}"""\nrevision = ${repr(up_revision)}\n'],
    ['a constant that happens to be called revision', 'revision = "1"\ndef upgrade():\n    pass\n'],
    ['an empty file', ''],
  ])('%s is no revision', (_name, text) => {
    expect(parser.recognise({ path: 'migrations/env.py', text })).toBeNull();
  });

  it('reads annotated assignments', () => {
    const text = 'from typing import Union\nrevision: str = "b"\ndown_revision: Union[str, None] = "a"\ndef upgrade() -> None:\n    pass\n';
    expect(parser.recognise({ path: 'x.py', text })).toBe('alembic');
    expect(parse(text)).toMatchObject({ revision: 'b', parents: ['a'], transaction: 'batch', down: [] });
  });

  it('leaves the folder of another database alone', () => {
    const read = parser.parse({ path: 'migrations/versions/sqlite/0001.py', text: revision('op.drop_table("a")') }, {});
    expect(read).toMatchObject({ skipped: 'written for SQLite' });
  });
});

describe('what sends nothing', () => {
  it.each([
    ['existing_* alone', 'op.alter_column("t", "c", existing_nullable=False, existing_type=sa.Text())'],
    ['a comment', '# op.drop_table("t")\npass'],
    ['another dialect', 'if op.get_bind().dialect.name == "sqlite":\n    op.drop_table("t")'],
    ['offline only', 'from alembic import context\nif context.is_offline_mode():\n    op.drop_table("t")'],
    ['a function nobody calls', 'def later():\n    op.drop_table("t")'],
  ])('%s', (_name, body) => {
    expect(up(body)).toEqual([]);
  });

  it('is not done while the module is imported', () => {
    expect(parse(`${revision('pass')}\nif False:\n    op.drop_table("x")\nop.drop_table("y")\n`).up).toEqual([]);
  });
});

describe('defaults', () => {
  const column = (body: string): unknown => {
    const [operation] = up(`op.add_column("t", sa.Column("c", sa.Integer(), nullable=False, ${body}))`);
    return operation?.kind === 'addColumn' ? operation.column.default : operation;
  };

  it('of Python are no defaults of the database', () => {
    expect(column('default=0')).toBeUndefined();
    expect(column('server_default=None')).toBeUndefined();
    expect(column('server_default="0"')).toBe("'0'");
    expect(column('server_default=sa.text("0")')).toBe('0');
  });
});

describe('transactions', () => {
  it('an autocommit block commits and begins again, and a batch sends what it holds at its end', () => {
    expect(kinds('with op.get_context().autocommit_block():\n    op.create_index("i", "t", ["a"], postgresql_concurrently=True)')).toEqual([
      'commit',
      'createIndex',
      'begin',
    ]);
    expect(kinds('with op.batch_alter_table("t") as b:\n    b.drop_column("c")\n    op.execute("DELETE FROM u")')).toEqual(['delete', 'dropColumn']);
  });

  it('a commit of the connection opens another transaction', () => {
    expect(up('op.get_bind().commit()')).toMatchObject([{ kind: 'commit' }, { kind: 'begin', implied: true }]);
  });
});

describe('files beside the revision', () => {
  it.each([
    'from pathlib import Path\nop.execute((Path(__file__).parent / "statements.sql").read_text())',
    'import os\nwith open(os.path.join(os.path.dirname(__file__), "statements.sql")) as f:\n    op.execute(f.read())',
  ])('%s', (body) => {
    const operations = up(body);
    expect(operations.map((operation) => operation.kind)).toEqual(['delete', 'truncate']);
    const [first] = operations;
    expect(first && revision(body).slice(first.span.start, first.span.end)).not.toBe('');
  });
});

describe('bad input', () => {
  it.each([
    ['10,000 brackets', `op.execute(${'('.repeat(10_000)}"DELETE FROM t"${')'.repeat(10_000)})`],
    ['a loop without end', 'while True:\n    op.execute("DELETE FROM t")'],
    ['a function that calls itself', 'def again():\n    op.drop_table("t")\n    again()\nagain()'],
    ['a long loop', 'for i in range(100000):\n    op.execute("DELETE FROM t")'],
    ['nothing but an opening', 'op.execute('],
    ['zero bytes', 'op.execute("a\u0000b")'],
  ])('%s never throws', (_name, body) => {
    expect(() => up(body)).not.toThrow();
  });

  it('costs one statement, not the file', () => {
    const operations = up('op.drop_table("a")\nop.add_column("t", sa.Column("x"\nop.drop_column("t", "y")');
    expect(operations.map((operation) => operation.kind)).toEqual(['dropTable', 'unread', 'dropColumn']);
  });
});

describe('write', () => {
  const drafts: OperationDraft[] = [
    { kind: 'createIndex', index: 'ix', table: { name: 't' }, keys: [{ column: 'a' }, { expression: 'lower(b)', order: 'desc' }], concurrently: true },
    { kind: 'createIndex', index: 'ix', table: { schema: 's', name: 't' }, keys: [{ column: 'a' }], unique: true, where: "b = 'x:y'", include: ['c'] },
    { kind: 'dropIndex', index: { schema: 's', name: 'ix' }, table: { schema: 's', name: 't' }, concurrently: true },
    {
      kind: 'addConstraint',
      table: { schema: 's', name: 't' },
      constraint: {
        type: 'foreign key',
        name: 'fk',
        columns: ['a'],
        references: { table: { schema: 'r', name: 'u' }, columns: ['id'] },
        onDelete: 'set null',
        notValid: true,
      },
    },
    { kind: 'addConstraint', table: { name: 't' }, constraint: { type: 'check', name: 'ck', expression: 'a IS NOT NULL', notValid: true } },
    { kind: 'addConstraint', table: { name: 't' }, constraint: { type: 'unique', name: 'uq', columns: [], usingIndex: 'ix' } },
    { kind: 'validateConstraint', table: { name: 'Mixed' }, constraint: 'ck' },
    { kind: 'dropConstraint', table: { name: 't' }, constraint: 'ck' },
    { kind: 'setNotNull', table: { name: 't' }, column: 'a' },
    { kind: 'dropNotNull', table: { name: 't' }, column: 'a' },
    { kind: 'setDefault', table: { name: 't' }, column: 'a', default: "'it''s'" },
    { kind: 'dropDefault', table: { name: 't' }, column: 'a' },
    { kind: 'addColumn', table: { name: 't' }, column: { name: 'a', type: { name: 'character varying', length: 5 } } },
    { kind: 'addColumn', table: { name: 't' }, column: { name: 'a', type: { name: 'timestamp with time zone' }, notNull: true, default: 'now()' } },
    { kind: 'dropColumn', table: { name: 't' }, column: 'a' },
    { kind: 'dropTable', table: { name: 't' }, guard: 'if exists' },
    { kind: 'renameColumn', table: { name: 't' }, column: 'a', to: 'b' },
    { kind: 'renameTable', table: { name: 't' }, to: 'u' },
    { kind: 'alterColumnType', table: { name: 't' }, column: 'a', type: { name: 'numeric', precision: 5, scale: 2 }, using: 'a::numeric' },
    { kind: 'setParameter', name: 'lock_timeout', value: "'5s'" },
    { kind: 'update', table: { name: 't' }, set: [{ column: 'a', value: "':x'" }], where: 'b::text = c', reads: [] },
  ];

  it.each(drafts.map((draft) => [draft.kind, draft] as const))('%s reads back as itself', (_kind, draft) => {
    const step = parser.write({ operations: [draft] }, parse(revision('pass')));
    expect(step).toMatchObject({ language: 'python', transaction: null });
    const [operation, ...rest] = up(step.code);
    expect(rest).toEqual([]);
    const bare = JSON.parse(JSON.stringify(operation, (key, value: unknown) => (key === 'span' || key === 'statement' ? undefined : value))) as unknown;
    expect(bare).toEqual(draft);
  });

  it('says how to leave the transaction', () => {
    const operations: OperationDraft[] = [
      { kind: 'createIndex', index: 'ix', table: { name: 't' }, keys: [{ column: 'a' }], concurrently: true },
    ];
    const { code } = parser.write({ operations, transaction: 'none' }, parse(revision('pass')));
    expect(code).toBe('with op.get_context().autocommit_block():\n    op.create_index("ix", "t", ["a"], postgresql_concurrently=True)');
    expect(kinds(code)).toEqual(['commit', 'createIndex', 'begin']);
  });
});

describe('rows of a session', () => {
  const MODEL = 'from sqlalchemy.orm import Session, declarative_base\nBase = declarative_base()\nclass User(Base):\n    __tablename__ = "users"\n    uid = sa.Column(sa.Integer, primary_key=True)\n    name = sa.Column(sa.Text)\n\n';
  const operations = (body: string): Operation[] => {
    const text = `from alembic import op\nimport sqlalchemy as sa\n${MODEL}revision = "b"\ndown_revision = "a"\n\ndef upgrade():\n    session = Session(bind=op.get_bind())\n${body.replaceAll(/^/gm, '    ')}\n`;
    return (pythonChunk.parser.parse({ path: 'versions/b.py', text }, {}) as Migration).up;
  };

  it.each([
    ['for user in session.query(User).filter(User.name == "x"):\n    user.name = "a"\n    user.age = 1\nsession.commit()', ['select', 'update'], { set: [{ column: 'name' }, { column: 'age' }], where: 'uid = $1', conditional: true }],
    ['for user in session.query(User).all():\n    user.name = "a"\n    session.add(user)', ['select', 'update'], { table: { name: 'users' } }],
    ['user = session.query(User).first()\nsession.delete(user)', ['select', 'delete'], { where: 'uid = $1' }],
    ['session.bulk_update_mappings(User, [{"uid": 1, "name": "a"}])', ['update'], { set: [{ column: 'name' }], where: 'uid = $1' }],
    ['session.bulk_insert_mappings(User, [{"uid": 1, "name": "a"}])', ['insert'], { columns: ['uid', 'name'], rows: 1 }],
  ])('are written by their attributes: %s', (body, kinds, last) => {
    const read = operations(body);
    expect(read.map(({ kind }) => kind)).toEqual(kinds);
    expect(read.at(-1)).toMatchObject(last);
  });
});
