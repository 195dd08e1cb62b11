import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** How a command ended, as a shell would say it. */
export interface Executed {
  code: number;
  /** Why it could not be started, in one line without a full stop; null when it ran. */
  failure: string | null;
}

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** For `cmd.exe`, which is what finds npm's own commands on Windows. */
function quoted(word: string): string {
  return /^[\w./:@=+-]+$/.test(word) ? word : `"${word.replaceAll('"', '\\"').replaceAll('%', '%%')}"`;
}

/**
 * A key of the terminal reaches the whole group of processes by itself; what
 * was sent to this process alone has to be handed on. Either way the report
 * still follows.
 */
function passOn(kill: (signal: NodeJS.Signals) => void): () => void {
  const handlers = PASSED_ON.map((signal) => {
    const handler = (): void => {
      if (signal !== 'SIGINT' || process.stdin.isTTY !== true) kill(signal);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => handlers.forEach((remove) => remove());
}

/** Runs a command on this terminal, prompts and colours and all. */
export function execute([command = '', ...rest]: readonly string[]): Promise<Executed> {
  const windows = process.platform === 'win32';
  return new Promise((done) => {
    const child = windows
      ? spawn([command, ...rest].map(quoted).join(' '), { stdio: 'inherit', shell: true })
      : spawn(command, rest, { stdio: 'inherit' });
    const stop = passOn((signal) => child.kill(signal));
    const end = (executed: Executed): void => {
      stop();
      done(executed);
    };
    child.on('error', ({ code, message }: NodeJS.ErrnoException) => {
      if (code === 'ENOENT') end({ code: 127, failure: `${command}: command not found` });
      else if (code === 'EACCES') end({ code: 126, failure: `${command}: permission denied` });
      else end({ code: 126, failure: `${command}: ${message}` });
    });
    child.on('close', (code, signal) => {
      end({ code: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), failure: null });
    });
  });
}
