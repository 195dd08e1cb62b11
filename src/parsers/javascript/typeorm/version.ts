import type { Host } from '../../parser.js';

const PLACES = 8;
/** `0.3.20`, `^0.3`, `~0.2.45`, `npm:typeorm@0.3.20`; not `>=0.3`, which takes the newest. */
const BEFORE_1 = /"typeorm"\s*:\s*"(?:npm:[\w@/-]+@)?[\^~=v]*0\./;

/** True when the nearest package.json that names TypeORM wants a release before 1.0. */
export function isBefore1(path: string, host: Host | undefined): boolean {
  const sibling = host?.sibling;
  if (sibling === undefined) return false;
  for (let up = 0; up < PLACES; up += 1) {
    const text = sibling(path, `${'../'.repeat(up)}package.json`)?.text ?? '';
    if (/"typeorm"\s*:/.test(text)) return BEFORE_1.test(text);
  }
  return false;
}
