import { closeSync, lstatSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { oneOf, UsageError } from '../config.js';
import { reasonOf } from '../discover/read-text.js';

/** Where one format of the output goes; null is standard output. */
export interface Destination<F extends string> {
  format: F;
  file: string | null;
}

/**
 * `--format` says what standard output gets. `--output-file <path>` sends that to
 * a file instead, `--output-file <format>=<path>` writes one more report beside it.
 */
export function destinations<F extends string>(
  { format, 'output-file': files = [] }: { format?: string; 'output-file'?: string[] },
  formats: readonly F[],
): Destination<F>[] {
  const main = format === undefined ? (formats[0] as F) : oneOf(format, formats, '--format');
  const result: Destination<F>[] = [];
  let redirected = false;
  for (const file of files) {
    const [, name, path] = /^([a-z]+)=(.+)$/.exec(file) ?? [];
    if (name === undefined || path === undefined) {
      result.push({ format: main, file });
      redirected = true;
    } else {
      result.push({ format: oneOf(name, formats, '--output-file'), file: path });
    }
  }
  return redirected ? result : [{ format: main, file: null }, ...result];
}

/** What is no ordinary file (a pipe, a device, a link) is written into where it stands. */
export function isReplaceable(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? true;
}

function writePieces(file: string, pieces: Iterable<string> | Uint8Array): void {
  const descriptor = openSync(file, 'w');
  try {
    if (pieces instanceof Uint8Array) return writeFileSync(descriptor, pieces);
    let text = '';
    for (const piece of pieces) {
      text += piece;
      if (text.length < BUFFERED) continue;
      writeFileSync(descriptor, text);
      text = '';
    }
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
}

const BUFFERED = 1 << 16;

/**
 * Writes a report file, also an empty one: those who fetch it fail when there is
 * none. It appears when it is whole, so that a run that is stopped leaves the
 * one before.
 */
export function writeReport(file: string, text: string | Iterable<string> | Uint8Array): void {
  const pieces = typeof text === 'string' ? [text] : text;
  try {
    if (!isReplaceable(file)) return writePieces(file, pieces);
    const unfinished = `${file}.${process.pid}.part`;
    try {
      writePieces(unfinished, pieces);
      renameSync(unfinished, file);
    } catch (error) {
      rmSync(unfinished, { force: true });
      throw error;
    }
  } catch (error) {
    throw new UsageError(`--output-file ${file}: ${reasonOf(error)}.`);
  }
}
