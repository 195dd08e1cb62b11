// What many files cost: the built command line over copies of a folder of
// projects, until there are enough files. Processor time of the whole process,
// in units of `node -e 0` of the same run, for a run that finds nothing kept,
// and for the same again, in which nothing has changed. The last column is time
// by file against the smallest set, and stays near 1 as long as growth is linear.
//
//   node bench/throughput.mjs [--files 1000,10000] [--from fixtures/projects] [--check]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '1000,10000' },
    from: { type: 'string', default: join(here, '..', 'fixtures', 'projects') },
    check: { type: 'boolean', default: false },
  },
});
const command = join(here, '..', 'bin', 'migration-guard.js');
const LIMIT_MEGABYTES = 250;
const LIMIT_GROWTH = 1.2;

const PEAK = 'process.on("exit",()=>require("node:fs").writeFileSync(process.env.PEAK,String(process.resourceUsage().maxRSS)))';

/** Milliseconds of processor and wall, and the peak in megabytes. */
function measured(argv, folder) {
  const peak = join(folder, 'peak');
  const script = 'TIMEFORMAT="%3U %3S %3R"; { time "$@" >/dev/null 2>&1; } 2>&1';
  const { stdout, status } = spawnSync('bash', ['-c', script, 'bash', process.execPath, '--require', join(folder, 'peak.cjs'), ...argv], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PEAK: peak },
  });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}`);
  const [user, system, wall] = stdout.trim().split(' ').map((seconds) => Number(seconds) * 1000);
  return { cpu: user + system, wall, megabytes: Number(readFileSync(peak, 'utf8')) / 1024 };
}

function isFile(entry) {
  return entry.isFile() && /\.(?:sql|py|[jt]s)$/.test(entry.name);
}

/** Copies until there are so many files, each copy a project of its own. */
function tree(folder, wanted) {
  const source = resolve(values.from);
  const each = readdirSync(source, { recursive: true, withFileTypes: true }).filter(isFile).length;
  const copies = Math.ceil(wanted / each);
  for (let copy = 1; copy <= copies; copy++) cpSync(source, join(folder, `copy-${copy}`), { recursive: true });
  return copies * each;
}

let smallest;
console.log(`${'files'.padStart(8)}${'CPU'.padStart(11)}${'wall'.padStart(11)}${'CPU again'.padStart(11)}${'wall again'.padStart(11)}${'x node -e 0'.padStart(13)}${'peak'.padStart(9)}${'by file'.padStart(9)}`);
for (const wanted of values.files.split(',').map(Number)) {
  const folder = mkdtempSync(join(tmpdir(), 'migration-guard-bench-'));
  try {
    writeFileSync(join(folder, 'peak.cjs'), PEAK);
    mkdirSync(join(folder, 'node_modules'));
    const files = tree(folder, wanted);
    const base = measured(['-e', '0'], folder);
    const argv = [command, '--all', '--format', 'json', '--output-file', 'report.json'];
    const own = measured(argv, folder);
    const again = measured(argv, folder);
    const perFile = (own.cpu - base.cpu) / files;
    smallest ??= perFile;
    const growth = perFile / smallest;
    const over = own.megabytes > LIMIT_MEGABYTES || growth > LIMIT_GROWTH;
    console.log(
      `${String(files).padStart(8)}${`${own.cpu.toFixed(0)} ms`.padStart(11)}${`${own.wall.toFixed(0)} ms`.padStart(11)}${`${again.cpu.toFixed(0)} ms`.padStart(11)}${`${again.wall.toFixed(0)} ms`.padStart(11)}${(own.cpu / base.cpu).toFixed(1).padStart(13)}${`${own.megabytes.toFixed(0)} MB`.padStart(9)}${growth.toFixed(2).padStart(9)}${over ? '  over' : ''}`,
    );
    if (over && values.check) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
