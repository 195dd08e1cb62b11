import { writeFileSync } from 'node:fs';
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

/** Writes a report file, also an empty one: those who fetch it fail when there is none. */
export function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`--output-file ${file}: ${reasonOf(error)}.`);
  }
}
