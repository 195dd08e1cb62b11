import type { Connection } from '../../src/postgres/observe/connection.js';
import { observe, type Observation } from '../../src/postgres/observe/observe.js';
import type { Truth } from './truth.js';

/** Everything a setup may have made, gone; public is there and empty. */
export const RESET = `
DO $reset$
DECLARE found record;
BEGIN
  FOR found IN SELECT pubname AS name FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', found.name); END LOOP;
  FOR found IN SELECT evtname AS name FROM pg_event_trigger LOOP EXECUTE format('DROP EVENT TRIGGER %I', found.name); END LOOP;
  FOR found IN SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE format('DROP SCHEMA %I CASCADE', found.name);
  END LOOP;
END $reset$;
CREATE SCHEMA public;`;

async function prepare(connection: Connection, setup: string): Promise<void> {
  await connection.query('SET client_min_messages = warning');
  await connection.query(RESET);
  await connection.query(setup);
  await connection.query('RESET client_min_messages');
}

/** Runs cases in the order given; neighbours that share a setup share its tables, until one leaves something behind. */
export async function* execute(
  connection: Connection,
  truths: readonly Truth[],
  watcher?: Connection,
): AsyncGenerator<{ truth: Truth; observation: Observation }> {
  let prepared: string | null = null;
  for (const truth of truths) {
    if (prepared !== truth.setup) await prepare(connection, truth.setup);
    const observation = await observe(connection, truth.statement, {
      ...(truth.before === undefined ? {} : { before: truth.before }),
      ...(truth.transaction === undefined ? {} : { transaction: truth.transaction }),
      ...(watcher === undefined ? {} : { watcher }),
    });
    const outside = truth.transaction === 'none' || observation.refusesTransaction;
    prepared = outside ? null : truth.setup;
    yield { truth, observation };
  }
}
