// Renews what the Python tools really send: makes a virtual environment, runs
// every revision of fixtures/differential with a driver that only writes down.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const environment = mkdtempSync(join(tmpdir(), 'migration-guard-python-'));
const python = join(environment, 'bin', 'python');

try {
  execFileSync('python3', ['-m', 'venv', environment], { stdio: 'inherit' });
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', 'alembic', 'sqlalchemy', 'sqlmodel'], { stdio: 'inherit' });
  const folder = join(root, 'fixtures', 'differential', 'alembic');
  const recorded = execFileSync(python, ['-B', join(root, 'scripts', 'record-alembic.py'), folder], { maxBuffer: 1 << 28 });
  writeFileSync(join(folder, 'recorded.json'), recorded);
} finally {
  rmSync(environment, { recursive: true, force: true });
}
