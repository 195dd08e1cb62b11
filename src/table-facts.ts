import type { Finding, Severity } from './finding.js';

/** `small`: read in a moment, so what grows with its rows is no harm. `hot`: never idle, so even a moment's lock is felt. */
export type TableFact = 'hot' | 'small';

/** By name, the schema only where it is not `public`. */
export type TableFacts = Readonly<Record<string, TableFact>>;

const GROWS: ReadonlySet<string> = new Set(['lock', 'rewrite', 'validation', 'data-migration']);
const WORSE: Record<Severity, Severity> = { info: 'warning', warning: 'error', error: 'error' };

function judged({ category, severity, effects }: Finding, fact: TableFact): Severity {
  const grows = effects.scans.length + effects.rewrites.length + effects.builds.length > 0 || category === 'data-migration';
  if (fact === 'hot') return category === 'lock' || category === 'timeout' ? WORSE[severity] : severity;
  // What fails or loses data does so on ten rows as well.
  return GROWS.has(category) && grows && effects.fails === null ? 'info' : severity;
}

/** What is known of a table. One of the schema `public` may be named without it. */
export function factOf(tables: TableFacts, table: string): TableFact | undefined {
  const short = table.replace(/^public\./, '');
  const name = [table, short, `public.${short}`].find((one) => Object.hasOwn(tables, one));
  return name === undefined ? undefined : tables[name];
}

/** Judges findings by what is known of their tables. */
export function withFacts(findings: Finding[], tables: TableFacts | undefined): Finding[] {
  if (tables === undefined) return findings;
  for (const finding of findings) {
    const { table } = finding;
    if (table === null) continue;
    const fact = factOf(tables, table);
    if (fact !== undefined) finding.severity = judged(finding, fact);
  }
  return findings;
}
