import { describe, expect, it } from 'vitest';
import { resolve } from 'node:path';
import { brokenInvariant } from './fuzz/invariants.js';
import { mutated } from './fuzz/mutate.js';
import { Random } from './fuzz/random.js';
import { FUZZ_LANGUAGES, seedsOf } from './fuzz/seeds.js';

const kept = resolve(import.meta.dirname, '../fixtures/fuzz');

/** A short run of `npm run fuzz`, always the same one. */
const CASES = 40;

describe.each(FUZZ_LANGUAGES)('fuzzing %s', (language) => {
  it.each(seedsOf(language, kept).map((seed) => [seed.path, seed] as const))('%s keeps the promises it once broke', async (_, seed) => {
    expect(await brokenInvariant(seed)).toBeNull();
  });

  it('mutated fixtures keep them', async () => {
    const seeds = seedsOf(language);
    for (let seed = 1; seed <= CASES; seed++) {
      const one = mutated(seeds, new Random(seed));
      expect(await brokenInvariant(one), `npm run fuzz -- --language ${language} --seed ${seed} --cases 1`).toBeNull();
    }
  }, 60_000);
});
