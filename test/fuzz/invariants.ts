import type { Finding } from '../../src/finding.js';
import { inspect, lint } from '../../src/lint.js';
import { lintProject } from '../../src/project.js';
import type { Seed } from './mutate.js';

/** A promise that was not kept: which, and what happened. */
export interface Broken {
  invariant: string;
  detail: string;
}

/** Of processor time, for each 100 KB begun. */
const PATIENCE = 1000;

const COMMENT: Readonly<Record<string, string>> = { sql: '-- about this\n', py: '# about this\n', ts: '// about this\n', js: '// about this\n' };

function splitsCharacter(text: string, offset: number): boolean {
  return /[\ud800-\udbff]/.test(text.charAt(offset - 1)) && /[\udc00-\udfff]/.test(text.charAt(offset));
}

function placed({ start, end }: Pick<Finding, 'start' | 'end'>, text: string): string | null {
  if (!(start.offset >= 0 && start.offset <= end.offset && end.offset <= text.length)) return `${start.offset}-${end.offset} of ${text.length}`;
  return [start.offset, end.offset].some((offset) => splitsCharacter(text, offset)) ? `${start.offset}-${end.offset} cuts a character` : null;
}

function unsorted(findings: readonly Finding[]): string | null {
  const seen = new Set<string>();
  for (const [index, finding] of findings.entries()) {
    const { ruleId, start, end, message } = finding;
    const key = `${start.offset}-${end.offset} ${ruleId} ${message}`;
    if (seen.has(key)) return `twice: ${key}`;
    seen.add(key);
    const before = findings[index - 1];
    if (before !== undefined && before.start.offset > start.offset) return `out of order: ${key}`;
  }
  return null;
}

/** Rules and places by line, which neither line ends nor what stands above may change. */
function outline(findings: readonly Finding[], shift = 0): string {
  // What is about the file as a whole stands at its very beginning.
  const line = ({ start }: Finding): number => (start.offset === 0 ? 1 : start.line - shift);
  return findings.map((finding) => `${line(finding)} ${finding.ruleId}`).join('\n');
}

/** Another file of the same run: its own table, its own hazards, after the one under examination and before it. */
const NEIGHBOURS = ['0000_neighbour', 'zzzz_neighbour'].map((name, index) => ({
  path: `fuzz/${name}.sql`,
  text: `ALTER TABLE neighbour_${index} DROP COLUMN a;\nCREATE INDEX neighbour_${index}_b ON neighbour_${index} (b);\n`,
}));

async function aboutNeighbours(sources: readonly Seed[]): Promise<string> {
  const { findings } = await lintProject({ sources, config: false, preset: 'all', deploy: 'each' });
  return findings
    .filter(({ path }) => NEIGHBOURS.some((neighbour) => neighbour.path === path))
    .map(({ path, start, ruleId, message }) => `${path}:${start.line} ${ruleId} ${message}`)
    .join('\n');
}

const undisturbed = aboutNeighbours(NEIGHBOURS);

class Examination {
  constructor(private readonly seed: Seed) {}

  lint(text: string): Finding[] {
    return lint(text, { path: this.seed.path, preset: 'all' });
  }

  /** The first promise that the text breaks. */
  async broken(): Promise<Broken | null> {
    const { text } = this.seed;
    const began = process.cpuUsage();
    let findings: Finding[];
    try {
      findings = this.lint(text);
      const { user, system } = process.cpuUsage(began);
      const spent = (user + system) / 1000;
      if (spent > PATIENCE * Math.ceil((text.length + 1) / 100_000)) return { invariant: 'hang', detail: `${Math.round(spent)} ms` };
      return this.positions(findings) ?? this.repeated(findings) ?? this.lineEnds(findings) ?? this.wrapped(findings) ?? (await this.neighbours());
    } catch (error) {
      return { invariant: 'crash', detail: (error as Error).stack ?? String(error) };
    }
  }

  /** A broken file costs no other file anything. */
  private async neighbours(): Promise<Broken | null> {
    const [before, after] = NEIGHBOURS as [Seed, Seed];
    const found = await aboutNeighbours([before, { ...this.seed, path: `fuzz/${this.seed.path}` }, after]);
    return found === (await undisturbed) ? null : { invariant: 'a neighbour', detail: `was\n${await undisturbed}\nis\n${found}` };
  }

  private positions(findings: readonly Finding[]): Broken | null {
    const { text, path } = this.seed;
    const own = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    for (const finding of findings) {
      const detail = placed(finding, own);
      if (detail !== null) return { invariant: 'span of a finding', detail: `${finding.ruleId} ${detail}` };
    }
    const order = unsorted(findings);
    if (order !== null) return { invariant: 'sorted and unique', detail: order };
    for (const operation of inspect(text, { path })) {
      const detail = placed(operation, own);
      if (detail !== null) return { invariant: 'span of an operation', detail: `${operation.kind} ${detail}` };
    }
    return null;
  }

  private repeated(findings: readonly Finding[]): Broken | null {
    const again = this.lint(this.seed.text);
    return JSON.stringify(again) === JSON.stringify(findings) ? null : { invariant: 'same twice', detail: difference(findings, again) };
  }

  private lineEnds(findings: readonly Finding[]): Broken | null {
    const { text } = this.seed;
    if (text.includes('\r') || text.charCodeAt(0) === 0xfeff) return null;
    const marked = this.lint(`\ufeff${text}`);
    if (outline(marked) !== outline(findings)) return { invariant: 'byte order mark', detail: difference(findings, marked) };
    const windows = this.lint(text.replaceAll('\n', '\r\n'));
    return outline(windows) === outline(findings) ? null : { invariant: 'CRLF', detail: difference(findings, windows) };
  }

  /** A first line may be a directive of the tool's, so that nothing is put above one. */
  private wrapped(findings: readonly Finding[]): Broken | null {
    const { text, path } = this.seed;
    const comment = COMMENT[path.slice(path.lastIndexOf('.') + 1)];
    if (comment === undefined || /^\ufeff|^\s*(?:--|#|\/\/|\/\*|['"])/.test(text)) return null;
    const below = this.lint(comment + text);
    return outline(below, 1) === outline(findings) ? null : { invariant: 'a comment above', detail: difference(findings, below) };
  }
}

function difference(before: readonly Finding[], after: readonly Finding[]): string {
  return `was\n${outline(before)}\nis\n${outline(after)}`;
}

/** The first promise of the linter's that this text breaks; null when it keeps all of them. */
export function brokenInvariant(seed: Seed): Promise<Broken | null> {
  return new Examination(seed).broken();
}
