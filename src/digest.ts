import type { Hash } from 'node:crypto';

interface Crypto {
  createHash: (name: string) => Hash;
  hash?: (name: string, data: string | Uint8Array) => string;
}

/**
 * A digest of a text, in hexadecimal. Most runs on one file need none, and
 * `node:crypto` is slow to load: it is asked for when the first one does.
 */
export function digest(algorithm: 'md5' | 'sha1' | 'sha256', text: string | Uint8Array): string {
  const { createHash, hash } = process.getBuiltinModule('node:crypto') as Crypto;
  // Several times as fast for short texts, where there is one.
  return hash?.(algorithm, text) ?? createHash(algorithm).update(text).digest('hex');
}

/** A digest of what comes piece by piece. */
export function digesting(algorithm: 'sha256'): Hash {
  return (process.getBuiltinModule('node:crypto') as Crypto).createHash(algorithm);
}
