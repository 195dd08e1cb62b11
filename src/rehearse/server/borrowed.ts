import { numberOf, serverError, type Database, type Session } from '../database.js';
import type { Place } from '../rehearse.js';
import { Refusal } from '../refusal.js';
import { connect } from './client.js';
import { transactionEnd } from './transaction-end.js';

/** What of a database speaks for its being in use. */
export interface Condition {
  /** Without user and password. */
  name: string;
  version: number;
  tables: number;
  /** Sessions of others. */
  sessions: number;
  standby: boolean;
}

const CONDITION = `
SELECT current_database() AS name, current_setting('server_version_num')::int AS number, pg_is_in_recovery() AS standby,
  (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')) AS tables,
  (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) AS sessions`;

async function conditionOf(session: Session, host: string): Promise<Condition> {
  const [row] = await session.query(CONDITION);
  return {
    name: `${String(row?.name)} on ${host}`,
    version: Math.floor(numberOf(row?.number) / 10_000),
    tables: numberOf(row?.tables),
    sessions: numberOf(row?.sessions),
    standby: row?.standby === true,
  };
}

/** Why a database may not be used, one sentence; null when it may. */
export function refusalOf({ name, tables, sessions, standby }: Condition, onCopy: boolean): string | null {
  if (standby) return `${name} is a standby, which takes no changes.`;
  if (tables === 0 || onCopy) return null;
  const used = sessions > 0 ? `, and ${sessions === 1 ? 'another session is' : `${sessions} other sessions are`} connected to it` : '';
  return `${name} is not empty: it holds ${tables === 1 ? 'a table' : `${tables} tables`}${used}. If it is a copy that may be locked for the time of the rehearsal, say so with --on-copy.`;
}

/** What is about to happen to it, for the user to read before it does. */
export function planOf({ name, tables, sessions }: Condition, rows: number | null): string[] {
  return [
    `Rehearsing on ${name}, in one transaction that is rolled back at the end.`,
    tables === 0 ? 'It is empty: the earlier migrations are played into it first.' : `Its ${tables === 1 ? 'table and its rows are' : `${tables} tables and their rows are`} taken as they are${rows === null ? '' : `, and filled up to ${rows} rows each`}; no earlier migration is played.`,
    'Every lock is held until the end. What cannot be rolled back (CONCURRENTLY, VACUUM) is not run; numbers drawn from sequences stay drawn.',
    ...(sessions > 0 ? [`${sessions} other ${sessions === 1 ? 'session is' : 'sessions are'} connected and may have to wait.`] : []),
  ];
}

/**
 * SQL that makes the server end a statement whose client is gone, so that a run
 * that is killed holds no lock for long; empty where the server cannot (before
 * 14, and on Windows).
 */
async function noticesEnd(session: Session): Promise<string> {
  const setting = "SET client_connection_check_interval = '1s'";
  try {
    await session.query(setting);
    return `; ${setting}`;
  } catch (error) {
    if (serverError(error) === null) throw error;
    return '';
  }
}

/** Sends nothing that would end the transaction: what came before could not be rolled back any more. */
function withinTransaction(session: Session): Session {
  return {
    ...session,
    async query(sql) {
      const word = transactionEnd(sql);
      if (word === null) return session.query(sql);
      // The server's own answer where a transaction may not be ended.
      throw Object.assign(new Error(`${word} was not sent: it would end the transaction that is rolled back at the end`), { code: '2D000' });
    },
  };
}

/** A database of somebody else's. Nothing that happens in it outlives the session. */
export async function borrowedDatabase(url: string, options: { onCopy: boolean; rows: number | null; say: (line: string) => void }): Promise<Place> {
  let host: string;
  let session: Session;
  try {
    host = new URL(url).host || 'this machine';
    session = await connect({ connectionString: url, connectionTimeoutMillis: 15_000 });
  } catch (error) {
    throw new Refusal(`--database-url: ${error instanceof Error ? error.message : String(error)}.`);
  }
  const condition = await conditionOf(session, host);
  const refusal = refusalOf(condition, options.onCopy);
  if (refusal !== null) {
    await session.close();
    throw new Refusal(`--database-url: ${refusal}`);
  }
  for (const line of planOf(condition, options.rows)) options.say(line);
  const noticing = await noticesEnd(session);
  return {
    async open(): Promise<Database> {
      const settings = `SET LOCAL lock_timeout = '10s'${noticing}`;
      await session.query(`BEGIN; ${settings}`);
      return {
        description: `PostgreSQL ${condition.version}, ${condition.name}`,
        version: condition.version,
        session: withinTransaction(session),
        belongs: 'borrowed',
        settings,
        another: null,
        onCopy: null,
        close: async () => {
          await session.query('ROLLBACK');
        },
      };
    },
    close: () => session.close(),
  };
}
