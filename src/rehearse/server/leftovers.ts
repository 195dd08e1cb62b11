import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders of ours begin so. */
export const PREFIX = 'migration-guard-rehearsal-';

const OWNER = 'owner.pid';

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function numberIn(file: string): number | null {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : null;
  } catch {
    return null;
  }
}

/** For so long a folder may be without its owner's name, in milliseconds. */
const UNSIGNED = 60_000;

function madeAt(folder: string): number {
  return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
}

export function claim(folder: string): void {
  writeFileSync(join(folder, OWNER), `${process.pid}\n`);
}

/**
 * Removes what runs left behind whose watchdog was killed as well: folders
 * whose owner is gone, with the server that runs in them.
 */
export function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const folder = join(tmpdir(), name);
    const owner = numberIn(join(folder, OWNER));
    // Between making a folder and signing it lies a moment.
    if (owner === null ? Date.now() - madeAt(folder) < UNSIGNED : alive(owner)) continue;
    const server = numberIn(join(folder, 'cluster', 'postmaster.pid'));
    try {
      if (server !== null && alive(server)) process.kill(server, 'SIGQUIT');
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    } catch {
      // Another user's, or still being shut down: the next run tries again.
    }
  }
}
