import type { Hash } from 'node:crypto';

/**
 * A digest of a text, in hexadecimal. Most runs on one file need none, and
 * `node:crypto` is slow to load: it is asked for when the first one does.
 */
export function digest(algorithm: 'md5' | 'sha1' | 'sha256', text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto') as { createHash: (name: string) => Hash };
  return createHash(algorithm).update(text).digest('hex');
}
