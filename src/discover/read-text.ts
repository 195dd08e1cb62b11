import { isUtf8 } from 'node:buffer';
import { readFileSync, statSync } from 'node:fs';
import type { Seen } from './seen.js';

/** Nothing written by hand or by a generator comes near it; a parser would need gigabytes. */
const SIZE_LIMIT = 64 * 1024 * 1024;

/** How much of a file is looked at before it is called binary, as git does. */
const PROBE = 8000;

export type ReadText =
  /** `notice`: the text could be read, with something to say about it. */
  | { text: string; notice?: string }
  /** One line without a full stop. */
  | { failure: string };

/** As `readText`, telling whoever wants to know what the file was found to hold. */
export function readTextSeen(file: string, seen: Seen | undefined): ReadText {
  if (seen === undefined) return readText(file);
  seen.note(file);
  return readText(file, (bytes) => seen.took?.(file, bytes));
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'no such file or directory',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a directory',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

/** An error of the file system in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code === undefined ? undefined : REASONS[code]) ?? message;
}

function notText(bytes: Buffer): string | null {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'UTF-16 text; save it as UTF-8';
  return bytes.subarray(0, PROBE).includes(0) ? 'binary file' : null;
}

function lineOfFirstReplacement(text: string): number {
  return text.slice(0, Math.max(text.indexOf('\ufffd'), 0)).split('\n').length;
}

/** The text of bytes that claim to be a migration. */
export function textOf(bytes: Buffer): ReadText {
  if (bytes.length > SIZE_LIMIT) return { failure: `larger than ${SIZE_LIMIT / 1024 / 1024} MB` };
  const failure = notText(bytes);
  if (failure !== null) return { failure };
  const text = bytes.toString('utf8');
  if (isUtf8(bytes)) return { text };
  // One accented letter in a comment must not hide what the statements do.
  return { text, notice: `not valid UTF-8 (line ${lineOfFirstReplacement(text)}); read with replacement characters` };
}

/** Reads a file; never throws. `took` is given the bytes. */
export function readText(file: string, took?: (bytes: Uint8Array) => void): ReadText {
  try {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return { failure: 'no such file or directory' };
    if (stats.isDirectory()) return { failure: 'is a directory' };
    if (!stats.isFile()) return { failure: 'not a regular file' };
    if (stats.size > SIZE_LIMIT) return { failure: `larger than ${SIZE_LIMIT / 1024 / 1024} MB` };
    const bytes = readFileSync(file);
    took?.(bytes);
    return textOf(bytes);
  } catch (error) {
    return { failure: reasonOf(error) };
  }
}
