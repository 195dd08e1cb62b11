import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Seen } from '../discover/seen.js';
import type { Finding } from '../finding.js';
import type { Source } from '../parsers/parser.js';
import type { Concern } from '../usage/concern.js';
import { soughtKey } from '../usage/sought.js';
import { settle } from '../usage/verdict.js';

type Said = Pick<Finding, 'message' | 'severity'> & Partial<Pick<Finding, 'uses'>>;

interface Judged {
  until: number;
  seen: Seen;
  said: Said[];
}

/** Git is asked again after a pause in typing, in milliseconds, and at once when its branches have moved. */
const PAUSE = 2_000;
const LIMIT = 1000;

const judged = new Map<string, Judged>();

/** Where git keeps what it has checked out; null outside of a checkout. */
function gitOf(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git');
    if (existsSync(git)) return git;
    if (dirname(at) === at) return null;
  }
}

/**
 * Judges findings by what the deployed release uses, as the command line does.
 * That starts git, which takes longer than everything else of a lint: between
 * two keystrokes the last answer holds.
 */
export function settleAgain(concerns: readonly Concern[], root: string, source: Source, deployed: string | undefined): void {
  const git = concerns.length === 0 || deployed === 'none' ? null : gitOf(root);
  if (git === null) return;
  const about = concerns.map(({ finding, stake, sought, readers, fixed }) => [stake, soughtKey(sought), readers, fixed, finding.ruleId, finding.message]);
  const key = JSON.stringify([root, deployed, source.path, about]);
  const known = judged.get(key);
  if (known !== undefined && Date.now() < known.until && known.seen.holds()) {
    concerns.forEach(({ finding }, index) => Object.assign(finding, known.said[index]));
    return;
  }
  const seen = new Seen();
  for (const file of ['HEAD', 'packed-refs', 'refs/heads', 'refs/remotes/origin']) seen.note(join(git, file));
  settle(concerns, { root, sources: new Map([[source.path, source]]), ...(deployed === undefined ? {} : { deployed }) });
  const said = concerns.map(({ finding: { message, severity, uses } }): Said => ({ message, severity, ...(uses === undefined ? {} : { uses }) }));
  if (judged.size >= LIMIT) judged.clear();
  judged.set(key, { until: Date.now() + PAUSE, seen, said });
}
