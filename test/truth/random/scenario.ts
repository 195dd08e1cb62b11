import fc from 'fast-check';
import { observe } from '../../../src/postgres/observe/observe.js';
import type { Connection } from '../../../src/postgres/observe/connection.js';
import { check } from '../compare.js';
import { RESET } from '../execute.js';
import type { Truth } from '../truth.js';
import { draws } from './choices.js';
import { randomSchema } from './schema.js';
import { randomStatement } from './statement.js';

/** A schema and statements over it, each of which runs alone. */
export interface Scenario {
  setup: string[];
  statements: string[];
}

export const scenario: fc.Arbitrary<Scenario> = fc
  .record({
    tables: fc.array(draws, { minLength: 1, maxLength: 4 }),
    extras: draws,
    statements: fc.array(draws, { minLength: 1, maxLength: 24 }),
  })
  .map(({ tables, extras, statements }) => {
    const schema = randomSchema(tables, extras);
    return { setup: schema.setup, statements: statements.map((numbers) => randomStatement(numbers, schema)) };
  });

/** The statements that the server took, in order. */
async function prepare(connection: Connection, setup: readonly string[]): Promise<string[]> {
  await connection.query('SET client_min_messages = warning');
  await connection.query(RESET);
  const taken: string[] = [];
  for (const statement of setup) {
    try {
      await connection.query(statement);
      taken.push(statement);
    } catch {
      // A random schema may ask for what the server refuses.
    }
  }
  await connection.query('RESET client_min_messages');
  return taken;
}

/** A difference as a case of the truth suite. */
export interface Found {
  setup: string[];
  statement: string;
  differs: string[];
}

/** Where a statement is refused for more than one reason, which of them is named is a matter of the server's own order. */
function isOtherReason(line: string): boolean {
  return /^fails: predicted \w{5} (?:always|in-transaction), observed \w{5}$/.test(line);
}

/** The rows of a domain's columns are seen as read where there are some. */
function isOverNoRows(statement: string, line: string): boolean {
  return statement.startsWith('ALTER DOMAIN') && line.startsWith('scans:');
}

/** Every difference between prediction and observation; what the prediction itself calls assumed is none. */
export async function differencesOf({ setup, statements }: Scenario, connection: Connection): Promise<Found[]> {
  const taken = await prepare(connection, setup);
  const found: Found[] = [];
  for (const statement of statements) {
    const truth: Truth = { theme: 'random', setup: `${taken.join(';\n')};`, statement, since: 18, until: 18 };
    const observation = await observe(connection, statement);
    if (observation.refusesTransaction) {
      await prepare(connection, setup);
      continue;
    }
    const differs = check(truth, observation, 18).differs.filter((line) => !line.startsWith('assumes:') && !isOtherReason(line) && !isOverNoRows(statement, line));
    if (differs.length > 0) found.push({ setup: taken, statement, differs });
  }
  return found;
}

/** Text to paste into a file of `test/truth`. */
export function asCase({ setup, statement, differs }: Found): string {
  return `${differs.map((line) => `// ${line}`).join('\n')}\n{ theme: 'random', setup: \`${setup.join('; ')};\`, cases: [${JSON.stringify(statement)}] },`;
}
