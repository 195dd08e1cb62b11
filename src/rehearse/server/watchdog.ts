import { spawn, type ChildProcess } from 'node:child_process';

/**
 * What the watchdog runs. Its standard input ends when the process that
 * started it does, however that came about: then it ends the processes that
 * it was told of, and removes the folder.
 */
const SCRIPT = `
const { rmSync } = require('node:fs');
const folder = process.argv[1];
const pids = new Set();
let rest = '';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});
const alive = (pid) => { try { process.kill(pid, 0); return true; } catch { return false; } };
const send = (pid, signal) => { for (const target of [-pid, pid]) try { process.kill(target, signal); } catch {} };
process.stdin.on('data', (data) => {
  const lines = (rest + data).split('\\n');
  rest = lines.pop();
  for (const line of lines) line.startsWith('-') ? pids.delete(Number(line.slice(1))) : pids.add(Number(line));
});
process.stdin.on('error', () => {});
process.stdin.on('close', async () => {
  // SIGQUIT is the immediate shutdown of a server, and the end of anything else.
  for (const pid of pids) send(pid, 'SIGQUIT');
  for (let turn = 0; turn < 50 && [...pids].some(alive); turn++) await new Promise((go) => setTimeout(go, 100));
  for (const pid of pids) if (alive(pid)) send(pid, 'SIGKILL');
  for (let turn = 0; turn < 20; turn++) {
    try { rmSync(folder, { recursive: true, force: true }); break; } catch { await new Promise((go) => setTimeout(go, 100)); }
  }
  process.exit(0);
});
process.stdin.resume();
`;

/** Sees to it that nothing is left of a folder and its processes once this process is gone, even by SIGKILL. */
export class Watchdog {
  readonly #child: ChildProcess;

  constructor(folder: string) {
    // In a group of its own: what the terminal sends to ours must not reach it.
    this.#child = spawn(process.execPath, ['-e', SCRIPT, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    this.#child.on('error', () => undefined);
    this.#child.stdin?.on('error', () => undefined);
    this.#child.unref();
    (this.#child.stdin as unknown as { unref?: () => void } | null)?.unref?.();
  }

  watch(pid: number | undefined): void {
    if (pid !== undefined) this.#child.stdin?.write(`${pid}\n`);
  }

  forget(pid: number | undefined): void {
    if (pid !== undefined) this.#child.stdin?.write(`-${pid}\n`);
  }

  /** Ends what it watches and removes the folder; resolves when that is done. */
  release(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null) return resolve();
      this.#child.ref();
      this.#child.once('exit', () => resolve());
      this.#child.stdin?.end();
    });
  }
}
