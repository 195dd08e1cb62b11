// A process of its own for `npm run fuzz`: what hangs or dies here is seen, and survived, by the one that started it.
import '../setup.js';
import { brokenInvariant, type Broken } from './invariants.js';
import { mutated, type Seed } from './mutate.js';
import { Random } from './random.js';
import { seedsOf, type FuzzLanguage } from './seeds.js';

export interface Assignment {
  language: FuzzLanguage;
  /** Seed of the first case; each next case has the next number. */
  first: number;
  cases: number;
  /** Shapes of failure that are known and not to be reported again. */
  found: readonly string[];
}

/** What the supervisor is told: before each case, and for each promise broken. */
export type Message = { type: 'case'; seed: number } | { type: 'broken'; seed: number; shape: string; text: string; path: string; broken: Broken };

/** How long a failure is made shorter, in milliseconds; the supervisor waits longer than this. */
const SHORTENING = 20_000;

/** Halves what can be left out, down to single characters, while the same promise is broken. */
async function shortened(seed: Seed, { invariant }: Broken): Promise<Seed> {
  let { text } = seed;
  const until = Date.now() + SHORTENING;
  for (let size = Math.ceil(text.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < text.length && Date.now() < until; ) {
      const shorter = text.slice(0, at) + text.slice(at + size);
      if ((await brokenInvariant({ ...seed, text: shorter }))?.invariant === invariant) text = shorter;
      else at += size;
    }
  }
  return { ...seed, text };
}

function tell(message: Message): void {
  process.send?.(message);
}

async function examine({ language, first, cases, found }: Assignment): Promise<void> {
  const seeds = seedsOf(language);
  const known = new Set(found);
  for (let seed = first; seed < first + cases; seed++) {
    tell({ type: 'case', seed });
    const one = mutated(seeds, new Random(seed));
    const broken = await brokenInvariant(one);
    if (broken === null) continue;
    const shape = `${broken.invariant}\n${broken.detail.replace(/\d+/g, '0').slice(0, 400)}`;
    if (known.has(shape)) continue;
    known.add(shape);
    const short = await shortened(one, broken);
    tell({ type: 'broken', seed, shape, ...short, broken: (await brokenInvariant(short)) ?? broken });
  }
  process.disconnect();
}

process.once('message', (assignment: Assignment) => void examine(assignment));
