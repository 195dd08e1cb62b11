import { describe, expect, it } from 'vitest';
import type { Migration } from '../src/operations/migration.js';
import { pythonChunk } from '../src/parsers/python/index.js';

const REVISION = `import sqlalchemy as sa
from alembic import op

revision = "a"
down_revision = None


def upgrade():
    op.add_column("t", sa.Column("a", sa.Integer()))


def downgrade():
    op.drop_column("t", "a")
`;

function read(environment: string, text = REVISION, place = '../env.py'): Migration {
  const host = { sibling: (_from: string, path: string) => (path === place ? { path: 'migrations/env.py', text: environment } : null) };
  return pythonChunk.parser.parse({ path: 'migrations/versions/a_.py', text }, { host }) as Migration;
}

function settings(environment: string): (string | boolean)[][] {
  return read(environment).up.flatMap((operation) =>
    operation.kind === 'setParameter' ? [[operation.name, operation.value, operation.implied === true]] : [],
  );
}

const ASYNC = `
def do_run_migrations(connection: Connection) -> None:
    connection.execute(text("SET lock_timeout = '4s'"))
    connection.exec_driver_sql(f"SET statement_timeout TO {settings.timeout}")
    context.configure(connection=connection, target_metadata=target_metadata, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_async_migrations() -> None:
    connectable = async_engine_from_config(config.get_section(config.config_ini_section, {}), poolclass=pool.NullPool)
    async with connectable.connect() as connection:
        await connection.run_sync(do_run_migrations)
`;

describe('env.py', () => {
  it('gives each revision its own transaction', () => {
    const migration = read(ASYNC);
    expect(migration.transaction).toBe('file');
    expect(migration.transactionSetBy).toBe('transaction_per_migration=True in env.py');
  });

  it('leaves the default, and ignores what is commented out', () => {
    const migration = read('context.configure(connection=connection)\n    # transaction_per_migration=True\n    # SET lock_timeout = 1');
    expect(migration.transaction).toBe('batch');
    expect(migration.transactionSetBy).toBeNull();
    expect(migration.up.map(({ kind }) => kind)).toEqual(['addColumn']);
  });

  it('sets timeouts before the first revision', () => {
    expect(settings(ASYNC)).toEqual([
      ['lock_timeout', "'4s'", true],
      ['statement_timeout', "'__value__'", true],
    ]);
  });

  it('sets them by the options of the connection', () => {
    const options = 'create_engine(url, connect_args={"options": "-c lock_timeout=4000 -c statement_timeout=60s"})\ncontext.configure()';
    expect(settings(options)).toEqual([
      ['lock_timeout', '4000', true],
      ['statement_timeout', "'60s'", true],
    ]);
    const asyncpg = 'connect_args={"server_settings": {"lock_timeout": "4000"}}\ncontext.configure()';
    expect(settings(asyncpg)).toEqual([['lock_timeout', '4000', true]]);
  });

  it('stands further up where versions lie in folders of years', () => {
    expect(read(ASYNC, REVISION, '../../env.py').transaction).toBe('file');
  });

  it('is no env.py of Alembic without its call', () => {
    expect(read('transaction_per_migration=True').transaction).toBe('batch');
  });
});

describe('sqlmodel', () => {
  const used = REVISION.replace('sa.Integer()', 'sqlmodel.sql.sqltypes.AutoString()');

  it('is used but not imported', () => {
    expect(read('', used).notices).toEqual(['sqlmodel is used but not imported: the revision fails with a NameError']);
  });

  it('is imported', () => {
    expect(read('', `import sqlmodel\n${used}`).notices).toEqual([]);
    expect(read('', `import sqlmodel.sql.sqltypes\n${used}`).notices).toEqual([]);
    expect(read('').notices).toEqual([]);
  });
});

describe('unusual ways', () => {
  const kinds = (text: string): string[] => read('', text).up.map(({ kind }) => kind);

  it('op.run_async enters a coroutine of the file', () => {
    const text = `${REVISION.replace('op.add_column("t", sa.Column("a", sa.Integer()))', 'op.run_async(fill, "t")') 
      }\n\nasync def fill(connection, name):\n    await connection.execute(sa.text(f"UPDATE {name} SET a = 1"))\n`;
    expect(read('', text).up).toMatchObject([{ kind: 'update', table: { name: 't' } }]);
    expect(kinds(REVISION.replace('op.add_column("t", sa.Column("a", sa.Integer()))', 'op.run_async(elsewhere)'))).toEqual(['unread']);
  });

  it('recreate="always" copies the table', () => {
    const body = 'with op.batch_alter_table("t", recreate="always") as b:\n        b.drop_column("a")';
    const text = REVISION.replace('op.add_column("t", sa.Column("a", sa.Integer()))', body);
    expect(kinds(text)).toEqual(['createTable', 'insert', 'dropTable', 'renameTable']);
    expect(kinds(text.replace('always', 'auto'))).toEqual(['dropColumn']);
  });
});
