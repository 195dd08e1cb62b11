import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { PostgresVersion } from '../src/postgres/effects.js';
import { serverConnection } from '../src/postgres/observe/connection.js';
import type { Observation } from '../src/postgres/observe/observe.js';
import { check } from '../test/truth/compare.js';
import { execute } from '../test/truth/execute.js';
import { truths } from '../test/truth/index.js';
import type { Truth } from '../test/truth/truth.js';
import { registerParsers } from './parsers.js';
import { startServer } from './servers.js';

/** Runs the truth suite on real servers, prints every difference and records what was observed. */

const RECORD = new URL('../fixtures/truth/observations.json', import.meta.url);
const SERVERS: readonly PostgresVersion[] = [14, 15, 16, 17, 18];

/** What a version did, without what is empty. */
type Seen = { [K in keyof Observation]?: unknown };

function seen(observation: Observation): Seen {
  const entries = Object.entries(observation).filter(([key, value]) => {
    if (key === 'message' || key === 'read') return false;
    return Array.isArray(value) ? value.length > 0 : value !== null && value !== false;
  });
  return Object.fromEntries(
    entries.map(([key, value]) => [key, key === 'locks' ? (value as { table: string; mode: string }[]).map(({ table, mode }) => `${table} ${mode}`) : (value as unknown)]),
  );
}

const nameOf = (truth: Truth): string =>
  [truth.theme, truth.before, truth.statement, truth.transaction].filter((part) => part !== undefined).join(' | ');

async function run(version: PostgresVersion, record: Map<string, Map<string, number[]>>): Promise<number> {
  const server = await startServer(version);
  const [client, watcher] = [await server.connect(), await server.connect()];
  const cases = truths.filter(({ since, until }) => since <= version && until >= version);
  let wrong = 0;
  let assumptions = 0;
  try {
    for await (const { truth, observation } of execute(serverConnection(client), cases, serverConnection(watcher))) {
      const versions = record.get(nameOf(truth)) ?? new Map<string, number[]>();
      record.set(nameOf(truth), versions);
      const text = JSON.stringify(seen(observation));
      versions.set(text, [...(versions.get(text) ?? []), version]);
      const { differs, assumed } = check(truth, observation, version);
      if (assumed) assumptions++;
      else if (differs.length > 0) {
        wrong++;
        console.log(`${version}  ${nameOf(truth)}\n${differs.map((line) => `      ${line}`).join('\n')}`);
      }
    }
  } finally {
    await Promise.all([client.end(), watcher.end()]);
    await server.stop();
  }
  const agreed = cases.length - wrong - assumptions;
  console.log(`PostgreSQL ${version}: ${agreed} of ${cases.length} agree, ${wrong} differ, ${assumptions} assumed`);
  return wrong;
}

/** Observations that several versions share stand once: `14-18`. */
function written(record: Map<string, Map<string, number[]>>): string {
  const cases = [...record].map(([name, versions]) => {
    const lines = [...versions].map(([text, list]) => `    ${JSON.stringify(list.length > 1 ? `${list[0]}-${list.at(-1)}` : `${list[0]}`)}: ${text}`);
    return `  ${JSON.stringify(name)}: {\n${lines.join(',\n')}\n  }`;
  });
  return `{\n${cases.join(',\n')}\n}\n`;
}

const { values } = parseArgs({ options: { postgres: { type: 'string', multiple: true } } });
const wanted = values.postgres === undefined ? SERVERS : SERVERS.filter((version) => values.postgres?.includes(String(version)));
await registerParsers();
const record = new Map<string, Map<string, number[]>>();
let wrong = 0;
for (const version of wanted) wrong += await run(version, record);
// A record of some versions would lose the others.
if (wanted.length === SERVERS.length) writeFileSync(RECORD, written(record));
process.exitCode = wrong === 0 ? 0 : 1;
