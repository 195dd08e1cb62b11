import { Refusal } from './refusal.js';
import { finderFrom, openPGlite } from './pglite.js';
import { readProbe } from './probe.js';
import { markdownReport } from './markdown.js';
import { rehearse, type Place, type RehearsalInput } from './rehearse.js';
import { textReport } from './report.js';
import { borrowedDatabase } from './server/borrowed.js';
import { connect } from './server/client.js';
import { throwAwayServer } from './server/throw-away.js';
import type { RehearsalReport } from './types.js';

/** Where to rehearse; PGlite when neither is given. */
export interface Whereabouts {
  server: number | null;
  url: string | null;
  onCopy: boolean;
  rows: number | null;
  /** Folders from which PGlite is looked for. */
  folders: readonly string[];
  /** One line of what is going to happen, before it does. */
  say: (line: string) => void;
  tell: (text: string) => void;
}

/** PGlite ends with the process; a server, or a session of somebody else's, is ended before it. */
function endedBySignals(place: Place): Place {
  const stop = (signal: NodeJS.Signals): void => {
    void place.close().finally(() => {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    });
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.once(signal, stop);
  return {
    open: (extensions) => place.open(extensions),
    close: async () => {
      for (const signal of signals) process.off(signal, stop);
      await place.close();
    },
  };
}

async function placeFor(where: Whereabouts): Promise<Place> {
  if (where.server !== null && where.url !== null) throw new Refusal('--server and --database-url name two places; give one.');
  if (where.server !== null) return endedBySignals(await throwAwayServer(where.server, where.tell));
  if (where.url !== null) return endedBySignals(await borrowedDatabase(where.url, where));
  const find = finderFrom(where.folders);
  return { open: (extensions) => openPGlite(extensions, find), close: () => Promise.resolve() };
}

/** What the command line loads when it is asked for a rehearsal, and never else. */
export const rehearseChunk = {
  async run(input: Omit<RehearsalInput, 'place' | 'queries'> & { probe: string | null }, where: Whereabouts): Promise<RehearsalReport> {
    const queries = input.probe === null ? [] : readProbe(input.probe);
    const place = await placeFor(where);
    try {
      return await rehearse({ ...input, queries, place });
    } finally {
      await place.close();
    }
  },
  textReport,
  markdownReport,
  connect,
};

export type RehearseChunk = typeof rehearseChunk;
