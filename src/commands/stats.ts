import { createRequire } from 'node:module';
import { UsageError } from '../config.js';
import type { RehearseChunk } from '../rehearse/index.js';
import { takeSnapshot } from '../stats/take.js';
import type { Options } from './options.js';
import { writeReport } from './output.js';
import type { Terminal } from './terminal.js';

/** The client of PostgreSQL is part of a chunk that nothing else loads. */
function load(): RehearseChunk {
  return (createRequire(import.meta.url)('./rehearse.cjs') as { rehearseChunk: RehearseChunk }).rehearseChunk;
}

const DEFAULT_SECONDS = 5;

function secondsOf(value: string | undefined): number {
  if (value === undefined) return DEFAULT_SECONDS;
  if (!/^\d{1,4}$/.test(value)) throw new UsageError(`--seconds must be a whole number, 0 or more, not "${value}".`);
  return Number(value);
}

/** Writes down how large and how busy the tables of a database are, and nothing of what they hold. */
export async function stats(options: Options, operands: readonly string[], terminal: Terminal): Promise<number> {
  if (operands[0] !== undefined) throw new UsageError(`stats takes no paths; "${operands[0]}" is one.`);
  const url = options['database-url'];
  if (url === undefined) throw new UsageError('stats needs --database-url: the database whose tables are measured.');
  const seconds = secondsOf(options.seconds);
  const session = await load()
    .connect({ connectionString: url, application_name: 'migration-guard stats' })
    .catch((error: unknown) => {
      throw new UsageError(`--database-url: ${(error as Error).message}.`);
    });
  try {
    const wait = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time * 1000));
    const snapshot = await takeSnapshot(session, seconds, wait, () => new Date());
    const text = `${JSON.stringify(snapshot, null, 2)}\n`;
    const [file] = options['output-file'] ?? [];
    if (file === undefined) terminal.out(text);
    else writeReport(file, text);
  } finally {
    await session.close();
  }
  return 0;
}
