import { UsageError } from './config.js';
import type { Finding } from './finding.js';
import { statementDigest } from './fingerprint.js';

/** Findings that were there when the file was written, told apart by rule, path and words. */
export interface BaselineEntry {
  rule: string;
  path: string;
  statement: string;
  /** How many findings the three stand for. */
  count: number;
}

/** What a run can say about entries. */
export interface Reach {
  /** Files that this run judged. */
  linted: ReadonlySet<string>;
  exists: (path: string) => boolean;
  /** The run saw the whole project, so a file that is gone and found nowhere else is gone for good. */
  whole: boolean;
  isActive: (rule: string) => boolean;
}

function keyOf({ rule, path, statement }: Omit<BaselineEntry, 'count'>): string {
  return `${rule}\0${path}\0${statement}`;
}

function entryFor(finding: Finding): BaselineEntry {
  return { rule: finding.ruleId, path: finding.path, statement: statementDigest(finding), count: 1 };
}

function isEntry(value: unknown): value is BaselineEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { rule, path, statement, count } = value as Record<string, unknown>;
  return [rule, path, statement].every((one) => typeof one === 'string') && Number.isInteger(count) && (count as number) > 0;
}

/** Reads a baseline; `name` begins the message about a mistake. */
export function parseBaseline(text: string, name: string): BaselineEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name}: not valid JSON (${(error as Error).message}).`);
  }
  const { version, findings } = (value ?? {}) as { version?: unknown; findings?: unknown };
  if (version !== 1 || !Array.isArray(findings) || !findings.every(isEntry)) {
    throw new UsageError(`${name} is no baseline of this version; write it anew with --update-baseline.`);
  }
  return findings;
}

/** One entry a line, sorted, so that two branches rarely touch the same line. */
export function printBaseline(entries: readonly BaselineEntry[]): string {
  const lines = [...entries]
    .sort((a, b) => compare(a.path, b.path) || compare(a.rule, b.rule) || compare(a.statement, b.statement))
    .map(({ rule, path, statement, count }) => `    ${JSON.stringify({ path, rule, statement, count })}`);
  return `{\n  "version": 1,\n  "findings": [${lines.length === 0 ? '' : `\n${lines.join(',\n')}\n  `}]\n}\n`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** How many findings each entry still stands for. */
class Remaining {
  readonly #entries: { entry: BaselineEntry; left: number }[];
  readonly #byKey = new Map<string, { entry: BaselineEntry; left: number }>();
  readonly #byStatement = new Map<string, { entry: BaselineEntry; left: number }[]>();

  constructor(entries: readonly BaselineEntry[]) {
    this.#entries = entries.map((entry) => ({ entry, left: entry.count }));
    for (const one of this.#entries) {
      const { rule, statement } = one.entry;
      this.#byKey.set(keyOf(one.entry), one);
      const same = this.#byStatement.get(`${rule}\0${statement}`) ?? [];
      this.#byStatement.set(`${rule}\0${statement}`, [...same, one]);
    }
  }

  take(key: string): boolean {
    const one = this.#byKey.get(key);
    if (one === undefined || one.left === 0) return false;
    one.left--;
    return true;
  }

  /** Of a file that is no longer there: it may be this one under its old name. */
  takeMoved({ rule, statement }: BaselineEntry, exists: (path: string) => boolean): boolean {
    const one = this.#byStatement.get(`${rule}\0${statement}`)?.find(({ entry, left }) => left > 0 && !exists(entry.path));
    if (one === undefined) return false;
    one.left--;
    return true;
  }

  left(): BaselineEntry[] {
    return this.#entries.filter(({ left }) => left > 0).map(({ entry, left }) => ({ ...entry, count: left }));
  }
}

/** The findings of which a baseline knows, and its entries that stand for nothing any more. */
export function compareWith(
  entries: readonly BaselineEntry[],
  findings: readonly Finding[],
  { linted, exists, whole, isActive }: Reach,
): { known: Set<Finding>; expired: BaselineEntry[] } {
  const remaining = new Remaining(entries);
  const open = findings.filter(({ suppressed }) => suppressed === null).map((finding) => ({ finding, entry: entryFor(finding) }));
  const known = new Set<Finding>();
  for (const { finding, entry } of open) if (remaining.take(keyOf(entry))) known.add(finding);
  for (const { finding, entry } of open) if (!known.has(finding) && remaining.takeMoved(entry, exists)) known.add(finding);
  const expired = remaining
    .left()
    .filter(({ rule, path }) => isActive(rule) && (linted.has(path) || (whole && !exists(path))));
  return { known, expired };
}

/** The baseline after a run: what it found, and what it did not look at as it was. */
export function updated(entries: readonly BaselineEntry[], findings: readonly Finding[], reach: Reach): BaselineEntry[] {
  const { linted, exists, whole, isActive } = reach;
  const found = new Map<string, BaselineEntry>();
  for (const finding of findings.filter(({ suppressed }) => suppressed === null)) {
    const entry = entryFor(finding);
    const before = found.get(keyOf(entry));
    if (before === undefined) found.set(keyOf(entry), entry);
    else before.count++;
  }
  const kept = entries.filter((entry) => {
    if (found.has(keyOf(entry))) return false;
    return !isActive(entry.rule) || !(linted.has(entry.path) || (whole && !exists(entry.path)));
  });
  const moved = compareWith(kept, findings, reach);
  const still = moved.known.size === 0 ? kept : kept.filter((entry) => exists(entry.path));
  return [...found.values(), ...still];
}
