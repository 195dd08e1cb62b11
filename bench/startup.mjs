// What one small file costs: CPU time of the whole process, user and system, of
// the built command line against `node -e 0`, the two taking turns; `kept` is a
// run in which nothing has changed since the last.
//
//   node bench/startup.mjs [--rounds 15] [--check]
//
// Node cannot tell the CPU time of a child that has ended, and a child's own
// last word misses what V8 still compiles while the process ends. bash can: it
// waits for the child and asks the kernel.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '15' }, check: { type: 'boolean', default: false } },
});
const here = dirname(fileURLToPath(import.meta.url));
const command = join(here, '..', 'bin', 'migration-guard.js');

/** `limit`: whole-process CPU in units of `node -e 0`, on the oldest supported Node. */
const CASES = [
  { name: 'node -e 0', argv: ['-e', '0'] },
  { name: 'SQL', argv: [command, '--no-cache', 'small/add_tenant.sql'], limit: 1.8 },
  { name: 'SQL, kept', argv: [command, 'small/add_tenant.sql'], limit: 1.6 },
  { name: 'TypeScript', argv: [command, '--no-cache', 'small/1718000000000-AddTenant.ts'], limit: 1.6 },
  { name: 'TypeScript, kept', argv: [command, 'small/1718000000000-AddTenant.ts'], limit: 1.4 },
  { name: 'Python', argv: [command, '--no-cache', 'small/3f2a9c1d7b60_add_tenant.py'], limit: 1.6 },
  { name: 'Python, kept', argv: [command, 'small/3f2a9c1d7b60_add_tenant.py'], limit: 1.4 },
];

function cpuMilliseconds(argv) {
  const script = 'TIMEFORMAT="%3U %3S"; { time "$@" >/dev/null 2>&1; } 2>&1';
  const { stdout, status } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...argv], { cwd: here, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`);
  const [user, system] = stdout.trim().split(' ').map(Number);
  return (user + system) * 1000;
}

function median(samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const samples = new Map(CASES.map(({ name }) => [name, []]));
for (const { argv } of CASES) cpuMilliseconds(argv); // the disk's turn
for (let round = 0; round < Number(values.rounds); round++) {
  for (const { name, argv } of CASES) samples.get(name).push(cpuMilliseconds(argv));
}

const base = samples.get('node -e 0');
console.log(`Node ${process.version}, ${values.rounds} rounds, CPU time of the whole process\n`);
console.log(`${''.padEnd(18)}${'median'.padStart(10)}${'ratio'.padStart(8)}${'added'.padStart(10)}${'least'.padStart(8)}${'limit'.padStart(8)}`);
for (const { name, limit } of CASES) {
  const own = samples.get(name);
  const ratio = median(own) / median(base);
  const over = limit !== undefined && ratio > limit;
  console.log(
    [
      name.padEnd(18),
      `${median(own).toFixed(1)} ms`.padStart(10),
      `${ratio.toFixed(2)}x`.padStart(8),
      `${(median(own) - median(base)).toFixed(1)} ms`.padStart(10),
      // The quietest rounds against each other: what a loaded machine cannot spoil.
      `${(Math.min(...own) / Math.min(...base)).toFixed(2)}x`.padStart(8),
      (limit === undefined ? '' : `${limit}x`).padStart(8),
      over ? '  over' : '',
    ].join(''),
  );
  if (over && values.check) process.exitCode = 1;
}
