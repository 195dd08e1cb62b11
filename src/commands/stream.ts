import { fstatSync, statSync, writeSync } from 'node:fs';

/** Standard output or standard error, as far as a command needs to know it. */
export interface OutputStream {
  readonly isTTY: boolean;
  /** Of the terminal; undefined where there is none. */
  readonly columns: number | undefined;
  write(text: string | Uint8Array): void;
}

type Descriptor = 1 | 2;

/** Windows writes to a console in its own way: there, every stream may be one. */
function mayBeTerminal(descriptor: Descriptor): boolean {
  if (process.platform === 'win32') return true;
  try {
    const stats = fstatSync(descriptor);
    return stats.isCharacterDevice() && stats.rdev !== statSync('/dev/null').rdev;
  } catch {
    return false;
  }
}

/** A reader that has seen enough (`| head`) is no fault of ours. */
function unlessClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function terminalStream(descriptor: Descriptor): OutputStream {
  const stream = descriptor === 1 ? process.stdout : process.stderr;
  stream.on('error', unlessClosed);
  return {
    isTTY: stream.isTTY,
    columns: stream.isTTY ? stream.columns : undefined,
    write: (text) => void stream.write(text),
  };
}

/** Nobody may be reading at the moment, in which case Node's own stream knows how to wait. */
function plainStream(descriptor: Descriptor): OutputStream {
  let stream: OutputStream | undefined;
  const write = (text: string | Uint8Array): void => {
    if (stream !== undefined) return stream.write(text);
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return unlessClosed(error as NodeJS.ErrnoException);
      stream = terminalStream(descriptor);
      // Bytes, not text: a character may lie half on either side of what is written.
      stream.write(bytes.subarray(written));
    }
  };
  return { isTTY: false, columns: undefined, write };
}

/**
 * Node's streams cost more than linting a small file does, and a pipe or a file
 * needs nothing of them: only a terminal is opened as one.
 */
function opened(descriptor: Descriptor): () => OutputStream {
  let stream: OutputStream | undefined;
  return () => (stream ??= mayBeTerminal(descriptor) ? terminalStream(descriptor) : plainStream(descriptor));
}

export const standardOutput = opened(1);
export const standardError = opened(2);
