// Renews what the Python tools really send: makes virtual environments, runs
// every revision and migration of fixtures/differential, and writes down the
// statements. Alembic gets a driver that only writes down, Django a PostgreSQL.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from './servers.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const differential = join(root, 'fixtures', 'differential');
const POSTGRES = 16;

/** Runs `use` with the Python of a fresh environment that holds `packages`. */
function withPython(packages, use) {
  const environment = mkdtempSync(join(tmpdir(), 'migration-guard-python-'));
  const python = join(environment, 'bin', 'python');
  try {
    execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
    execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages], { stdio: 'inherit' });
    use(python);
  } finally {
    rmSync(environment, { recursive: true, force: true });
  }
}

function record(python, script, folder, file, ...rest) {
  const recorded = execFileSync(python, ['-B', join(root, 'scripts', script), folder, ...rest], { maxBuffer: 1 << 28 });
  writeFileSync(join(folder, file), recorded);
}

const alembic = join(differential, 'alembic');
// Libraries of types and operations that revisions import.
const beside = ['sqlalchemy', 'sqlmodel', 'alembic-utils', 'alembic-postgresql-enum', 'geoalchemy2', 'pgvector', 'sqlalchemy-utils', 'psycopg[binary]'];
withPython(['alembic', ...beside], (python) => record(python, 'record-alembic.py', alembic, 'recorded.json'));
withPython(['alembic==1.13.*', ...beside], (python) => record(python, 'record-alembic.py', alembic, 'recorded-1.13.json'));

const server = await startServer(POSTGRES);
try {
  const folder = join(differential, 'django');
  await (await server.connect()).end();
  withPython(['django==5.2.*', 'psycopg[binary]'], (python) => record(python, 'record-django.py', folder, 'recorded.json', server.folder));
} finally {
  await server.stop();
}
