import { digest } from './digest.js';
import type { Finding } from './finding.js';

/** Rule and words of what a finding is about, whatever file it stands in. */
const statements = new WeakMap<Finding, string>();

/**
 * Gives the findings of one file their fingerprints. One survives moved lines:
 * rule, path, the statement's words and a count among equals; never a line
 * number or a message.
 */
export class Fingerprints {
  readonly #seen = new Map<string, number>();

  /** Computed when somebody reads it: people do not. */
  give(finding: Finding, text: string): void {
    const words = text.replace(/\s+/g, ' ').trim().toLowerCase();
    const key = `${finding.ruleId}\0${finding.path}\0${words}`;
    const count = this.#seen.get(key) ?? 0;
    this.#seen.set(key, count + 1);
    statements.set(finding, `${finding.ruleId}\0${words}`);
    let fingerprint: string | undefined;
    Object.defineProperty(finding, 'fingerprint', {
      enumerable: true,
      configurable: true,
      get: () => (fingerprint ??= digest('sha256', `${key}\0${count}`).slice(0, 32)),
    });
  }
}

/** A digest that also survives the renaming of the file; equal findings of one file share it. */
export function statementDigest(finding: Finding): string {
  return digest('sha256', statements.get(finding) ?? `${finding.ruleId}\0${finding.message}`).slice(0, 16);
}
