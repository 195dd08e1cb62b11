import { PGlite } from '@electric-sql/pglite';
import { describe, expect, it } from 'vitest';
import { pgliteConnection } from '../src/postgres/observe/connection.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '../src/finding.js';
import { lintProject, type ProjectOptions } from '../src/project.js';
import { text } from '../src/reporters/text.js';
import { factsFrom, parseSnapshot, type Snapshot } from '../src/stats/snapshot.js';
import { takeSnapshot } from '../src/stats/take.js';

const size = (rows: number | null, bytes: number, writesPerSecond = 0): Snapshot['tables'][string] => ({ rows, bytes, indexBytes: bytes / 2, writesPerSecond });

const SNAPSHOT: Snapshot = {
  version: 1,
  takenAt: '2026-01-01T00:00:00.000Z',
  server: '16.4',
  tables: { countries: size(200, 65_536), orders: size(40_000_000, 8_000_000_000), events: size(10, 8192, 900), empty: size(null, 0) },
};

async function findings(sql: string, options: ProjectOptions = {}): Promise<Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'stats-'));
  try {
    writeFileSync(join(folder, '0002_x.sql'), sql);
    return (await lintProject({ cwd: folder, config: false, paths: ['0002_x.sql'], stats: SNAPSHOT, ...options })).findings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a snapshot', () => {
  it('is taken of a database without reading a row', async () => {
    const database = await PGlite.create();
    await database.exec(`CREATE SCHEMA billing;
      CREATE TABLE orders (id int PRIMARY KEY, note text);
      CREATE TABLE billing.invoices (id int);
      CREATE TABLE parts (id int) PARTITION BY RANGE (id);
      CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (5000);
      INSERT INTO orders SELECT n, 'secret' FROM generate_series(1, 3000) AS n;
      INSERT INTO parts SELECT n FROM generate_series(1, 2000) AS n;
      ANALYZE orders; ANALYZE parts_1;`);
    const asked: string[] = [];
    const connection = pgliteConnection(database);
    const watched = { ...connection, query: (sql: string) => (asked.push(sql), connection.query(sql)) };
    const snapshot = await takeSnapshot(watched, 2, () => Promise.resolve(), () => new Date(0));
    expect(Object.keys(snapshot.tables)).toEqual(['billing.invoices', 'orders', 'parts', 'parts_1']);
    expect(snapshot.tables['orders']).toMatchObject({ rows: 3000 });
    expect(snapshot.tables['parts']).toMatchObject({ rows: 2000 });
    expect(snapshot.tables['billing.invoices']).toMatchObject({ rows: null, bytes: 0 });
    expect(snapshot.tables['orders']?.bytes).toBeGreaterThan(8192 * 10);
    expect(snapshot.takenAt).toBe('1970-01-01T00:00:00.000Z');
    expect(asked.join('\n')).not.toMatch(/\borders\b/);
    expect(JSON.stringify(snapshot)).not.toContain('secret');
    expect(parseSnapshot(JSON.stringify(snapshot))).toEqual(snapshot);
    await database.close();
  }, 60_000);

  it.each(['', '{}', '[]', '{"version":2,"tables":{}}', '{"version":1,"tables":{"a":1}}', '{"version":1,"tables":{"a":{"rows":"1","bytes":1,"indexBytes":1,"writesPerSecond":0}}}'])('is not %s', (other) => {
    expect(parseSnapshot(other)).toBeNull();
  });

  it('knows small and busy tables, and what was written down knows better', () => {
    expect(factsFrom(SNAPSHOT)).toEqual({ countries: 'small', events: 'hot', empty: 'small' });
    expect(factsFrom(SNAPSHOT, { countries: 'hot', 'public.events': 'small' })).toEqual({ countries: 'hot', empty: 'small', 'public.events': 'small' });
  });
});

describe('a finding', () => {
  it('is a remark on a small table and says its time on a large one', async () => {
    const found = (await findings('CREATE INDEX a ON countries (name);\nCREATE INDEX b ON orders (note);\n')).filter(({ ruleId }) => ruleId === 'create-index-blocking');
    expect(found.map(({ severity }) => severity)).toEqual(['info', 'error']);
    expect(found[0]?.estimate).toBeUndefined();
    expect(found[1]?.estimate).toEqual({ seconds: 104, how: '8.0 GB of "orders" read at 200 MB/s, about 1.6 GB of index built at 25 MB/s' });
  });

  it('counts the table and its indexes where both are written anew', async () => {
    const [found] = (await findings('ALTER TABLE orders ALTER COLUMN total TYPE numeric(20, 2);')).filter(({ estimate }) => estimate !== undefined);
    expect(found?.estimate).toEqual({ seconds: 320, how: '8.0 GB of "orders" written at 50 MB/s, 4.0 GB of its indexes built at 25 MB/s' });
  });

  it('says nothing where a table was not measured, or nothing grows with it', async () => {
    const found = await findings('CREATE INDEX b ON unheard_of (note);\nALTER TABLE orders ADD COLUMN x int;\n');
    expect(found.filter(({ estimate }) => estimate !== undefined)).toEqual([]);
  });

  it('shows the time to people', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stats-'));
    writeFileSync(join(folder, '0002_x.sql'), 'CREATE INDEX b ON orders (note);\n');
    const report = await lintProject({ cwd: folder, config: false, paths: ['0002_x.sql'], stats: SNAPSHOT });
    rmSync(folder, { recursive: true });
    const printed = text(report, { sources: new Map(), width: 80, failOn: null, maxAnnotations: 10, markdownLimit: 1000 });
    expect(printed).toContain('time   about 2 min under lock: 8.0 GB of "orders" read at 200 MB/s');
  });
});
