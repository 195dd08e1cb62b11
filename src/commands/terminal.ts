import type { Options } from './options.js';
import type { OutputStream } from './stream.js';

/** The streams of a run, so that a test can look at them. */
export interface Terminal {
  out: (text: string) => void;
  error: (text: string) => void;
}

/**
 * Flags before FORCE_COLOR before NO_COLOR before what the stream says: the
 * order of Node itself and of ESLint.
 */
export function wantsColour(options: Pick<Options, 'color' | 'no-color'>, stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (options['no-color'] === true) return false;
  if (options.color === true) return true;
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: term } = env;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (refused !== undefined && refused !== '') return false;
  return term !== 'dumb' && stream.isTTY === true;
}

/** Columns of the terminal; 80 in a pipe and where a pseudo terminal says 0. */
export function widthOf(stream: { columns?: number | undefined }): number {
  return stream.columns === undefined || stream.columns < 40 ? 80 : Math.min(stream.columns, 120);
}

const PATIENCE = 1000;
const EVERY = 100;

/** A line on standard error for runs of more than a second, on terminals only, wiped when the run ends. */
export class Progress {
  readonly #began = Date.now();
  #last = 0;
  #shown = false;

  constructor(
    private readonly stream: () => OutputStream,
    private readonly quiet: boolean,
  ) {}

  tell(done: number, total: number): void {
    const now = Date.now();
    if (this.quiet || now - this.#began < PATIENCE || now - this.#last < EVERY || !this.stream().isTTY) return;
    this.#last = now;
    this.#shown = true;
    this.stream().write(`\r\u001b[KReading migrations: ${done} of ${total}`);
  }

  end(): void {
    if (this.#shown) this.stream().write('\r\u001b[K');
    this.#shown = false;
  }
}
