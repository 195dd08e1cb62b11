import { PGlite } from '@electric-sql/pglite';
import { describe, expect, it } from 'vitest';
import { LOCK_MODES } from '../src/operations/lock-modes.js';
import { blockedBy, conflicts, describeBlocked, strongest } from '../src/postgres/locks.js';

describe('lock modes', () => {
  it('conflict in both directions', () => {
    for (const a of LOCK_MODES) for (const b of LOCK_MODES) expect(conflicts(a, b)).toBe(conflicts(b, a));
  });

  it('are the modes PostgreSQL accepts in LOCK TABLE', async () => {
    const database = await PGlite.create();
    await database.exec('create table t (a int)');
    for (const mode of LOCK_MODES) {
      await database.exec(`begin; lock table t in ${mode} mode`);
      const { rows } = await database.query<{ mode: string }>(
        "select mode from pg_locks where relation = 't'::regclass",
      );
      expect(rows.map((row) => row.mode.replace(/Lock$/, '').toUpperCase())).toEqual([mode.replaceAll(' ', '')]);
      await database.exec('rollback');
    }
    await database.close();
  });

  it('say what has to wait', () => {
    expect(LOCK_MODES.map(blockedBy)).toEqual([
      [],
      [],
      [],
      ['ddl'],
      ['writes'],
      ['writes'],
      ['writes'],
      ['reads', 'writes'],
    ]);
    expect(describeBlocked('SHARE')).toBe('blocks writes, not reads');
    expect(strongest('SHARE', 'ROW EXCLUSIVE')).toBe('SHARE');
  });
});
