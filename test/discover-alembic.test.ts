import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { alembicSettings } from '../src/alembic-settings.js';
import { filesOfProject, migrationsFolder } from '../src/discover/project.js';
import { lintProject } from '../src/index.js';
import './setup.js';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'migration-guard-alembic-'));
  mkdirSync(join(root, '.git'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): string {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  return join(root, path);
}

function revision(path: string, id: string, parents: string, body: string, rest = ''): string {
  const head = `from alembic import op\nimport sqlalchemy as sa\n\nrevision = "${id}"\ndown_revision = ${parents}\n${rest}`;
  return write(path, `${head}\n\ndef upgrade():\n    ${body}\n\n\ndef downgrade():\n    pass\n`);
}

const CREATE = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(50)))';

describe('alembicSettings', () => {
  const locations = (ini: string): readonly string[][] => alembicSettings('alembic.ini', ini).map((one) => [...one.locations]);

  it.each([
    ['the folder beside the file', '[alembic]\nscript_location = %(here)s/db/migrations\n', ['db/migrations/versions']],
    ['a folder as it is', '[alembic]\nscript_location=alembic\n', ['alembic/versions']],
    ['folders parted by blanks', '[alembic]\nscript_location = a\nversion_locations = %(here)s/b %(here)s/c/d\n', ['b', 'c/d']],
    ['folders parted by what the system parts by', '[alembic]\nscript_location = a\nversion_locations = b:c\npath_separator = os\n', ['b', 'c']],
    ['the older name of the separator', '[alembic]\nscript_location = a\nversion_locations = b;c d\nversion_path_separator = ;\n', ['b', 'c d']],
    ['one to a line', '[alembic]\nscript_location = a\nversion_locations =\n  b\n  # not this\n  c\npath_separator = newline\n', ['b', 'c']],
    ['another option referred to', '[alembic]\nscript_location = a\nversion_locations = %(script_location)s/x\n', ['a/x']],
    ['a package', '[alembic]\nscript_location = app.db:migrations\n', ['app/db/migrations/versions', 'src/app/db/migrations/versions']],
    ['the default section', '[DEFAULT]\nscript_location = a\n[alembic]\nsqlalchemy.url = x://\n', ['a/versions']],
  ])('%s', (_, ini, expected) => {
    expect(locations(ini)).toEqual([expected]);
  });

  it('several databases', () => {
    expect(locations('[alembic]\nscript_location = a\n[billing]\nscript_location = b\n[loggers]\nkeys = root\n')).toEqual([['a/versions'], ['b/versions']]);
  });

  it('pyproject.toml', () => {
    const toml = '[tool.other]\nscript_location = "x"\n[tool.alembic]\nscript_location = "%(here)s/a"\nversion_locations = [\n  "%(here)s/b",\n  # "no",\n  "%(here)s/c",\n]\nrecursive_version_locations = true\n\n[tool.ruff]\n';
    expect(alembicSettings('pyproject.toml', toml)).toEqual([{ scripts: ['a'], locations: ['b', 'c'], recursive: true }]);
  });

  it('nothing of Alembic', () => {
    expect(alembicSettings('alembic.ini', '[tool]\nx = 1\n')).toEqual([]);
    expect(alembicSettings('pyproject.toml', '[project]\nname = "x"\n')).toEqual([]);
  });
});

describe('the files of one history', () => {
  it('of several folders', () => {
    write('alembic.ini', '[alembic]\nscript_location = core\nversion_locations = %(here)s/core/versions %(here)s/billing/revisions\n');
    const first = revision('core/versions/a_first.py', 'aaaa', 'None', CREATE);
    const second = revision('billing/revisions/b_second.py', 'bbbb', '"aaaa"', 'op.drop_column("users", "name")');
    expect(migrationsFolder(second, 'alembic')).toBe(migrationsFolder(first, 'alembic'));
    expect(filesOfProject(migrationsFolder(second, 'alembic'), second, 'alembic')).toEqual([first, second]);
  });

  it('folders below only where the settings say so', () => {
    write('alembic.ini', '[alembic]\nscript_location = db\n');
    const own = revision('db/versions/a.py', 'aaaa', 'None', CREATE);
    revision('db/versions/old/b.py', 'bbbb', 'None', CREATE);
    expect(filesOfProject(migrationsFolder(own, 'alembic'), own, 'alembic')).toEqual([own]);
  });
});

describe('lintProject', () => {
  const findings = async (paths: string[], rules = {}): Promise<string[]> => {
    const report = await lintProject({ cwd: root, paths, rules, config: false });
    return report.findings.map(({ path, ruleId, message }) => `${path} ${ruleId} ${message}`);
  };

  it('the schema comes from the other folder', async () => {
    write('alembic.ini', '[alembic]\nscript_location = core\nversion_locations = %(here)s/core/versions %(here)s/billing/revisions\n');
    write('core/env.py', 'from alembic import context\ncontext.configure(transaction_per_migration=True)\n');
    revision('core/versions/a_first.py', 'aaaa', 'None', CREATE);
    revision('billing/revisions/b_second.py', 'bbbb', '"aaaa"', 'op.alter_column("users", "name", type_=sa.String(80))');
    // Widening is free, and only the other folder tells that it is one.
    expect(await findings(['billing/revisions/b_second.py'])).toEqual([]);
  });

  it('a parent that no folder has is said', async () => {
    write('alembic.ini', '[alembic]\nscript_location = core\n');
    revision('core/versions/a_first.py', 'aaaa', 'None', CREATE);
    revision('core/versions/b_second.py', 'bbbb', '("cccc", "aaaa")', 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True))');
    expect((await findings(['core/versions/b_second.py'])).join()).toMatch(/cccc/);
  });

  it('a branch may be asked for by its label', async () => {
    write('alembic.ini', '[alembic]\nscript_location = core\n');
    revision('core/versions/a_first.py', 'aaaa', 'None', CREATE, 'branch_labels = ("base",)\n');
    revision('core/versions/b_second.py', 'bbbb', 'None', 'op.add_column("users", sa.Column("x", sa.Integer))', 'depends_on = "base@head"\n');
    expect(await findings(['core/versions/b_second.py'])).toEqual([]);
  });

  it('env.py apart from the revisions', async () => {
    write('alembic.ini', '[alembic]\nscript_location = app/core\nversion_locations = %(here)s/billing/revisions\n');
    write('app/core/env.py', 'from alembic import context\nconnection.execute(text("SET lock_timeout = \'2s\'"))\ncontext.configure()\n');
    revision('billing/revisions/a.py', 'aaaa', 'None', 'op.add_column("users", sa.Column("x", sa.Integer))');
    expect(await findings(['billing/revisions/a.py'], { 'missing-lock-timeout': 'warning' })).toEqual([]);
  });
});
