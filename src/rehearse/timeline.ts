import type { LockMode } from '../operations/types.js';
import { strongest } from '../postgres/locks.js';
import type { Seen } from './observe-step.js';
import type { HeldLock } from './types.js';

interface Open {
  table: string;
  mode: LockMode;
  from: number;
  milliseconds: number;
}

/** Which locks were held on which table from which statement to which. */
export class Timeline {
  readonly held: HeldLock[] = [];
  readonly #open = new Map<number, Open>();

  /** A statement has run; locks on relations outside of `old` stand in nobody's way. */
  ran(at: number, { held, before, milliseconds }: Seen, old: ReadonlySet<number>, goesOn: boolean): void {
    for (const open of this.#open.values()) open.milliseconds += milliseconds;
    for (const [oid, written] of held ?? []) {
      const mode = written as LockMode;
      const table = before.tables.get(oid)?.display;
      if (table === undefined || !old.has(oid)) continue;
      const known = this.#open.get(oid);
      if (known === undefined) this.#open.set(oid, { table, mode, from: at, milliseconds });
      else if (strongest(known.mode, mode) !== known.mode) {
        // The stronger one is what others wait for from here on.
        this.held.push({ ...rounded(known), to: at });
        this.#open.set(oid, { table, mode, from: at, milliseconds });
      }
    }
    if (!goesOn) this.end(at);
  }

  /** The transaction has ended. */
  end(at: number): void {
    for (const open of this.#open.values()) this.held.push({ ...rounded(open), to: at });
    this.#open.clear();
  }
}

function rounded(open: Open): Open {
  return { ...open, milliseconds: Math.round(open.milliseconds * 10) / 10 };
}
