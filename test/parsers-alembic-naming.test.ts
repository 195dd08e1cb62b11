import { describe, expect, it } from 'vitest';
import type { Migration } from '../src/operations/migration.js';
import type { Operation } from '../src/operations/types.js';
import type { Host, Source } from '../src/parsers/parser.js';
import { pythonChunk } from '../src/parsers/python/index.js';
import './setup.js';

// Names as Alembic 1.20 with SQLAlchemy 2.1 gave them for this MetaData.

const MODELS = `
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase

convention = {
    "ix": "ix__%(table_name)s__%(column_0_N_name)s",
    "uq": "uq__%(table_name)s__%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk__%(table_name)s__%(column_0_name)s__%(referred_table_name)s",
    "pk": "pk__%(table_name)s",
}

class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention=convention)
`;

function read(body: string, target: string, models = MODELS): readonly Operation[] {
  const sources: Record<string, string> = {
    'db/env.py': `from alembic import context\n${target}\ncontext.configure(target_metadata=target_metadata)\n`,
    'app/models.py': models,
  };
  const at = (path: string): Source | null => (sources[path] === undefined ? null : { path, text: sources[path] });
  const host: Host = {
    sibling: (_, place) => (place === '../env.py' ? at('db/env.py') : null),
    resolveImport: (_, name) => at(`${name.replaceAll('.', '/')}.py`),
  };
  const text = `from alembic import op\nimport sqlalchemy as sa\n\nrevision = "a"\ndown_revision = None\n\n\ndef upgrade():\n    ${body}\n`;
  return (pythonChunk.parser.parse({ path: 'db/versions/a.py', text }, { host }) as Migration).up;
}

function names(operations: readonly Operation[]): unknown[] {
  return operations.flatMap((operation): unknown[] => {
    if (operation.kind === 'addConstraint') return [operation.constraint.name];
    if (operation.kind === 'createTable') return operation.constraints.map(({ name }) => name);
    if (operation.kind === 'dropConstraint') return [operation.constraint];
    return operation.kind === 'createIndex' ? [operation.index] : [];
  });
}

const TARGET = 'from app.models import Base\ntarget_metadata = Base.metadata';

describe('naming_convention', () => {
  it.each([
    ['op.create_unique_constraint(None, "users", ["a", "b"])', ['uq__users__a_b']],
    ['op.create_foreign_key(None, "users", "orgs", ["org_id"], ["id"])', ['fk__users__org_id__orgs']],
    ['op.create_primary_key(None, "users", ["id"])', ['pk__users']],
    ['op.create_check_constraint("age", "users", "age > 0")', ['ck_users_age']],
    ['op.create_check_constraint(op.f("ck_users_age2"), "users", "age > 1")', ['ck_users_age2']],
    ['op.add_column("users", sa.Column("team_id", sa.Integer(), sa.ForeignKey("teams.id")))', ['fk__users__team_id__teams']],
    ['op.add_column("users", sa.Column("x", sa.Integer(), index=True))', ['ix__users__x']],
    ['op.create_index(None, "users", ["a", "b"])', ['ix__users__a_b']],
    ['op.create_index("own", "users", ["a", "b"])', ['own']],
    ['op.drop_constraint("age", "users", type_="check")', ['ck_users_age']],
    ['op.drop_constraint("uq_x", "users", type_="unique")', ['uq_x']],
    ['op.drop_constraint("plain", "users")', ['plain']],
    ['op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("s", sa.Text, unique=True))', ['pk__t', 'uq__t__s']],
    [
      'op.create_foreign_key(None, "a_table_with_a_rather_long_name_indeed", "another_table_with_a_long_name", ["some_column_id"], ["id"])',
      ['fk__a_table_with_a_rather_long_name_indeed__some_column_fd05'],
    ],
  ])('%s', (body, expected) => {
    expect(names(read(body, TARGET))).toEqual(expected);
  });

  const UNIQUE = 'op.create_unique_constraint(None, "users", ["a"])';

  it.each([
    ['a module of its own', 'import app.models\ntarget_metadata = app.models.Base.metadata'],
    ['a list', 'from app.models import Base\ntarget_metadata = [Base.metadata]'],
    ['an alias', 'from app.models import Base as B\ntarget_metadata = B.metadata'],
  ])('%s', (_, target) => {
    expect(names(read(UNIQUE, target))).toEqual(['uq__users__a']);
  });

  it.each([
    ['declarative_base(metadata=…)', 'from sqlalchemy.orm import declarative_base\nBase = declarative_base(metadata=sa.MetaData(naming_convention={"uq": "u_%(column_0_label)s"}))'],
    ['Flask', 'from flask_sqlalchemy import SQLAlchemy\nBase = SQLAlchemy(metadata=sa.MetaData(naming_convention={"uq": "u_%(column_0_label)s"}))'],
  ])('%s', (_, models) => {
    expect(names(read(UNIQUE, TARGET, `import sqlalchemy as sa\n${models}\n`))).toEqual(['u_users_a']);
  });

  it('what a project computes, or nobody knows, names nothing', () => {
    expect(names(read(UNIQUE, 'target_metadata = None'))).toEqual([undefined]);
    expect(names(read(UNIQUE, TARGET, 'Base = make()\n'))).toEqual([undefined]);
    expect(names(read(UNIQUE, 'import sqlalchemy as sa\ntarget_metadata = sa.MetaData(naming_convention={"uq": "u_%(own_token)s"})'))).toEqual([undefined]);
  });
});
