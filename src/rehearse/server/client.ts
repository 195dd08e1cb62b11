import pg from 'pg';
import { serverConnection } from '../../postgres/observe/connection.js';
import type { Session } from '../database.js';

/** A session on a server, by what the `pg` client takes. */
export async function connect(options: pg.ClientConfig): Promise<Session> {
  const client = new pg.Client(options);
  // An error between two statements is told by the next one.
  client.on('error', () => undefined);
  await client.connect();
  return { ...serverConnection(client), close: () => client.end() };
}
