// What TypeScript and JavaScript migrations cost: a thousand of them, every
// framework's among them, read and lowered again and again in one process on
// the built parser. Files by second of processor time, all threads together so
// that other work on the machine counts little, and the peak of the process.
//
//   node bench/javascript.mjs [--files 1000] [--rounds 8] [--check]
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '8' },
    check: { type: 'boolean', default: false },
  },
});
const LIMIT_MEGABYTES = 200;
const FLOOR = 3000;

const { parser } = createRequire(import.meta.url)('../dist/javascript.cjs');
const folder = join(here, '..', 'fixtures', 'differential');
const originals = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.[cm]?[jt]s$/.test(entry.name))
  .map((entry) => ({ path: join(entry.parentPath, entry.name), text: readFileSync(join(entry.parentPath, entry.name), 'utf8') }))
  .filter((source) => parser.recognise(source) !== null);

/** No two alike, so that nothing is known from the one before. */
const sources = Array.from({ length: Number(values.files) }, (_, at) => {
  const { path, text } = originals[at % originals.length];
  return { path: path.replace(/([^/]+)$/, `${at}-$1`), text: `${text}// ${at}\n` };
});

function round() {
  const from = performance.now();
  const before = process.cpuUsage();
  let operations = 0;
  for (const source of sources) {
    parser.recognise(source);
    const read = parser.parse(source, {});
    if ('up' in read) operations += read.up.length;
  }
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, wall: (performance.now() - from) / 1000, operations };
}

const bytes = sources.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
console.log(`${sources.length} files made of ${originals.length}, ${(bytes / sources.length / 1024).toFixed(1)} KB each`);
let best = 0;
for (let at = 1; at <= Number(values.rounds); at += 1) {
  const { seconds, wall, operations } = round();
  const rate = sources.length / seconds;
  best = Math.max(best, rate);
  console.log(`round ${at}: ${rate.toFixed(0)} files/s (${(sources.length / wall).toFixed(0)} by the clock), ${operations} operations`);
}
const peak = process.resourceUsage().maxRSS / 1024;
const over = best < FLOOR || peak > LIMIT_MEGABYTES;
console.log(`peak ${peak.toFixed(0)} MB${over ? '  over' : ''}`);
if (over && values.check) process.exitCode = 1;
