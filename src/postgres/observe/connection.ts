/** A row as the server sends it. */
export type Row = Record<string, unknown>;

/**
 * One session on a PostgreSQL server, whoever speaks the protocol. Errors
 * reject with the server's SQLSTATE in `code`.
 */
export interface Connection {
  /** Runs a string of statements; answers the rows of the last one. */
  query(sql: string): Promise<Row[]>;
  /** Hands every notice to `listener` until the answered function is called. */
  onNotice(listener: (message: string) => void): () => void;
}

/** What of PGlite's interface is used: `@electric-sql/pglite` is never imported here. */
export interface PGliteLike {
  exec(sql: string, options?: { onNotice?: (notice: { message?: string | undefined }) => void }): Promise<{ rows: unknown[] }[]>;
}

/** PostgreSQL in this process. */
export function pgliteConnection(database: PGliteLike): Connection {
  const listeners = new Set<(message: string) => void>();
  const onNotice = ({ message }: { message?: string | undefined }): void => {
    for (const listener of listeners) listener(message ?? '');
  };
  return {
    async query(sql) {
      const results = await database.exec(sql, { onNotice });
      return (results.at(-1)?.rows ?? []) as Row[];
    },
    onNotice(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

interface QueryResult {
  rows: unknown[];
}

type NoticeListener = (notice: { message?: string | undefined }) => void;

/** What of node-postgres' Client is used: `pg` is never imported here. */
export interface ClientLike {
  query(sql: string): Promise<QueryResult | QueryResult[]>;
  on(event: 'notice', listener: NoticeListener): unknown;
  removeListener(event: 'notice', listener: NoticeListener): unknown;
}

/** A connected Client of the `pg` package. */
export function serverConnection(client: ClientLike): Connection {
  return {
    async query(sql) {
      const result = await client.query(sql);
      const last = Array.isArray(result) ? result.at(-1) : result;
      return (last?.rows ?? []) as Row[];
    },
    onNotice(listener) {
      const heard: NoticeListener = ({ message }) => listener(message ?? '');
      client.on('notice', heard);
      return () => client.removeListener('notice', heard);
    },
  };
}

/** The SQLSTATE of an error the server answered with, or null for any other error. */
export function sqlstateOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : null;
}
