import type { Blocked } from '../finding.js';
import { LOCK_MODES } from '../operations/lock-modes.js';
import type { LockMode } from '../operations/types.js';

/**
 * What each mode shuts out. The relation is symmetric; a mode that is missing
 * from its own row (SHARE, for one) may be held by several sessions at once.
 * https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
 */
const CONFLICTS: Readonly<Record<LockMode, readonly LockMode[]>> = {
  'ACCESS SHARE': ['ACCESS EXCLUSIVE'],
  'ROW SHARE': ['EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'ROW EXCLUSIVE': ['SHARE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE UPDATE EXCLUSIVE': [
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ],
  SHARE: ['ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE ROW EXCLUSIVE', 'EXCLUSIVE', 'ACCESS EXCLUSIVE'],
  'SHARE ROW EXCLUSIVE': [
    'ROW EXCLUSIVE',
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ],
  EXCLUSIVE: LOCK_MODES.filter((mode) => mode !== 'ACCESS SHARE'),
  'ACCESS EXCLUSIVE': LOCK_MODES,
};

/** True when one of the two sessions has to wait. */
export function conflicts(a: LockMode, b: LockMode): boolean {
  return CONFLICTS[a].includes(b);
}

/** Position in {@link LOCK_MODES}; a stronger mode shuts out at least what a weaker one does, SHARE and SHARE UPDATE EXCLUSIVE apart. */
export function strength(mode: LockMode): number {
  return LOCK_MODES.indexOf(mode);
}

export function strongest(a: LockMode, b: LockMode): LockMode {
  return strength(a) >= strength(b) ? a : b;
}

/** True when `mode` is at least as strong as `other`. */
export function atLeast(mode: LockMode, other: LockMode): boolean {
  return strength(mode) >= strength(other);
}

/**
 * What other sessions cannot do while the lock is held or waited for. `ddl`
 * (schema changes, VACUUM, ANALYZE, index builds) is named only where it is all
 * that has to wait: a mode that stops writers stops schema changes as well.
 */
export function blockedBy(mode: LockMode): Blocked[] {
  const blocked: Blocked[] = [];
  if (conflicts(mode, 'ACCESS SHARE')) blocked.push('reads');
  if (conflicts(mode, 'ROW EXCLUSIVE')) blocked.push('writes');
  if (blocked.length === 0 && conflicts(mode, 'SHARE UPDATE EXCLUSIVE')) blocked.push('ddl');
  return blocked;
}

/** What the lock blocks in words that follow its name: `blocks writes, not reads`. */
export function describeBlocked(mode: LockMode): string {
  const blocked = blockedBy(mode);
  if (blocked.includes('reads')) return 'blocks reads and writes';
  if (blocked.includes('writes')) return 'blocks writes, not reads';
  if (blocked.includes('ddl')) return 'blocks schema changes and VACUUM, not reads or writes';
  return 'blocks neither reads nor writes';
}
