// What it costs to look up whether the deployed release still uses what a
// migration drops: a repository of 5,000 source files, searched for the first
// time and again, against the same run without a search.
//
//   node bench/usage.mjs [--files 5000] [--rounds 5]
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { files: { type: 'string', default: '5000' }, rounds: { type: 'string', default: '5' } } });
const command = join(dirname(fileURLToPath(import.meta.url)), '..', 'bin', 'migration-guard.js');
const root = mkdtempSync(join(tmpdir(), 'bench-usage-'));
const git = (...args) => execFileSync('git', ['-C', root, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { stdio: 'ignore' });

function write(path, text) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** One file in twenty is an entity, one in twenty sends SQL; the rest is code that happens to use the same words. */
function source(index) {
  const name = `Thing${index}`;
  if (index % 20 === 0) {
    const columns = ['id', 'name', 'status', 'total', 'note', 'createdAt'].map((column) => `  @Column({ nullable: true })\n  ${column}: string;\n`);
    return [`src/entities/thing-${index}.ts`, `import { Column, Entity } from 'typeorm';\n\n@Entity('thing_${index}')\nexport class ${name} {\n${columns.join('\n')}}\n`];
  }
  if (index % 20 === 1) {
    return [`src/queries/thing-${index}.ts`, `export const load${index} = (db, id) =>\n  db.query(\`SELECT id, status, note FROM thing_${index - 1} WHERE id = $1\`, [id]);\n`];
  }
  const lines = Array.from({ length: 60 }, (_, line) => `  const value${line} = compute(input.status, ${line}); // ${name} keeps a note of its total`);
  return [`src/services/${index % 50}/thing-${index}.ts`, `export function ${name.toLowerCase()}(input) {\n${lines.join('\n')}\n  return value0;\n}\n`];
}

const dropped = ['status', 'note', 'legacy_code'].map((column, index) => `ALTER TABLE thing_${index * 20} DROP COLUMN ${column};\n`).join('');
try {
  git('init', '-q', '-b', 'main');
  write('.gitignore', 'node_modules\n');
  mkdirSync(join(root, 'node_modules'));
  for (let index = 0; index < Number(values.files); index++) write(...source(index));
  write('migrations/0001_things.sql', Array.from({ length: 5 }, (_, index) => `CREATE TABLE thing_${index * 20} (id bigint PRIMARY KEY, status text, note text, legacy_code text);\n`).join(''));
  git('add', '-A');
  git('commit', '-q', '-m', 'x');
  write('migrations/0002_drop.sql', dropped);
  measure();
} finally {
  rmSync(root, { recursive: true, force: true });
}

function wall(...args) {
  const start = process.hrtime.bigint();
  const { status, stdout } = spawnSync(process.execPath, [command, 'migrations/0002_drop.sql', '--format', 'json', ...args], { cwd: root, encoding: 'utf8' });
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`ended with ${status}`);
  return { took, found: JSON.parse(stdout).findings.filter(({ uses }) => uses !== undefined).length };
}

function median(samples) {
  return [...samples].sort((a, b) => a - b)[samples.length >> 1];
}

function measure() {
  const cases = { without: [], cold: [], warm: [] };
  let found = 0;
  wall('--deployed', 'none');
  for (let round = 0; round < Number(values.rounds); round++) {
    rmSync(join(root, 'node_modules', '.cache'), { recursive: true, force: true });
    cases.without.push(wall('--deployed', 'none').took);
    cases.cold.push(wall().took);
    const again = wall();
    cases.warm.push(again.took);
    ({ found } = again);
  }
  console.log(`Node ${process.version}, ${values.files} files, ${values.rounds} rounds, ${found} findings with places, wall time of the whole process\n`);
  const base = median(cases.without);
  for (const [name, samples] of Object.entries(cases)) console.log(`${name.padEnd(9)}${`${median(samples).toFixed(0)} ms`.padStart(9)}${`+${(median(samples) - base).toFixed(0)} ms`.padStart(10)}`);
}
